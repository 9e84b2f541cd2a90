package org.gatedepth.dl4j.runtime;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.recurrent.BaseRecurrentLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.gatedepth.block.Block;
import org.gatedepth.block.Params;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What runs a layer of blocks over sequences in a network. The work is done by a {@link BlockDelegate}; this class
 * stands in Deeplearning4j's hierarchy, and keeps the state of a layer that is run step by step.
 *
 * <p>Masked steps are zeros in the output. The stored state is the last inputs that later outputs depend on, or all of
 * them up to a bound. A pass that goes on from it reads them again before its own input, and what came before the first
 * step is masked, so that it counts as nothing.
 */
public final class SequenceRuntime extends BaseRecurrentLayer<org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer> {
    /** In the stored state: the last inputs, {@code [minibatch, nIn, receptive field − 1]}, or all of them. */
    public static final String STATE_INPUTS = "inputs";
    /** In the stored state: which of these are steps, {@code [minibatch, receptive field − 1]}, or all of them. */
    public static final String STATE_MASK = "mask";

    private static final long serialVersionUID = 1L;
    private static final String INPUT = SequencePass.INPUT;
    private static final String STEPS = SequencePass.STEPS;
    private static final String MASK = SequencePass.MASK;

    private final transient BlockDelegate delegate;
    private final transient Lengths lengths = new Lengths();
    /** The last pass of training; null where none is to be gone back from. */
    private transient @Nullable SequencePass last;

    /** The parameters of a block that is applied to sequences. */
    private record SequenceParams(
            Params params, SDVariable steps, @Nullable SDVariable mask) implements Params {
        @Override
        public SDVariable get(String name) {
            return params.get(name);
        }

        @Override
        public SDVariable dropOut(String scope, SDVariable x, long size) {
            return params.dropOut(scope, x, size);
        }
    }

    /** The runtime of a layer whose configuration is a {@link SequenceConf}; see {@link #attach}. */
    public SequenceRuntime(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        delegate = new BlockDelegate(
                dataType, () -> params, arrays -> sequenceConf().views(arrays), this::define);
    }

    /**
     * Gives it its place in a network.
     *
     * @param view the part of the network's parameters that is this layer's
     * @param initialise whether the parameters get their initial values
     * @return this
     */
    public SequenceRuntime attach(
            Collection<TrainingListener> listeners, int layerIndex, INDArray view, boolean initialise) {
        setListeners(listeners);
        setIndex(layerIndex);
        setParamsViewArray(view);
        setParamTable(SequenceInitializer.INSTANCE.init(conf, view, initialise));
        return this;
    }

    private SequenceConf sequenceConf() {
        return (SequenceConf) conf.getLayer();
    }

    private CompiledFunction define(Set<String> inputs, Map<String, INDArray> arrays, BlockDelegate.Lookup lookup) {
        Block block = sequenceConf().block();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(INPUT, new long[] {-1, block.inputSize()});
        shapes.put(STEPS, new long[] {-1, -1});
        boolean masked = inputs.contains(MASK);
        if (masked) {
            shapes.put(MASK, new long[] {-1, 1});
        }
        return new CompiledFunction(dataType, shapes, List.of(INPUT), arrays, (sd, in, variables) -> {
            SDVariable mask = masked ? in.get(MASK) : null;
            return block.apply(sd, in.get(INPUT), new SequenceParams(lookup.of(sd, variables), in.get(STEPS), mask));
        });
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        return run(checkedInput(), checkedMask(), 0, training, workspaceMgr);
    }

    /**
     * The output for the steps of the input.
     *
     * @param sequences {@code [minibatch, nIn, before + steps]}
     * @param mask of these steps
     */
    private INDArray run(
            INDArray sequences, @Nullable INDArray mask, long before, boolean training, LayerWorkspaceMgr workspaces) {
        last = null;
        SequencePass pass = pass(sequences, mask, before, workspaces);
        INDArray output;
        if (training) {
            output = delegate.forward(pass.read(), Noise.of(this, workspaces));
            last = pass;
        } else {
            output = delegate.infer(pass.read());
        }
        INDArray rows = workspaces.dup(ArrayType.ACTIVATIONS, pass.own(output), 'c');
        return TimeMajor.array(pass.masked(rows), pass.minibatch(), getDataFormat());
    }

