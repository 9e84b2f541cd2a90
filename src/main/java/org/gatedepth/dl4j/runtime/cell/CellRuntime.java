package org.gatedepth.dl4j.runtime.cell;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.block.Params;
import org.gatedepth.block.recurrence.Cell;
import org.gatedepth.dl4j.runtime.BlockDelegate;
import org.gatedepth.dl4j.runtime.Noise;
import org.gatedepth.dl4j.runtime.TimeMajor;
import org.gatedepth.dl4j.runtime.TimeRuntime;
import org.gatedepth.dl4j.runtime.watch.Levels;
import org.gatedepth.plan.CompiledFunction;
import org.gatedepth.plan.DifferentiableFunction;
import org.gatedepth.plan.Scan;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What runs a layer of a recurrent {@link Cell} in a network, as a {@link Scan}.
 *
 * <p>Masked steps leave the state as it is, and are zeros in the output. The stored state is that of the cell, so a
 * step costs the same however many came before it.
 */
public class CellRuntime extends TimeRuntime implements Levels {
    /** In the stored state: the state of the cell, {@code [minibatch, nOut]}. */
    public static final String STATE = Scan.STATE;

    private static final long serialVersionUID = 1L;

    /** The last pass of training; null where none is to be gone back from. */
    private transient @Nullable Pass last;

    /**
     * One pass.
     *
     * @param input the layer's input
     * @param mask the layer's mask
     * @param read what the scan reads, by name
     */
    private record Pass(INDArray input, @Nullable INDArray mask, Map<String, INDArray> read) {
        @SuppressWarnings("ReferenceEquality") // the very arrays, not equal ones
        boolean isOf(INDArray otherInput, @Nullable INDArray otherMask) {
            return input == otherInput && mask == otherMask;
        }
    }

    /** The runtime of a layer whose configuration is a {@link CellConf}; see {@link #attach}. */
    public CellRuntime(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    /** The cell that it runs. */
    public final Cell cell() {
        return ((CellConf) conf.getLayer()).cell();
    }

    @Override
    protected final DifferentiableFunction define(
            Set<String> inputs, Map<String, INDArray> arrays, BlockDelegate.Lookup lookup) {
        Cell cell = cell();
        boolean masked = inputs.contains(Scan.MASK);
        Scan.Body body = CellParams.body(cell, lookup);
        return new Scan(dataType, cell.inputSize(), cell.outputSize(), masked, arrays, body);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        return run(pass(null), training, workspaceMgr, null);
    }

    /** The output; the state after it is put into a map if there is one. */
    private INDArray run(
            Pass pass, boolean training, LayerWorkspaceMgr workspaces, @Nullable Map<String, INDArray> store) {
        last = null;
        INDArray states =
                training ? delegate.forward(pass.read, Noise.of(this, workspaces)) : delegate.infer(pass.read);
        if (training) {
            last = pass;
        }
        long minibatch = minibatch(pass);
        if (store != null) {
            try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                INDArray after = TimeMajor.part(states, states.size(0) - minibatch, states.size(0));
                store.put(STATE, after.dup('c'));
            }
        }
        INDArray rows = workspaces.dup(ArrayType.ACTIVATIONS, states, 'c');
        INDArray mask = pass.read.get(Scan.MASK);
        return TimeMajor.array(mask == null ? rows : rows.muliColumnVector(mask), minibatch, getDataFormat());
    }

    private static long minibatch(Pass pass) {
        return Objects.requireNonNull(pass.read.get(Scan.INPUT)).size(1);
    }

