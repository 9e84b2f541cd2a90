package org.gatedepth.dl4j;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.block.Block;
import org.gatedepth.block.Params;
import org.gatedepth.block.Stack;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * What runs a {@link BlockLayer} in a network, in place of Deeplearning4j's own runtime of SameDiff layers.
 *
 * <p>That one doubles every gradient, runs the forward pass again in the backward pass, sets no parameter in {@code
 * setParam}, ignores dropout, leaves L1 and L2 out of the score, and cannot be cloned.
 */
class BlockRuntime extends org.deeplearning4j.nn.layers.samediff.SameDiffLayer {
    private static final long serialVersionUID = 1L;
    static final String INPUT = "input";

    private transient @Nullable Map<String, INDArray> named;
    private transient @Nullable CompiledFunction plain;
    private transient @Nullable CompiledFunction withDropout;
    /** Features of the dropout masks that {@link #withDropout} reads, by the placeholder's name. */
    private final transient Map<String, Long> masks = new LinkedHashMap<>();
    /** The input of the last forward pass that kept what a backward pass needs. */
    private transient @Nullable INDArray forwardInput;
    /** The function that ran it. */
    private transient @Nullable CompiledFunction forwardFunction;

    private transient @Nullable ProbedSite probe;

    BlockRuntime(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        INDArray output = probe == null ? null : probe.read(training, checked(input));
        if (output != null) {
            forwardInput = null;
        } else if (training) {
            output = forward(layerConf().getIDropout() != null, workspaceMgr);
        } else {
            forwardInput = null;
            output = plain().infer(inputs());
        }
        return masked(workspaceMgr.dup(ArrayType.ACTIVATIONS, output, 'c'));
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(true);
        CompiledFunction function = forwardFunction;
        if (forwardInput != input || function == null) {
            // The last activation was one of test mode, as below FrozenLayerWithBackprop: no dropout.
            forward(false, workspaceMgr);
            function = plain();
        }
        INDArray seed = maskArray == null ? epsilon : masked(epsilon.dup('c'));
        if (probe != null) {
            probe.received(seed);
        }
        return gradients(function, seed, workspaceMgr);
    }

    /** The gradients of what {@link #forward} computed, which are left where Deeplearning4j wants them. */
    final Pair<Gradient, INDArray> gradients(CompiledFunction function, INDArray seed, LayerWorkspaceMgr workspaceMgr) {
        Map<String, INDArray> gradients = function.backward(seed);
        Gradient result = new DefaultGradient();
        for (String name : paramTable.keySet()) {
            result.gradientForVariable().put(name, gradTable.get(name));
        }
        return new Pair<>(result, workspaceMgr.dup(ArrayType.ACTIVATION_GRAD, gradients.get(INPUT), 'c'));
    }

    /** What the function reads, but for the masks of dropout. */
    Map<String, INDArray> inputs() {
        return Map.of(INPUT, checked(input));
    }

    /** Runs the function and keeps what a backward pass needs. */
    final INDArray forward(boolean dropOut, LayerWorkspaceMgr workspaceMgr) {
        CompiledFunction function = dropOut ? withDropout() : plain();
        Map<String, INDArray> inputs = new HashMap<>(inputs());
        if (dropOut) {
            masks.forEach((name, size) -> inputs.put(name, noise(size, workspaceMgr)));
        }
        forwardInput = input;
        forwardFunction = function;
        return function.forward(inputs);
    }

    /** What the configured dropout makes of ones: the factors by which it multiplies. */
    private INDArray noise(long size, LayerWorkspaceMgr workspaceMgr) {
        IDropout dropout = layerConf().getIDropout();
        INDArray ones = Nd4j.ones(dataType, input.size(0), size);
        INDArray factors = Nd4j.createUninitialized(dataType, input.size(0), size);
        dropout.applyDropout(ones, factors, getIterationCount(), getEpochCount(), workspaceMgr);
        dropout.clear();
        return factors;
    }

    final INDArray checked(INDArray array) {
        long expected = blockLayer().getNIn();
        if (array.rank() != 2 || array.size(1) != expected) {
            throw new IllegalArgumentException("expected input of shape [minibatch, " + expected + "], got "
                    + Arrays.toString(array.shape()) + " " + layerId());
        }
        return array;
    }

    /** As in Deeplearning4j's feed-forward layers: rows of padding are zero. */
    private INDArray masked(INDArray rows) {
        if (maskArray != null) {
            applyMask(rows);
        }
        return rows;
    }

    /** Has a site see what this layer reads and receives. */
    final void probe(ProbedSite site) {
        probe = site;
    }

    final BlockLayer blockLayer() {
        return (BlockLayer) (Object) layerConf();
    }

    final CompiledFunction plain() {
        CompiledFunction function = plain;
        if (function == null) {
            function = compile(false);
            plain = function;
        }
        return function;
    }

    final CompiledFunction withDropout() {
        CompiledFunction function = withDropout;
        if (function == null) {
            function = compile(true);
            withDropout = function;
        }
        return function;
    }

