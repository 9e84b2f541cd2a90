package org.gatedepth.plan.lowering;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.gatedepth.plan.graph.Node;
import org.gatedepth.plan.graph.Program;
import org.gatedepth.plan.graph.Value;
import org.gatedepth.plan.memory.Memory;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The arrays of a plan, in 'c' order. The memory of one that no later op reads is given out again.
 *
 * <p>What is given out when follows from the order of the nodes alone, and nothing has to be run for it.
 */
public final class Arena implements AutoCloseable {
    private record Size(DataType type, long length) {}

    /**
     * An array in use that this arena made.
     *
     * @param block the memory of the array
     * @param size of the array
     * @param views the arrays that have been given out: the whole, or several columns of it
     * @param values what they hold; several where one is an alias
     */
    private record Use(Memory.Block block, Size size, List<INDArray> views, List<Value> values) {}

    private final Memory memory;

    private final Function<String, @Nullable INDArray> destinations;
    private final Map<Value, Integer> readsLeft;
    private final Set<Value> kept = new HashSet<>();
    private final Map<Size, Deque<Memory.Block>> free = new HashMap<>();
    private final IdentityHashMap<INDArray, Use> inUse = new IdentityHashMap<>();
    private final List<Memory.Block> blocks = new ArrayList<>();
    /** Arrays that are not in blocks. */
    private final List<INDArray> own = new ArrayList<>();

    /**
     * An arena without arrays.
     *
     * @param program all that will be run
     * @param destinations the array that the caller wants a variable in, or null; asked when the variable is allocated
     */
    public Arena(Program program, Function<String, @Nullable INDArray> destinations) {
        this.destinations = destinations;
        memory = program.memory();
        program.wanted().forEach(names -> names.forEach(name -> kept.add(Value.of(name))));
        readsLeft = new HashMap<>(program.reads());
    }

    /** An array that is never given out again, and shares its memory with no other plan. */
    public INDArray create(DataType type, long... shape) {
        INDArray array = Nd4j.create(type, shape, 'c');
        own.add(array);
        return array;
    }

    /** The array of a value: where the caller wants it, if it can be there, or else one of this arena. */
    INDArray allocate(Value value, DataType type, long[] shape) {
        INDArray destination = destination(value);
        if (destination != null
                && isRowByRow(destination)
                && destination.dataType() == type
                && Arrays.equals(destination.shape(), shape)) {
            return destination;
        }
        long length = length(shape);
        if (length == 0) {
            return create(type, shape);
        }
        Size size = new Size(type, length);
        Memory.Block block = block(size);
        // An array of its own for each value, so that they are told apart by identity.
        INDArray array = block.array(shape);
        inUse.put(array, new Use(block, size, List.of(array), new ArrayList<>(List.of(value))));
        return array;
    }

    /** Elements of an array. */
    static long length(long[] shape) {
        long length = 1;
        for (long n : shape) {
            length *= n;
        }
        return length;
    }

    /** Whether the elements of each row stand one after the other, as loops and products need it. */
    private static boolean isRowByRow(INDArray array) {
        boolean rows = array.rank() == 2 && array.stride(1) == 1;
        return array.ordering() == 'c' && (array.length() == 1 || array.elementWiseStride() == 1 || rows);
    }

    /** The array that the caller wants a value in. */
    @Nullable
    INDArray destination(Value value) {
        return value.role() == Value.Role.RESULT ? destinations.apply(value.variable()) : null;
    }

    /** Arrays of several matrices side by side, as columns of one. */
    List<INDArray> allocateSideBySide(List<Value> values, DataType type, long rows, long[] columns) {
        long all = Arrays.stream(columns).sum();
        Size size = new Size(type, rows * all);
        Memory.Block block = block(size);
        List<INDArray> parts = new ArrayList<>();
        long from = 0;
        for (long count : columns) {
            parts.add(block.columns(rows, all, from, count));
            from += count;
        }
        Use use = new Use(block, size, parts, new ArrayList<>(values));
        parts.forEach(part -> inUse.put(part, use));
        return parts;
    }

    private Memory.Block block(Size size) {
        Deque<Memory.Block> candidates = free.get(size);
        if (candidates != null && !candidates.isEmpty()) {
            return candidates.pop();
        }
        Memory.Block block = memory.take(blocks.size(), size.type(), size.length());
        blocks.add(block);
        return block;
    }

    /** Says that a value is held by the same array as another. */
    void alias(Value value, INDArray array) {
        Use use = inUse.get(array);
        if (use != null) {
            use.values().add(value);
        }
    }

    /** After an op's call: what it was the last to read is free again. */
    void release(Node node, Map<Value, INDArray> arrays) {
        for (Value value : node.inputs()) {
            readsLeft.merge(value, -1, Integer::sum);
            freeIfUnused(arrays.get(value));
        }
        for (Value value : node.outputs()) {
            freeIfUnused(arrays.get(value));
        }
    }

    private void freeIfUnused(@Nullable INDArray array) {
        Use use = array == null ? null : inUse.get(array);
        if (use == null) {
            return;
        }
        for (Value value : use.values()) {
            if (isNeeded(value)) {
                return;
            }
        }
        use.views().forEach(inUse::remove);
        free.computeIfAbsent(use.size(), size -> new ArrayDeque<>()).push(use.block());
    }

    /** Whether the caller reads a value. */
    boolean isKept(Value value) {
        return kept.contains(value);
    }

    /** Whether only one read is left of an array of this arena, all of its values together. */
    boolean isLastRead(INDArray array) {
        Use use = inUse.get(array);
        if (use == null) {
            return false;
        }
        int reads = 0;
        for (Value value : use.values()) {
            if (isKept(value)) {
                return false;
            }
            reads += readsLeft.getOrDefault(value, 0);
        }
        return reads == 1;
    }

    /** Whether a value is still to be read, by an op or by the caller. */
    boolean isNeeded(Value value) {
        return kept.contains(value) || readsLeft.getOrDefault(value, 0) > 0;
    }

    /** Bytes of all memory that this arena uses. */
    public long bytes() {
        return ownBytes() + blocks.stream().mapToLong(Memory.Block::bytes).sum();
    }

    /** Bytes of the arrays that share their memory with no other plan. */
    public long ownBytes() {
        return own.stream()
                .mapToLong(array -> array.length() * array.dataType().width())
                .sum();
    }

    /** Frees what no other plan uses of this arena's memory, and nothing else; its arrays are not read any more. */
    @Override
    public void close() {
        for (int slot = 0; slot < blocks.size(); slot++) {
            memory.release(slot, blocks.get(slot));
        }
        blocks.clear();
        own.forEach(INDArray::close);
        own.clear();
    }
}
