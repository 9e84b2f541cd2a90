package org.gatedepth.dl4j.runtime;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.gatedepth.block.Block;
import org.gatedepth.dl4j.runtime.watch.Watcher;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What runs a layer of blocks in a network, in place of Deeplearning4j's own runtime of SameDiff layers.
 *
 * <p>That one doubles every gradient, runs the forward pass again in the backward pass, sets no parameter in
 * {@code setParam}, ignores dropout, leaves L1 and L2 out of the score, and cannot be cloned. The work is done by a
 * {@link BlockDelegate}; this class stands in Deeplearning4j's hierarchy.
 */
public class BlockRuntime extends SameDiffLayer {
    private static final long serialVersionUID = 1L;
    static final String INPUT = BlockDelegate.INPUT;

    final transient BlockDelegate delegate;

    /** The runtime of a layer whose configuration is a {@link BlockConf}; see {@link #attach}. */
    public BlockRuntime(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        delegate = new BlockDelegate(
                dataType, () -> paramTable, arrays -> blockConf().views(arrays), this::define);
    }

    /**
     * Gives it its place in a network.
     *
     * @param view the part of the network's parameters that is this layer's
     * @param initialise whether the parameters get their initial values
     * @return this
     */
    public final BlockRuntime attach(
            Collection<TrainingListener> listeners, int layerIndex, INDArray view, boolean initialise) {
        setListeners(listeners);
        setIndex(layerIndex);
        setParamsViewArray(view);
        setParamTable(conf.getLayer().initializer().init(conf, view, initialise));
        return this;
    }

    final BlockConf blockConf() {
        return (BlockConf) conf.getLayer();
    }

    /**
     * The function that runs forward and backward.
     *
     * @param names the names of its inputs
     */
    CompiledFunction define(Set<String> names, Map<String, INDArray> params, BlockDelegate.Lookup lookup) {
        Block block = block();
        return new CompiledFunction(
                dataType,
                Map.of(INPUT, new long[] {-1, block.inputSize()}),
                List.of(INPUT),
                params,
                (sd, inputs, variables) -> block.apply(sd, inputs.get(INPUT), lookup.of(sd, variables)));
    }

    private Map<String, INDArray> inputs() {
        return Map.of(INPUT, checked(input));
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        INDArray output = delegate.read(training, checked(input));
        if (output == null) {
            output = training ? delegate.forward(inputs(), Noise.of(this, workspaceMgr)) : delegate.infer(inputs());
        }
        return masked(workspaceMgr.dup(ArrayType.ACTIVATIONS, output, 'c'));
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(true);
        INDArray seed = maskArray == null ? epsilon : masked(epsilon.dup('c'));
        delegate.received(seed);
        INDArray atInput = delegate.backward(inputs(), seed).get(INPUT);
        return new Pair<>(delegate.gradient(), workspaceMgr.dup(ArrayType.ACTIVATION_GRAD, atInput, 'c'));
    }

    /**
     * An input of the shape that the block reads.
     *
     * @throws IllegalArgumentException for another shape
     */
    public final INDArray checked(INDArray array) {
        long expected = blockConf().getNIn();
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

    /** What messages call this layer: Deeplearning4j's words with the name of the configuration, and the sizes. */
    @Override
    protected final String layerId() {
        BlockConf of = blockConf();
        return "(layer name: " + conf.getLayer().getLayerName() + ", layer index: " + index + ", layer type: "
                + of.getClass().getSimpleName() + ", nIn: " + of.getNIn() + ", outputs: " + of.outputs() + ")";
    }

    @Override
    public String toString() {
        return blockConf().toString();
    }

    /** The block that it runs. */
    public final Block block() {
        return blockConf().block();
    }

    /** The parameters by the names that the block gives them. */
    public final Map<String, INDArray> named() {
        return delegate.named();
    }

    /** Has a watcher see what this layer reads and receives. */
    public final void watch(Watcher watcher) {
        delegate.watch(watcher);
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray gradients) {
        super.setBackpropGradientsViewArray(gradients);
        delegate.setGradients(gradTable);
    }

    @Override
    public void setParamsViewArray(INDArray params) {
        super.setParamsViewArray(params);
        delegate.drop();
    }

    @Override
    public @Nullable INDArray getParam(String key) {
        return delegate.param(key);
    }

    @Override
    public void setParam(String key, INDArray value) {
        delegate.setParam(key, value, layerId());
    }

    @Override
    public double calcRegularizationScore(boolean backpropParamsOnly) {
        return delegate.regularisation(this);
    }

    @Override
    public Layer clone() {
        return blockConf().runtime(conf.clone(), dataType).attach(trainingListeners, index, params.dup(), false);
    }

    @Override
    public void clear() {
        super.clear();
        delegate.forget();
    }

    @Override
    public void clearNoiseWeightParams() {
        // Weight noise is not offered by SameDiff layers, so there is none to clear.
    }
}