    private CompiledFunction compile(boolean dropOut) {
        CompiledFunction function = define((sd, params) -> dropOut ? withDropout(sd, params) : params::get);
        if (gradTable != null) {
            function.setGradientArrays(blockLayer().views(gradTable));
        }
        return function;
    }

    /** The parameters of the block in a graph, with dropout or without. */
    @FunctionalInterface
    interface Lookup {
        Params of(SameDiff sd, CompiledFunction.Variables params);
    }

    /** The function that runs forward and backward. */
    CompiledFunction define(Lookup lookup) {
        Block block = blockLayer().block();
        return new CompiledFunction(
                dataType,
                Map.of(INPUT, new long[] {-1, block.inputSize()}),
                List.of(INPUT),
                named(),
                (sd, inputs, params) -> block.apply(sd, inputs.get(INPUT), lookup.of(sd, params)));
    }

    /** Blocks {@code from} to {@code to - 1} of a {@link GatedStack}, as the projection counts as a block. */
    final CompiledFunction part(int from, int to) {
        Stack stack = ((GatedStack) blockLayer()).stack(blockLayer().getNIn());
        return new CompiledFunction(
                dataType,
                Map.of(INPUT, new long[] {-1, stack.blocks().get(from).inputSize()}),
                List.of(),
                named(),
                (sd, inputs, params) -> {
                    List<SDVariable> taps = stack.taps(sd, inputs.get(INPUT), params::get, from, to);
                    return taps.get(taps.size() - 1);
                });
    }

    /** The transform gates of a {@link GatedStack} of highway blocks, those of one block beside those of the next. */
    final CompiledFunction gates() {
        Stack stack = ((GatedStack) blockLayer()).stack(blockLayer().getNIn());
        return new CompiledFunction(
                dataType,
                Map.of(INPUT, new long[] {-1, stack.inputSize()}),
                List.of(),
                named(),
                (sd, inputs, params) -> {
                    SDVariable[] gates =
                            stack.gates(sd, inputs.get(INPUT), params::get).toArray(SDVariable[]::new);
                    return gates.length == 1 ? gates[0] : sd.concat(1, gates);
                });
    }

    private Params withDropout(SameDiff sd, CompiledFunction.Variables params) {
        return new Params() {
            @Override
            public SDVariable get(String name) {
                return params.get(name);
            }

            @Override
            public SDVariable dropOut(String scope, SDVariable x, long size) {
                String name = "dropOut/" + scope;
                masks.put(name, size);
                return x.mul(sd.placeHolder(name, dataType, -1, size));
            }
        };
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray gradients) {
        super.setBackpropGradientsViewArray(gradients);
        Map<String, INDArray> views = blockLayer().views(gradTable);
        if (plain != null) {
            plain.setGradientArrays(views);
        }
        if (withDropout != null) {
            withDropout.setGradientArrays(views);
        }
    }

    @Override
    public void setParamsViewArray(INDArray params) {
        super.setParamsViewArray(params);
        // What was compiled reads the old array.
        named = null;
        plain = null;
        withDropout = null;
        forwardFunction = null;
        forwardInput = null;
    }

    /** The parameters by the names that the block gives them. */
    final Map<String, INDArray> named() {
        Map<String, INDArray> views = named;
        if (views == null) {
            views = blockLayer().views(paramTable);
            named = views;
        }
        return views;
    }

    /** A stored parameter, or one by the block's name such as {@code b3/H/W}; null if there is none. */
    @Override
    public @Nullable INDArray getParam(String key) {
        INDArray stored = paramTable.get(key);
        return stored != null ? stored : named().get(key);
    }

    @Override
    public void setParam(String key, INDArray value) {
        INDArray current = getParam(key);
        if (current == null) {
            throw new IllegalArgumentException(
                    "no parameter \"" + key + "\", only " + named().keySet() + " " + layerId());
        }
        if (!current.equalShapes(value)) {
            throw new IllegalArgumentException("parameter \"" + key + "\" has the shape "
                    + Arrays.toString(current.shape()) + ", got " + Arrays.toString(value.shape()) + " " + layerId());
        }
        current.assign(value);
    }

    @Override
    public double calcRegularizationScore(boolean backpropParamsOnly) {
        double score = 0;
        for (Map.Entry<String, INDArray> e : paramTable.entrySet()) {
            List<Regularization> all = layerConf().getRegularizationByParam(e.getKey());
            if (all != null) {
                for (Regularization r : all) {
                    score += r.score(e.getValue(), getIterationCount(), getEpochCount());
                }
            }
        }
        return score;
    }

    @Override
    public Layer clone() {
        NeuralNetConfiguration copy = conf.clone();
        BlockRuntime clone = blockLayer().runtime(copy, dataType);
        INDArray view = params.dup();
        clone.setIndex(index);
        clone.setListeners(trainingListeners);
        clone.setParamsViewArray(view);
        clone.setParamTable(copy.getLayer().initializer().init(copy, view, false));
        return clone;
    }

    @Override
    public void clear() {
        super.clear();
        forwardInput = null;
    }

    @Override
    public void clearNoiseWeightParams() {
        // Weight noise is not offered by SameDiff layers, so there is none to clear.
    }
}
