package org.gatedepth.plan;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A function {@code output = f(inputs, params)} of SameDiff ops, run forward and backward.
 *
 * <p>Its next run overwrites the arrays that it has returned, or closes them, whatever shapes it is for.
 */
public final class CompiledFunction implements DifferentiableFunction {
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
    }

    /** How a function is run. */
    public enum Path {
        /** As a list of ops compiled once for each shape. */
        PLAN,
        /** By SameDiff's session: for control flow, tensor arrays and ops with random state. */
        SESSION
    }

    private final FunctionGraph graph;
    private final GraphPool.@Nullable Key key;
    private final DataType dataType;
    private final Map<String, INDArray> params;
    private final List<String> differentiable;
    private final PlanCache plans;

    private Map<String, INDArray> gradientArrays = Map.of();

    /** The plan whose first phase ran last, for training and to its end; null if there is none any more. */
    private PlanCache.@Nullable Entry pending;
    /** What {@link #backward} differentiates at; null before a forward pass, and after one that was cut short. */
    private @Nullable Map<String, INDArray> pendingInputs;
    /** Whether the arrays of {@link #pending} still hold what the forward pass put there. */
    private boolean forwardIntact;

    private boolean closed;

    /**
     * Defines a function.
     *
     * @param dataType floating point type of the output and the parameters
     * @param inputs shape of each input, −1 where it is free, in the order in which {@code body} gets them
     * @param differentiable names of the inputs whose gradients {@link #backward} gives
     * @param params arrays of the parameters, read in place at every run
     * @param body the ops
     * @throws IllegalArgumentException for an op over time steps, which only a plan can run, beside one that no plan
     *     can have
     */
    public CompiledFunction(
            DataType dataType,
            Map<String, long[]> inputs,
            Collection<String> differentiable,
            Map<String, INDArray> params,
            Body body) {
        this(dataType, inputs, differentiable, params, body, null);
    }

    /**
     * Defines a function, by the graph of one that was closed if there is one of the same structure: the ops do not
     * have to be written again. What is computed is the same.
     *
     * @param structure what the body makes its ops from; bodies of equal structures must make the same. Null for a
     *     function that shares its graph with none
     */
    public CompiledFunction(
            DataType dataType,
            Map<String, long[]> inputs,
            Collection<String> differentiable,
            Map<String, INDArray> params,
            Body body,
            @Nullable Object structure) {
        this.dataType = dataType;
        this.params = new LinkedHashMap<>(params);
        this.differentiable = List.copyOf(differentiable);
        key = structure == null
                ? null
                : GraphPool.Key.of(structure, dataType, inputs, this.differentiable, this.params);
        FunctionGraph idle = key == null ? null : GraphPool.take(key);
        if (idle != null) {
            idle.bind(this.params);
        }
        graph = idle != null ? idle : new FunctionGraph(dataType, inputs, this.differentiable, this.params, body);
        plans = new PlanCache(graph::sharedBytes);
    }

    /** How this function is run. */
    public Path path() {
        return graph.path();
    }

    @Override
    public void setGradientArrays(Map<String, INDArray> arrays) {
        gradientArrays = new HashMap<>(arrays);
        // Backward phases that are compiled write elsewhere. Deeplearning4j makes its gradient arrays between the first
        // forward pass of a network and the first backward pass, when there is none.
        if (pending != null && hasBackward(pending)) {
            dropPending();
        }
        plans.closeIf(CompiledFunction::hasBackward);
    }

    @Override
    public INDArray infer(Map<String, INDArray> inputs) {
        requireOpen();
        if (graph.path() == Path.SESSION) {
            return graph.runInSession(inputs);
        }
        return runForward(fed(false, inputs));
    }

    @Override
    public INDArray forward(Map<String, INDArray> inputs) {
        requireOpen();
        // Set when the pass is complete: what one that is cut short leaves must not be differentiated.
        pending = null;
        pendingInputs = null;
        if (graph.path() == Path.SESSION) {
            Map<String, INDArray> copies = copies(inputs);
            INDArray result = graph.runInSession(inputs);
            pendingInputs = copies;
            return result;
        }
        PlanCache.Entry compiled = fed(true, inputs);
        INDArray result = runForward(compiled);
        pending = compiled;
        pendingInputs = compiled.plan().placeholders();
        forwardIntact = true;
        return result;
    }

    private INDArray runForward(PlanCache.Entry compiled) {
        compiled.plan().run(0);
        return compiled.plan().array(graph.output());
    }

    /**
     * The gradients of {@code sum(output · seed)} at the inputs of the last {@link #forward}.
     *
     * <p>It may be called again, with another seed; that costs the forward pass once more, since the first call has
     * used its arrays.
     *
     * @param seed gradient of the loss with respect to the output, of its shape
     * @return by name, of the differentiable inputs and of all parameters; zeros where the output does not depend on
     *     one
     * @throws IllegalStateException without a forward pass before it
     */
    @Override
    public Map<String, INDArray> backward(INDArray seed) {
        requireOpen();
        Map<String, INDArray> inputs = pendingInputs;
        if (inputs == null) {
            throw new IllegalStateException("backward needs a forward pass before it");
        }
        if (graph.path() == Path.PLAN) {
            return backwardInPlan(inputs, seed);
        }
        return gradients(graph.differentiateInSession(inputs, seed), inputs).written();
    }

    /** What a backward pass has computed, by the names that the caller knows, and where the caller wants it. */
    private Gradients gradients(Map<String, INDArray> known, Map<String, INDArray> inputs) {
        Gradients result = new Gradients();
        for (String name : differentiable) {
            result.add(name, known.get(name), null, Objects.requireNonNull(inputs.get(name), name), dataType);
        }
        params.forEach((name, param) -> result.add(name, known.get(name), gradientArrays.get(name), param, dataType));
        return result;
    }

    private Map<String, INDArray> backwardInPlan(Map<String, INDArray> inputs, INDArray seed) {
        if (pending == null) {
            forward(inputs);
        }
        PlanCache.Entry compiled = Objects.requireNonNull(pending);
        if (!hasBackward(compiled)) {
            compileBackward(compiled);
        }
        ExecutionPlan plan = compiled.plan();
        // First, since it may be an array of this function, which the forward pass overwrites.
        plan.set(FunctionGraph.SEED, seed);
        if (!forwardIntact) {
            plan.run(0);
        }
        forwardIntact = false;
        plan.run(1);
        return compiled.gradients(() -> {
                    Map<String, INDArray> known = new HashMap<>();
                    graph.gradients().forEach((name, gradient) -> known.put(name, plan.array(gradient)));
                    return gradients(known, inputs);
                })
                .written();
    }

    private void compileBackward(PlanCache.Entry compiled) {
        try {
            compiled.compile();
        } catch (Throwable failure) {
            dropPending();
            throw failure;
        }
        plans.trim(plan -> plan == compiled);
    }

    /** Closes the plan that waits for its backward pass, but keeps its inputs. */
    private void dropPending() {
        PlanCache.Entry dropped = pending;
        Map<String, INDArray> inputs = pendingInputs;
        pending = null;
        pendingInputs = null;
        if (inputs != null) {
            pendingInputs = copies(inputs);
        }
        plans.closeIf(plan -> plan == dropped);
    }

    /** A plan for these inputs, which they have been copied to. */
    private PlanCache.Entry fed(boolean training, Map<String, INDArray> inputs) {
        PlanCache.Key key = PlanCache.Key.of(training, inputs);
        PlanCache.Entry known = plans.get(key);
        if (known != null) {
            known.plan().feed(inputs);
            return known;
        }
        PlanCache.Entry compiled = compile(training, inputs);
        plans.put(key, compiled);
        plans.trim(plan -> plan == compiled || plan == pending);
        return compiled;
    }

    private static boolean hasBackward(PlanCache.Entry compiled) {
        return compiled.plan().phases() > 1;
    }

    private PlanCache.Entry compile(boolean training, Map<String, INDArray> inputs) {
        Map<String, long[]> shapes = new HashMap<>();
        inputs.forEach((name, array) -> shapes.put(name, array.shape()));
        PlanCache.Entry entry = new PlanCache.Entry(graph.compiler(training, shapes, name -> gradientArrays.get(name)));
        try {
            // First, since an input may be an array of this function, whose memory the new plan gets.
            entry.plan().feed(inputs);
            entry.compile();
        } catch (Throwable failure) {
            entry.plan().close();
            throw failure;
        }
        return entry;
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

    /** The plans that are kept. */
    PlanCache plans() {
        return plans;
    }

    @Override
    public long bytes() {
        return plans.bytes();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this function has been closed");
        }
    }

    @Override
    public void close() {
        boolean first = !closed;
        closed = true;
        pending = null;
        pendingInputs = null;
        plans.close();
        if (first && key != null && graph.path() == Path.PLAN) {
            graph.bind(Map.of());
            GraphPool.giveBack(key, graph);
        }
    }
}
