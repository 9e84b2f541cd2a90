package org.gatedepth.plan.scan;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.gatedepth.plan.loop.FusedLoop;
import org.gatedepth.plan.loop.Tiles;
import org.gatedepth.plan.lowering.Call;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs the calls that are compiled for one step on any step: what they read and write lies on {@link Tape}s.
 *
 * <p>Loops are moved along the tapes; that costs no copy. An array that a native op reads stays where it is, and the
 * rows of the step are copied to it before the calls; one that it writes, or reads after a loop has written it, is
 * copied to the tape after them. So no call is ever given another array.
 */
public final class Windows {
    /** Columns of a tape, of which a step has the rows from {@code (step + shift)·sequences} on. */
    private record Window(Tape tape, int column, int shift) {}

    private record Moved(FusedLoop.Memory memory, Window window) {}

    private record Copied(INDArray array, @Nullable Buffer buffer, Window window) {}

    private final List<Call> calls;
    private final int sequences;
    private final List<INDArray> read = new ArrayList<>();
    private final List<INDArray> kept = new ArrayList<>();
    private final List<Moved> moved = new ArrayList<>();
    private final List<Copied> before = new ArrayList<>();
    private final List<Copied> after = new ArrayList<>();
    private @Nullable Runnable handOn;

    /**
     * Without windows. All that is read is to be told before what is written.
     *
     * @param calls what a step runs, for so many sequences
     */
    public Windows(List<Call> calls, long sequences) {
        this.calls = calls;
        this.sequences = Math.toIntExact(sequences);
    }

    /**
     * Has the next step that is run find in one array what this step leaves in another.
     *
     * @param from written by the calls, in its place
     * @param to of the same shape
     */
    public void handOn(INDArray from, INDArray to) {
        kept.add(from);
        if (Tape.isInJava(from.dataType())) {
            Buffer source = Tiles.memory(from);
            Buffer target = Tiles.memory(to);
            int columns = (int) from.size(1);
            handOn = () -> copy(source, 0, stride(from), target, 0, stride(to), columns);
        } else {
            handOn = () -> to.assign(from);
        }
    }

    /**
     * Has a step read columns of a tape.
     *
     * @param array what the calls read
     * @param shift the rows of this many steps later are read
     */
    public void read(INDArray array, Tape tape, long column, int shift) {
        Window window = new Window(tape, (int) column, shift);
        read.add(array);
        move(array, window);
        if (isTouched(array) || isIn(kept, array)) {
            before.add(copied(array, window));
        }
    }

    /** Has a step write columns of a tape; see {@link #read}. */
    public void write(INDArray array, Tape tape, long column, int shift) {
        Window window = new Window(tape, (int) column, shift);
        if (isIn(read, array)) {
            throw new IllegalArgumentException(
                    "a step must compute what it hands on, but one of its inputs is handed" + " on as it is");
        }
        if (isTouched(array) || isIn(kept, array)) {
            after.add(copied(array, window));
        } else {
            move(array, window);
        }
    }

    private static Copied copied(INDArray array, Window window) {
        return new Copied(array, Tape.isInJava(array.dataType()) ? Tiles.memory(array) : null, window);
    }

    private boolean isTouched(INDArray array) {
        return calls.stream().anyMatch(call -> call.touches(array));
    }

    @SuppressWarnings("ReferenceEquality") // the very array
    private static boolean isIn(List<INDArray> arrays, INDArray array) {
        return arrays.stream().anyMatch(other -> other == array);
    }

    @SuppressWarnings("ReferenceEquality") // the very array
    private void move(INDArray array, Window window) {
        for (Call call : calls) {
            for (FusedLoop.Memory memory : call.memories()) {
                if (memory.array() == array) {
                    moved.add(new Moved(memory, window));
                }
            }
        }
    }

    /** Runs a step; that with the number 0 has the first rows of the tapes. */
    public void run(long step) {
        for (Moved each : moved) {
            Window window = each.window;
            int columns = window.tape.columns();
            each.memory.moveTo(window.tape.buffer(), start(window, step), columns);
        }
        for (Copied each : before) {
            copy(each, step, true);
        }
        for (Call call : calls) {
            call.run();
        }
        for (Copied each : after) {
            copy(each, step, false);
        }
        if (handOn != null) {
            handOn.run();
        }
    }

    private int start(Window window, long step) {
        return window.tape.start((step + window.shift) * sequences) + window.column;
    }

    private void copy(Copied copied, long step, boolean toArray) {
        INDArray array = copied.array;
        Window window = copied.window;
        int columns = (int) array.size(1);
        Buffer own = copied.buffer;
        if (own == null) {
            INDArray part = window.tape.step((step + window.shift) * sequences, sequences, window.column, columns);
            (toArray ? array : part).assign(toArray ? part : array);
            return;
        }
        int at = start(window, step);
        Buffer tape = window.tape.buffer();
        if (toArray) {
            copy(tape, at, window.tape.columns(), own, 0, stride(array), columns);
        } else {
            copy(own, 0, stride(array), tape, at, window.tape.columns(), columns);
        }
    }

    /** The distance between the beginnings of two rows. */
    private int stride(INDArray array) {
        return (int) (sequences == 1 ? array.size(1) : array.stride(0));
    }

    /** Copies a row of so many columns for each of the sequences. */
    private void copy(Buffer from, int start, int stride, Buffer to, int at, int toStride, int columns) {
        if (stride == columns && toStride == columns) {
            copy(from, start, to, at, columns * sequences);
            return;
        }
        for (int row = 0; row < sequences; row++) {
            copy(from, start + row * stride, to, at + row * toStride, columns);
        }
    }

    private static void copy(Buffer from, int start, Buffer to, int at, int length) {
        if (from instanceof FloatBuffer floats) {
            ((FloatBuffer) to).put(at, floats, start, length);
        } else {
            ((DoubleBuffer) to).put(at, (DoubleBuffer) from, start, length);
        }
    }
}
