package org.gatedepth.dl4j.runtime;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.block.Block;
import org.gatedepth.block.Params;
import org.gatedepth.dl4j.runtime.watch.Watcher;
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
public final class SequenceRuntime extends TimeRuntime {
    /** In the stored state: the last inputs, {@code [minibatch, nIn, receptive field − 1]}, or all of them. */
    public static final String STATE_INPUTS = "inputs";
    /** In the stored state: which of these are steps, {@code [minibatch, receptive field − 1]}, or all of them. */
    public static final String STATE_MASK = "mask";

    private static final long serialVersionUID = 1L;
    private static final String INPUT = SequencePass.INPUT;
    private static final String STEPS = SequencePass.STEPS;
    private static final String MASK = SequencePass.MASK;

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
    }

    private SequenceConf sequenceConf() {
        return (SequenceConf) conf.getLayer();
    }

    @Override
    protected CompiledFunction define(Set<String> inputs, Map<String, INDArray> arrays, BlockDelegate.Lookup lookup) {
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
        INDArray output = before > 0
                ? null
                : delegate.read(
                        training, pass.own(Objects.requireNonNull(pass.read().get(INPUT))));
        if (output != null) {
            // A watcher has answered.
        } else if (training) {
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

    @Override
    protected Pair<Gradient, INDArray> gradients(INDArray epsilon, long length, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        INDArray sequences = checkedInput();
        SequencePass pass = last;
        if (pass == null || !pass.isOf(input, maskArray)) {
            pass = pass(sequences, checkedMask(), 0, workspaces);
        }
        long constant = Math.max(0, sequences.size(2) - length);
        INDArray atOutput =
                TimeMajor.rows(TimeMajor.ncw(epsilon, getDataFormat()), dataType, ArrayType.BP_WORKING_MEM, workspaces);
        if (delegate.isWatched()) {
            delegate.received(pass.masked(atOutput.dup('c')));
        }
        Map<String, INDArray> known = delegate.backward(pass.read(), pass.seed(atOutput, constant));
        INDArray atInput = pass.own(Objects.requireNonNull(known.get(INPUT)));
        INDArray rows = workspaces.dup(ArrayType.ACTIVATION_GRAD, atInput, 'c');
        if (constant > 0) {
            TimeMajor.part(rows, 0, constant * pass.minibatch()).assign(0);
        }
        return new Pair<>(delegate.gradient(), TimeMajor.array(rows, pass.minibatch(), getDataFormat()));
    }

    @Override
    protected INDArray continued(
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

    /** Has a watcher see what this layer reads and receives as rows in time-major order, without what a state adds. */
    public void watch(Watcher watcher) {
        delegate.watch(watcher);
    }

    /** The block that it runs. */
    public Block block() {
        return sequenceConf().block();
    }

    @Override
    protected void forget() {
        last = null;
    }
}
