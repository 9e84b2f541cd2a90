package org.gatedepth.dl4j.runtime;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.block.Params;
import org.gatedepth.dl4j.runtime.watch.Watcher;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What runs a vertex that joins branches in a graph, in place of Deeplearning4j's own runtime of SameDiff vertices.
 *
 * <p>That one doubles every gradient, knows one shape of input only, and loses the view of its gradients. The work is
 * done by a {@link BlockDelegate}.
 */
public class BlockVertexRuntime extends SameDiffGraphVertex {
    private static final long serialVersionUID = 1L;

    private final transient BlockDelegate delegate;
    /** Rank of the inputs that the delegate's function is for. */
    private transient int rank;

    /** The runtime of a vertex that is a {@link VertexEquation}. */
    public BlockVertexRuntime(
            SameDiffVertex config,
            ComputationGraph graph,
            String name,
            int index,
            @Nullable INDArray paramsView,
            boolean initParams,
            DataType dataType) {
        super(config, graph, name, index, paramsView, initParams, dataType);
        delegate = new BlockDelegate(
                dataType,
                () -> paramTable,
                UnaryOperator.identity(),
                (inputs, params, lookup) -> compile(VertexEquation::define, rank));
    }

    /** What the vertex computes. */
    public VertexEquation equation() {
        return (VertexEquation) config;
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaceMgr) {
        INDArray output = delegate.read(training, inputs);
        if (output == null) {
            output = training ? delegate.forward(fitted(), null) : delegate.infer(fitted());
        }
        return workspaceMgr.dup(ArrayType.ACTIVATIONS, output, 'c');
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaceMgr) {
        Map<String, INDArray> gradients = delegate.backward(fitted(), epsilon);
        List<String> names = names();
        INDArray[] atInputs = new INDArray[names.size()];
        for (int i = 0; i < atInputs.length; i++) {
            atInputs[i] = workspaceMgr.dup(ArrayType.ACTIVATION_GRAD, gradients.get(names.get(i)), 'c');
        }
        return new Pair<>(delegate.gradient(), atInputs);
    }

    /** The inputs by name, after a function for their rank was made ready. */
    private Map<String, INDArray> fitted() {
        if (rank != inputs[0].rank()) {
            rank = inputs[0].rank();
            delegate.drop();
        }
        return named(List.of(inputs));
    }

    /** The gradients of its parameters, by name, views of the network's; none before the network has made them. */
    public Map<String, INDArray> gradientTable() {
        return gradTable == null ? Map.of() : gradTable;
    }

    /** Has a watcher see what this vertex reads. */
    public void watch(Watcher watcher) {
        delegate.watch(watcher);
    }

    private List<String> names() {
        return config.getVertexParams().getInputs();
    }

    /**
     * Inputs by name.
     *
     * @throws IllegalArgumentException if they are not of one shape
     */
    public Map<String, INDArray> named(List<INDArray> given) {
        List<String> names = names();
        Map<String, INDArray> named = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            if (!given.get(i).equalShapes(given.get(0))) {
                throw new IllegalArgumentException(
                        config.getClass().getSimpleName() + " \"" + vertexName + "\" joins inputs of one shape, but "
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
    public interface Part {
        /** Adds the part to a graph. */
        @Nullable
        SDVariable define(VertexEquation vertex, SameDiff sd, List<SDVariable> inputs, Params p);
    }

    /** Whether the vertex has a part, asked in a graph that is thrown away. */
    public boolean has(Part part) {
        SameDiff sd = SameDiff.create();
        List<SDVariable> in = names().stream()
                .map(name -> sd.placeHolder(name, dataType, -1, -1))
                .toList();
        Map<String, SDVariable> params = new HashMap<>();
        paramTable.forEach((name, array) -> params.put(name, sd.placeHolder(name, dataType, array.shape())));
        return part.define(equation(), sd, in, name -> Objects.requireNonNull(params.get(name), name)) != null;
    }

    /** A part of the vertex's equation for inputs of a rank; the vertex must have it. */
    public CompiledFunction compile(Part part, int inputRank) {
        long[] free = new long[inputRank];
        Arrays.fill(free, -1);
        Map<String, long[]> shapes = new LinkedHashMap<>();
        names().forEach(name -> shapes.put(name, free));
        return new CompiledFunction(dataType, shapes, names(), paramTable, (sd, in, params) -> {
            List<SDVariable> ordered = names().stream().map(in::get).toList();
            return Objects.requireNonNull(part.define(equation(), sd, ordered, params::get));
        });
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray view) {
        super.setBackpropGradientsViewArray(view);
        gradients = view;
        delegate.setGradients(gradTable);
    }

    @Override
    public void clear() {
        super.clear();
        delegate.forget();
    }

    @Override
    public String toString() {
        return config.getClass().getSimpleName() + "(name=\"" + vertexName + "\", inputs=" + names() + ")";
    }
}