    /**
     * A pass over the input of the layer.
     *
     * @param state the state before its first step; null for zeros
     */
    private Pass pass(@Nullable INDArray state) {
        INDArray sequences = checkedInput();
        INDArray mask = checkedMask();
        // A backward pass reads them again, when the workspaces of the forward pass are closed.
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            Map<String, INDArray> read = new LinkedHashMap<>();
            read.put(Scan.INPUT, sequences.permute(2, 0, 1).castTo(dataType));
            read.put(Scan.STATE, state == null ? Nd4j.zeros(dataType, sequences.size(0), cell().outputSize()) : state);
            if (mask != null) {
                read.put(Scan.MASK, TimeMajor.column(mask, dataType));
            }
            return new Pass(input, maskArray, read);
        }
    }

    @Override
    protected final Pair<Gradient, INDArray> gradients(INDArray epsilon, long length, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        Pass pass = last;
        if (pass == null || !pass.isOf(input, maskArray)) {
            pass = pass(null);
        }
        INDArray rows =
                TimeMajor.rows(TimeMajor.ncw(epsilon, getDataFormat()), dataType, ArrayType.BP_WORKING_MEM, workspaces);
        INDArray mask = pass.read.get(Scan.MASK);
        INDArray seed = mask == null ? rows : rows.mulColumnVector(mask);
        long steps = seed.size(0) / minibatch(pass);
        INDArray asked = TimeMajor.part(seed, Math.max(0, steps - length) * minibatch(pass), seed.size(0));
        INDArray atInput =
                Objects.requireNonNull(delegate.backward(pass.read, asked).get(Scan.INPUT));
        INDArray own =
                workspaces.dup(ArrayType.ACTIVATION_GRAD, atInput.reshape('c', seed.size(0), atInput.size(2)), 'c');
        return new Pair<>(delegate.gradient(), TimeMajor.array(own, minibatch(pass), getDataFormat()));
    }

    @Override
    protected final INDArray continued(
            Map<String, INDArray> state, boolean training, boolean store, LayerWorkspaceMgr workspaces) {
        INDArray before = state.get(STATE);
        Pass pass = pass(before);
        long minibatch = minibatch(pass);
        if (before != null && before.size(0) != minibatch) {
            throw new IllegalArgumentException("the stored state is of a minibatch of " + before.size(0)
                    + ", but the input's is " + minibatch + ": call rnnClearPreviousState() before other sequences");
        }
        return run(pass, training, workspaces, store ? state : null);
    }

    @Override
    protected final void forget() {
        last = null;
    }

    /** The transform gates for sequences that begin with a state of zeros, in inference: {@code level 1} and so on. */
    @Override
    public final Map<String, INDArray> gates(INDArray sequences, @Nullable INDArray mask) {
        INDArray ownInput = input;
        INDArray ownMask = maskArray;
        try {
            input = sequences;
            maskArray = mask;
            return gates(pass(null));
        } finally {
            input = ownInput;
            maskArray = ownMask;
        }
    }

    /** The states before all steps are known from the states after them, so all steps are computed at once. */
    private Map<String, INDArray> gates(Pass pass) {
        Cell cell = cell();
        INDArray first = Objects.requireNonNull(pass.read.get(Scan.STATE));
        INDArray after = delegate.infer(pass.read).dup('c');
        last = null;
        long rows = after.size(0);
        long others = rows - first.size(0);
        INDArray before = others == 0 ? first : Nd4j.concat(0, first, TimeMajor.part(after, 0, others));
        INDArray x = Objects.requireNonNull(pass.read.get(Scan.INPUT)).dup('c').reshape('c', rows, cell.inputSize());
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(Scan.INPUT, new long[] {-1, cell.inputSize()});
        shapes.put(STATE, new long[] {-1, cell.outputSize()});
        try (CompiledFunction function = new CompiledFunction(dataType, shapes, List.of(), named(), (sd, in, p) -> {
            Params params = p::get;
            List<SDVariable> gates =
                    cell.gates(sd, cell.project(sd, in.get(Scan.INPUT), params), in.get(STATE), params);
            return sd.concat(0, gates.toArray(SDVariable[]::new));
        })) {
            INDArray all = function.infer(Map.of(Scan.INPUT, x, STATE, before)).dup('c');
            Map<String, INDArray> levels = new LinkedHashMap<>();
            for (long from = 0; from < all.size(0); from += rows) {
                levels.put(
                        "level " + (levels.size() + 1),
                        TimeMajor.part(all, from, from + rows).dup('c'));
            }
            return levels;
        }
    }
}