    private SequencePass pass(INDArray sequences, @Nullable INDArray mask, long before, LayerWorkspaceMgr workspaces) {
        long most = sequenceConf().maxSteps();
        if (sequences.size(2) > most) {
            throw new IllegalArgumentException("sequences may have at most maxSteps = " + most + " steps, those of the"
                    + " stored state with them, got " + sequences.size(2) + "; build the layer with more, or call"
                    + " rnnClearPreviousState() before other sequences " + layerId());
        }
        long length = Math.min(lengths.compiled(sequences.size(2)), most);
        boolean causal = sequenceConf().isCausal();
        return new SequencePass(
                input,
                maskArray,
                SequencePass.read(sequences, mask, length, causal, dataType, workspaces),
                before,
                sequences.size(2) - before);
    }

    /** The input as {@code [minibatch, nIn, steps]}. */
    private INDArray checkedInput() {
        long expected = sequenceConf().getNIn();
        boolean nwc = getDataFormat() == RNNFormat.NWC;
        if (input.rank() != 3 || input.size(nwc ? 2 : 1) != expected || input.length() == 0) {
            throw new IllegalArgumentException("expected input of shape "
                    + (nwc ? "[minibatch, steps, " + expected + "]" : "[minibatch, " + expected + ", steps]") + ", got "
                    + Arrays.toString(input.shape()) + " " + layerId());
        }
        return TimeMajor.ncw(input, getDataFormat());
    }

    private @Nullable INDArray checkedMask() {
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

    private Pair<Gradient, INDArray> gradients(INDArray epsilon, long length, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        INDArray sequences = checkedInput();
        SequencePass pass = last;
        if (pass == null || !pass.isOf(input, maskArray)) {
            pass = pass(sequences, checkedMask(), 0, workspaces);
        }
        long constant = Math.max(0, sequences.size(2) - length);
        INDArray atOutput =
                TimeMajor.rows(TimeMajor.ncw(epsilon, getDataFormat()), dataType, ArrayType.BP_WORKING_MEM, workspaces);
        Map<String, INDArray> known = delegate.backward(pass.read(), pass.seed(atOutput, constant));
        INDArray atInput = pass.own(Objects.requireNonNull(known.get(INPUT)));
        INDArray rows = workspaces.dup(ArrayType.ACTIVATION_GRAD, atInput, 'c');
        if (constant > 0) {
            TimeMajor.part(rows, 0, constant * pass.minibatch()).assign(0);
        }
        return new Pair<>(delegate.gradient(), TimeMajor.array(rows, pass.minibatch(), getDataFormat()));
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

    /** The output for steps that come after those of a state. */
    private INDArray continued(
            Map<String, INDArray> state, boolean training, boolean store, LayerWorkspaceMgr workspaces) {
        if (!sequenceConf().isCausal()) {
            throw new UnsupportedOperationException("a layer that is not causal reads later steps, so it cannot be run"
                    + " step by step or trained with truncated backpropagation through time; build it with causal(true)"
                    + " " + layerId());
        }
        INDArray own = checkedInput();
        INDArray ownMask = checkedMask();
        long field = sequenceConf().receptiveField();
        if (field == 1) {
            return run(own, ownMask, 0, training, workspaces);
        }
        if (field == SequenceConf.ALL && sequenceConf().maxSteps() == SequenceConf.ALL) {
            throw new UnsupportedOperationException("a layer whose outputs depend on all earlier steps stores all of"
                    + " them to be run step by step or trained with truncated backpropagation through time, so it needs"
                    + " a bound; build it with maxSteps(..) " + layerId());
        }
        SequenceState joined = SequenceState.after(state, own, ownMask, field, dataType);
        INDArray output = run(joined.sequences(), joined.mask(), joined.before(), training, workspaces);
        if (store) {
            joined.store(state, field);
        }
        return output;
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
        last = null;
    }

    /** The block that it runs. */
    public Block block() {
        return sequenceConf().block();
    }

    /** The parameters by the names that the block gives them. */
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
        return new SequenceRuntime(conf.clone(), dataType)
                .attach(trainingListeners, index, paramsFlattened.dup(), false);
    }

    @Override
    public void clear() {
        super.clear();
        delegate.forget();
        last = null;
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
