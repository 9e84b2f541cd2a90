package org.gatedepth.dl4j;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.block.Params;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What runs a {@link BlockVertex} in a graph, in place of Deeplearning4j's own runtime of SameDiff vertices.
 *
 * <p>That one doubles every gradient, knows one shape of input only, and loses the view of its gradients.
 */
final class BlockVertexRuntime extends SameDiffGraphVertex {
    private static final long serialVersionUID = 1L;

    private transient @Nullable CompiledFunction function;
    private transient int rank;
    private transient boolean forwardDone;
    private transient @Nullable ProbedSite probe;

    BlockVertexRuntime(
            BlockVertex config,
            ComputationGraph graph,
            String name,
            int index,
            @Nullable INDArray paramsView,
            boolean initParams,
            DataType dataType) {
        super(config, graph, name, index, paramsView, initParams, dataType);
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaceMgr) {
        INDArray replaced = probe == null ? null : probe.read(training, inputs);
        if (replaced != null) {
            return workspaceMgr.dup(ArrayType.ACTIVATIONS, replaced, 'c');
        }
        CompiledFunction f = function();
        INDArray output = training ? f.forward(named()) : f.infer(named());
        forwardDone = training;
        return workspaceMgr.dup(ArrayType.ACTIVATIONS, output, 'c');
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaceMgr) {
        CompiledFunction f = function();
        if (!forwardDone) {
            f.forward(named());
        }
        forwardDone = false;
        Map<String, INDArray> gradients = f.backward(epsilon);
        Gradient result = new DefaultGradient();
        for (String name : paramTable.keySet()) {
            result.gradientForVariable().put(name, gradTable.get(name));
        }
        List<String> names = names();
        INDArray[] atInputs = new INDArray[names.size()];
        for (int i = 0; i < atInputs.length; i++) {
            atInputs[i] = workspaceMgr.dup(ArrayType.ACTIVATION_GRAD, gradients.get(names.get(i)), 'c');
        }
        return new Pair<>(result, atInputs);
    }

    /** Has a site see what this vertex reads. */
    void probe(ProbedSite site) {
        probe = site;
    }

    BlockVertex blockVertex() {
        return (BlockVertex) config;
    }

    private List<String> names() {
        return config.getVertexParams().getInputs();
    }

    private Map<String, INDArray> named() {
        return named(List.of(inputs));
    }

    Map<String, INDArray> named(List<INDArray> given) {
        List<String> names = names();
        Map<String, INDArray> named = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            if (!given.get(i).equalShapes(given.get(0))) {
                throw new IllegalArgumentException("vertex \"" + vertexName + "\" joins inputs of one shape, but "
                        + names.get(i) + " has "
                        + Arrays.toString(given.get(i).shape()) + " and " + names.get(0) + " has "
                        + Arrays.toString(given.get(0).shape()));
            }
            named.put(names.get(i), given.get(i));
        }
        return named;
    }

    /** A part of the vertex's equation; null where the vertex has none. */
    @FunctionalInterface
    interface Part {
        @Nullable
        SDVariable define(BlockVertex vertex, SameDiff sd, List<SDVariable> inputs, Params p);
    }

    /** Whether the vertex has a part, asked in a graph that is thrown away. */
    boolean has(Part part) {
        SameDiff sd = SameDiff.create();
        List<SDVariable> in = names().stream()
                .map(name -> sd.placeHolder(name, dataType, -1, -1))
                .toList();
        Map<String, SDVariable> params = new HashMap<>();
        paramTable.forEach((name, array) -> params.put(name, sd.placeHolder(name, dataType, array.shape())));
        return part.define(blockVertex(), sd, in, name -> Objects.requireNonNull(params.get(name), name)) != null;
    }

    /** A part of the vertex's equation for inputs of a rank; the vertex must have it. */
    CompiledFunction compile(Part part, int inputRank) {
        long[] free = new long[inputRank];
        Arrays.fill(free, -1);
        Map<String, long[]> shapes = new LinkedHashMap<>();
        names().forEach(name -> shapes.put(name, free));
        return new CompiledFunction(dataType, shapes, names(), paramTable, (sd, in, params) -> {
            List<SDVariable> ordered = names().stream().map(in::get).toList();
            return Objects.requireNonNull(part.define(blockVertex(), sd, ordered, params::get));
        });
    }

    private CompiledFunction function() {
        CompiledFunction f = function;
        if (f == null || rank != inputs[0].rank()) {
            rank = inputs[0].rank();
            f = compile(BlockVertex::define, rank);
            if (gradTable != null) {
                f.setGradientArrays(gradTable);
            }
            function = f;
        }
        return f;
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray view) {
        super.setBackpropGradientsViewArray(view);
        gradients = view;
        if (function != null) {
            function.setGradientArrays(gradTable);
        }
    }

    @Override
    public void clear() {
        super.clear();
        forwardDone = false;
    }

    @Override
    public String toString() {
        return config.getClass().getSimpleName() + "(name=\"" + vertexName + "\", inputs=" + names() + ")";
    }
}
