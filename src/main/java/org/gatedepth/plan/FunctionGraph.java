package org.gatedepth.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.gatedepth.plan.graph.Differentiation;
import org.gatedepth.plan.graph.Program;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.ArrayHolder;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The SameDiff graph of a {@link CompiledFunction}: its output, and the gradients of that. */
final class FunctionGraph {
    /** The placeholder of the gradient of the loss with respect to the output. */
    static final String SEED = "gradient-of-output";

    private final SameDiff sd = SameDiff.create();
    /** The parameters, for a session. */
    private final ArrayHolder variables = new SingleThreadArrayHolder();

    private final DataType dataType;
    private final String output;
    private final Map<String, String> gradients = new LinkedHashMap<>();
    private final Map<String, String> paramsByGradient = new HashMap<>();
    private final Program inference;
    private final Program training;
    private final CompiledFunction.Path path;

    /** Writes a function and its gradients into a new graph; for the parameters see {@link CompiledFunction}. */
    FunctionGraph(
            DataType dataType,
            Map<String, long[]> inputs,
            Collection<String> differentiable,
            Map<String, INDArray> params,
            CompiledFunction.Body body) {
        this.dataType = dataType;
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            // The session must read parameters that are views; other array holders copy them.
            sd.setArrayHolders(variables, new SingleThreadArrayHolder(), false);
            Map<String, SDVariable> placeholders = new LinkedHashMap<>();
            inputs.forEach((name, shape) -> placeholders.put(name, sd.placeHolder(name, dataType, shape)));
            Map<String, SDVariable> read = new LinkedHashMap<>();
            params.forEach((name, array) -> {
                SDVariable variable = sd.var(name, dataType, array.shape());
                sd.associateArrayWithVariable(array, variable);
                read.put(name, variable);
            });
            SDVariable out = body.define(sd, byName(placeholders), byName(read));
            output = out.name();
            SDVariable seed = sd.placeHolder(SEED, dataType);
            List<String> wrt = new ArrayList<>(differentiable);
            wrt.addAll(params.keySet());
            Differentiation.gradients(sd, out, seed, wrt).forEach((name, v) -> gradients.put(name, v.name()));
            gradients.forEach((name, gradient) -> paramsByGradient.put(gradient, name));
            inference = new Program(sd, params, List.of(List.of(output)));
            training = new Program(sd, params, List.of(List.of(output), List.copyOf(gradients.values())));
            path = training.isSupported() ? CompiledFunction.Path.PLAN : CompiledFunction.Path.SESSION;
            if (path == CompiledFunction.Path.SESSION && training.needsPlan()) {
                throw new IllegalArgumentException(
                        "an op over time steps, images or depth runs only in a plan, which cannot have the op "
                                + String.join(", ", training.unsupported()) + "; leave that out of the function");
            }
        }
    }

    private static CompiledFunction.Variables byName(Map<String, SDVariable> variables) {
        return name -> {
            SDVariable variable = variables.get(name);
            if (variable == null) {
                throw new IllegalArgumentException("no variable \"" + name + "\", only " + variables.keySet());
            }
            return variable;
        };
    }

    /**
     * Has the graph of a plan read other parameters, of the same names, shapes and strides; or none, to be kept idle.
     */
    void bind(Map<String, INDArray> params) {
        inference.bind(params);
        training.bind(params);
        // Only a session reads them there.
        List.copyOf(variables.arrayNames()).forEach(variables::removeArray);
    }

    CompiledFunction.Path path() {
        return path;
    }

    /** Name of the output. */
    String output() {
        return output;
    }

    /**
     * Names of the gradients by the inputs and parameters that they are of; none where the output does not depend on
     * one.
     */
    Map<String, String> gradients() {
        return gradients;
    }

    /**
     * A compiler of a plan: the first phase gives the output, the second, of training alone, the gradients.
     *
     * @param shapes of the inputs
     * @param destinations the array for the gradient of a parameter, or null
     */
    PlanCompiler compiler(
            boolean forTraining, Map<String, long[]> shapes, Function<String, @Nullable INDArray> destinations) {
        return new PlanCompiler(
                forTraining ? training : inference,
                shapes,
                dataType,
                variable -> {
                    String param = paramsByGradient.get(variable);
                    return param == null ? null : destinations.apply(param);
                },
                SEED);
    }

    /** Bytes of the memory that the plans share. */
    long sharedBytes() {
        return training.memory().bytes() + inference.memory().bytes();
    }

    /** The output, by SameDiff's own session. */
    INDArray runInSession(Map<String, INDArray> inputs) {
        return sd.outputSingle(inputs, output);
    }

    /** The gradients by the inputs and parameters that they are of, by SameDiff's own session. */
    Map<String, INDArray> differentiateInSession(Map<String, INDArray> inputs, INDArray seed) {
        Map<String, INDArray> all = new HashMap<>(inputs);
        all.put(SEED, seed);
        Map<String, INDArray> values = sd.output(all, List.copyOf(gradients.values()));
        Map<String, INDArray> result = new HashMap<>();
        gradients.forEach((name, gradient) -> result.put(name, values.get(gradient)));
        return result;
    }
}
