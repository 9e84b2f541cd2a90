package org.gatedepth.dl4j.runtime;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.recurrent.BaseRecurrentLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.gatedepth.plan.DifferentiableFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What all runtimes of layers over sequences do alike: they stand in Deeplearning4j's hierarchy of recurrent layers,
 * check what they are given, and leave the work to a {@link BlockDelegate}.
 */
public abstract class TimeRuntime extends BaseRecurrentLayer<org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer> {
    private static final long serialVersionUID = 1L;

    /** Runs the function. */
    protected final transient BlockDelegate delegate;

    /** The runtime of a layer whose configuration is a {@link TimeConf}; see {@link #attach}. */
    protected TimeRuntime(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        delegate =
                new BlockDelegate(dataType, () -> params, arrays -> timeConf().views(arrays), this::define);
    }

    private TimeConf timeConf() {
        return (TimeConf) conf.getLayer();
    }

    /**
     * Gives it its place in a network.
     *
     * @param view the part of the network's parameters that is this layer's
     * @param initialise whether the parameters get their initial values
     * @return this
     */
    public TimeRuntime attach(
            Collection<TrainingListener> listeners, int layerIndex, INDArray view, boolean initialise) {
        setListeners(listeners);
        setIndex(layerIndex);
        setParamsViewArray(view);
        setParamTable(SequenceInitializer.INSTANCE.init(conf, view, initialise));
        return this;
    }

    /** The function for inputs of these names; see {@link BlockDelegate.Definition}. */
    protected abstract DifferentiableFunction define(
            Set<String> inputs, Map<String, INDArray> arrays, BlockDelegate.Lookup lookup);

    /**
     * The gradients of the last steps.
     *
     * @param epsilon gradient with respect to the layer's output
     * @param length how many steps; those before, and the inputs before, count as constants
     */
    protected abstract Pair<Gradient, INDArray> gradients(INDArray epsilon, long length, LayerWorkspaceMgr workspaces);

    /**
     * The output for steps that come after those of a state.
     *
     * @param state what is stored; empty before the first step
     * @param store whether the state after these steps is put there
     */
    protected abstract INDArray continued(
            Map<String, INDArray> state, boolean training, boolean store, LayerWorkspaceMgr workspaces);

    /** Bytes of the arrays that it keeps from pass to pass, without parameters and gradients. */
    public final long bytes() {
        return delegate.bytes();
    }

    /** Gives up the last forward pass. */
    protected abstract void forget();

    /** The input as {@code [minibatch, nIn, steps]}. */
    protected final INDArray checkedInput() {
        long expected = timeConf().getNIn();
        boolean nwc = getDataFormat() == RNNFormat.NWC;
        if (input.rank() != 3 || input.size(nwc ? 2 : 1) != expected || input.length() == 0) {
            throw new IllegalArgumentException("expected input of shape "
                    + (nwc ? "[minibatch, steps, " + expected + "]" : "[minibatch, " + expected + ", steps]") + ", got "
                    + Arrays.toString(input.shape()) + " " + layerId());
        }
        return TimeMajor.ncw(input, getDataFormat());
    }

    protected final @Nullable INDArray checkedMask() {
        INDArray sequences = TimeMajor.ncw(input, getDataFormat());
        INDArray mask = maskArray;
        if (mask != null
                && (mask.rank() != 2 || mask.size(0) != sequences.size(0) || mask.size(1) != sequences.size(2))) {
            throw new IllegalArgumentException("expected a mask of shape [minibatch, steps] = [" + sequences.size(0)
                    + ", " + sequences.size(2) + "] like the input's, got " + Arrays.toString(mask.shape()) + " "
                    + layerId());
        }
        return mask;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        return gradients(epsilon, Long.MAX_VALUE, workspaceMgr);
    }

    /** The gradients of the last outputs, so many of them; those before, and the inputs before, count as constants. */
    @Override
    public Pair<Gradient, INDArray> tbpttBackpropGradient(
            INDArray epsilon, int tbpttBackLength, LayerWorkspaceMgr workspaceMgr) {
        return gradients(epsilon, tbpttBackLength, workspaceMgr);
    }

    @Override
    public INDArray rnnTimeStep(INDArray sequences, LayerWorkspaceMgr workspaceMgr) {
        setInput(sequences, workspaceMgr);
        return continued(stateMap, false, true, workspaceMgr);
    }

    @Override
    public INDArray rnnActivateUsingStoredState(
            INDArray sequences, boolean training, boolean storeLastForTBPTT, LayerWorkspaceMgr workspaceMgr) {
        setInput(sequences, workspaceMgr);
        return continued(tBpttStateMap, training, storeLastForTBPTT, workspaceMgr);
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArray(
            @Nullable INDArray mask, @Nullable MaskState currentMaskState, int minibatchSize) {
        maskArray = mask;
        maskState = currentMaskState;
        // As stock recurrent layers: the mask goes on to those that need it.
        return new Pair<>(mask, MaskState.Passthrough);
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray gradients) {
        super.setBackpropGradientsViewArray(gradients);
        delegate.setGradients(gradientViews);
    }

    @Override
    public void setParamsViewArray(INDArray view) {
        super.setParamsViewArray(view);
        drop();
    }

    @Override
    public void setParamTable(Map<String, INDArray> paramTable) {
        super.setParamTable(paramTable);
        drop();
    }

    private void drop() {
        delegate.drop();
        forget();
    }

    /** The parameters by the names that the block or cell gives them. */
    public Map<String, INDArray> named() {
        return delegate.named();
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
    public Layer clone() {
        return timeConf()
                .timeRuntime(conf.clone(), dataType)
                .attach(trainingListeners, index, paramsFlattened.dup(), false);
    }

    @Override
    public void clear() {
        super.clear();
        delegate.forget();
        forget();
    }

    @Override
    public Type type() {
        return Type.RECURRENT;
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }
}
