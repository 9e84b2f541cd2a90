package org.gatedepth.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A function {@code output = f(inputs, params)} of SameDiff ops, run forward and backward.
 *
 * <p>Order of calls: {@link #infer} at any time; {@link #forward} and then {@link #backward}, which differentiates what the
 * last {@code forward} computed. The arrays that are returned belong to the function and are overwritten by its next run.
 * Parameters are read from their arrays at every run. An instance is for one thread at a time.
 */
public final class CompiledFunction {
    /** Writes the function into a graph. */
    @FunctionalInterface
    public interface Body {
        /**
         * Adds the ops.
         *
         * @param sd a new graph
         * @param inputs the placeholders
         * @param params the parameters
         * @return the output
         */
        SDVariable define(SameDiff sd, Variables inputs, Variables params);
    }

    /** Variables by name. */
    @FunctionalInterface
    public interface Variables {
        /**
         * The variable of that name.
         *
         * @throws IllegalArgumentException for a name that is not known, with those that are
         */
        SDVariable get(String name);

        private static Variables of(Map<String, SDVariable> variables) {
            return name -> {
                SDVariable variable = variables.get(name);
                if (variable == null) {
                    throw new IllegalArgumentException("no variable \"" + name + "\", only " + variables.keySet());
                }
                return variable;
            };
        }
    }

    /** How a function is run. */
    public enum Path {
        /** As a list of ops compiled once for each shape. */
        PLAN,
        /** By SameDiff's session: for control flow, tensor arrays and ops with random state. */
        SESSION
    }

    /** Plans kept at a time: the full minibatch, the last one, and a few sequence lengths. */
    private static final int MAX_PLANS = 8;

    private static final String SEED = "gradient-of-output";

    private final SameDiff sd = SameDiff.create();
    private final DataType dataType;
    private final Map<String, INDArray> params;
    private final List<String> differentiable;
    private final String output;
    private final Map<String, String> gradientNames = new LinkedHashMap<>();
    private final Map<String, String> paramsByGradient = new HashMap<>();
    private final Path path;
    private final Map<Key, Compiled> plans = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Compiled> eldest) {
            return size() > MAX_PLANS;
        }
    };

    private Map<String, INDArray> gradientArrays = Map.of();

    private @Nullable Compiled pending;
    private @Nullable Map<String, INDArray> pendingInputs;
    /** Whether the arrays of {@link #pending} still hold what the forward pass put there. */
    private boolean forwardIntact;

    private record Key(boolean training, Map<String, List<Long>> shapes) {}

    private record Compiled(ExecutionPlan plan, Map<String, INDArray> placeholders) {}

    /**
     * Defines a function.
     *
     * @param dataType floating point type of the output and the parameters
     * @param inputs shape of each input, −1 where it is free, in the order in which {@code body} gets them
     * @param differentiable names of the inputs whose gradients {@link #backward} gives
     * @param params arrays of the parameters, read in place at every run
     * @param body the ops
     */
    public CompiledFunction(
            DataType dataType,
            Map<String, long[]> inputs,
            Collection<String> differentiable,
            Map<String, INDArray> params,
            Body body) {
        this.dataType = dataType;
        this.params = new LinkedHashMap<>(params);
        this.differentiable = List.copyOf(differentiable);
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            // The session must read parameters that are views; other array holders copy them.
            sd.setArrayHolders(new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), false);
            Map<String, SDVariable> placeholders = new LinkedHashMap<>();
            inputs.forEach((name, shape) -> placeholders.put(name, sd.placeHolder(name, dataType, shape)));
            Map<String, SDVariable> variables = new LinkedHashMap<>();
            params.forEach((name, array) -> {
                SDVariable variable = sd.var(name, dataType, array.shape());
                sd.associateArrayWithVariable(array, variable);
                variables.put(name, variable);
            });
            SDVariable out = body.define(sd, Variables.of(placeholders), Variables.of(variables));
            output = out.name();
            SDVariable seed = sd.placeHolder(SEED, dataType);
            List<String> wrt = new ArrayList<>(this.differentiable);
            wrt.addAll(params.keySet());
            Differentiation.gradients(sd, out, seed, wrt).forEach((name, v) -> gradientNames.put(name, v.name()));
            gradientNames.forEach((name, gradient) -> paramsByGradient.put(gradient, name));
            List<String> all = new ArrayList<>(gradientNames.values());
            all.add(output);
            path = ExecutionPlan.supports(sd, all) ? Path.PLAN : Path.SESSION;
        }
    }

    /** How this function is run. */
    public Path path() {
        return path;
    }

    /**
     * Says where {@link #backward} shall put the gradients of parameters.
     *
     * @param arrays by name of the parameter, each of the parameter's shape; written in place
     */
    public void setGradientArrays(Map<String, INDArray> arrays) {
        gradientArrays = new HashMap<>(arrays);
        // Backward phases that are compiled write elsewhere. The inputs stay: Deeplearning4j makes its gradient arrays
        // between the first forward pass of a network and the first backward pass.
        plans.values().removeIf(CompiledFunction::hasBackward);
        if (pending != null && hasBackward(pending)) {
            pending = null;
        }
    }

    /** The output for these inputs; keeps nothing for a backward pass. */
    public INDArray infer(Map<String, INDArray> inputs) {
        if (path == Path.SESSION) {
            return sd.outputSingle(inputs, output);
        }
        Compiled compiled = fed(false, inputs);
        compiled.plan().run(0);
        return compiled.plan().array(output);
    }

    /** The output for these inputs, keeping what {@link #backward} needs. */
    public INDArray forward(Map<String, INDArray> inputs) {
        if (path == Path.SESSION) {
            pendingInputs = copies(inputs);
            return infer(inputs);
        }
        Compiled compiled = fed(true, inputs);
        compiled.plan().run(0);
        pending = compiled;
        pendingInputs = compiled.placeholders();
        forwardIntact = true;
        return compiled.plan().array(output);
    }

    /**
     * The gradients of {@code sum(output · seed)} at the inputs of the last {@link #forward}.
     *
     * <p>It may be called again, with another seed; that costs the forward pass once more, since the first call has used
     * its arrays.
     *
     * @param seed gradient of the loss with respect to the output, of its shape
     * @return by name, of the differentiable inputs and of all parameters; zeros where the output does not depend on one
     * @throws IllegalStateException without a forward pass before it
     */
    public Map<String, INDArray> backward(INDArray seed) {
        Map<String, INDArray> inputs = pendingInputs;
        if (inputs == null) {
            throw new IllegalStateException("backward needs a forward pass before it");
        }
        Map<String, INDArray> known =
                path == Path.SESSION ? backwardInSession(inputs, seed) : backwardInPlan(inputs, seed);
        Map<String, INDArray> result = new LinkedHashMap<>();
        for (String name : differentiable) {
            INDArray gradient = known.get(gradientNames.get(name));
            INDArray input = Objects.requireNonNull(inputs.get(name), name);
            result.put(name, gradient == null ? Nd4j.zeros(dataType, input.shape()) : gradient);
        }
        params.forEach((name, param) -> {
            INDArray gradient = known.get(gradientNames.get(name));
            INDArray wanted = gradientArrays.get(name);
            if (wanted == null) {
                result.put(name, gradient == null ? Nd4j.zeros(dataType, param.shape()) : gradient);
            } else {
                if (gradient == null) {
                    wanted.assign(0);
                } else if (gradient != wanted) {
                    wanted.assign(gradient);
                }
                result.put(name, wanted);
            }
        });
        return result;
    }

    private Map<String, INDArray> backwardInPlan(Map<String, INDArray> inputs, INDArray seed) {
        if (pending == null) {
            forward(inputs);
        }
        ExecutionPlan plan = Objects.requireNonNull(pending).plan();
        if (!forwardIntact) {
            plan.run(0);
        }
        forwardIntact = false;
        plan.seed().assign(seed);
        plan.run(1);
        Map<String, INDArray> values = new HashMap<>();
        gradientNames.values().forEach(gradient -> values.put(gradient, plan.array(gradient)));
        return values;
    }

    private Map<String, INDArray> backwardInSession(Map<String, INDArray> inputs, INDArray seed) {
        Map<String, INDArray> all = new HashMap<>(inputs);
        all.put(SEED, seed);
        return sd.output(all, List.copyOf(gradientNames.values()));
    }

    private Compiled fed(boolean training, Map<String, INDArray> inputs) {
        Map<String, List<Long>> shapes = new HashMap<>();
        inputs.forEach((name, array) ->
                shapes.put(name, Arrays.stream(array.shape()).boxed().toList()));
        Key key = new Key(training, shapes);
        Compiled compiled = plans.get(key);
        if (compiled == null) {
            compiled = compile(training, inputs);
            plans.put(key, compiled);
        } else {
            for (Map.Entry<String, INDArray> e : inputs.entrySet()) {
                Objects.requireNonNull(compiled.placeholders().get(e.getKey()), e.getKey())
                        .assign(e.getValue());
            }
        }
        return compiled;
    }

    /** Where to put the gradient that a variable of the graph is. */
    private @Nullable INDArray gradientArray(String variable) {
        String param = paramsByGradient.get(variable);
        return param == null ? null : gradientArrays.get(param);
    }

    private static boolean hasBackward(Compiled compiled) {
        return compiled.plan().compiledPhases() > 1;
    }

    private Compiled compile(boolean training, Map<String, INDArray> inputs) {
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            Map<String, INDArray> placeholders = new HashMap<>();
            inputs.forEach((name, array) -> placeholders.put(
                    name, Nd4j.create(dataType, array.shape(), 'c').assign(array)));
            Map<String, INDArray> bound = new HashMap<>(params);
            bound.putAll(placeholders);
            List<List<String>> wanted =
                    training ? List.of(List.of(output), List.copyOf(gradientNames.values())) : List.of(List.of(output));
            return new Compiled(new ExecutionPlan(sd, bound, this::gradientArray, wanted, SEED), placeholders);
        }
    }

    /** In 'c' order, of this function's type, and outside of any workspace. */
    private Map<String, INDArray> copies(Map<String, INDArray> inputs) {
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            Map<String, INDArray> copies = new HashMap<>();
            inputs.forEach((name, array) ->
                    copies.put(name, Nd4j.create(dataType, array.shape(), 'c').assign(array)));
            return copies;
        }
    }
}
