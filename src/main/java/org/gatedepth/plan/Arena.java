package org.gatedepth.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Gives the arrays of a plan: in 'c' order, and one that no later op reads is given out again. */
final class Arena {
    private record Size(DataType type, long length) {}

    /**
     * An array in use that this arena made.
     *
     * @param memory what the array is a view of: a view of a view of a view is slow, since ND4J asks all of them at every op
     * @param views the arrays that have been given out: the whole, or several columns of it
     * @param variables what they hold; several where one is an alias
     */
    private record Use(INDArray memory, List<INDArray> views, List<String> variables) {}

    private final Function<String, @Nullable INDArray> destinations;
    private final Map<String, Integer> readsLeft = new HashMap<>();
    private final Set<String> kept = new HashSet<>();
    private final Map<Size, Deque<INDArray>> free = new HashMap<>();
    private final IdentityHashMap<INDArray, Use> inUse = new IdentityHashMap<>();

    Arena(
            List<List<Schedule.Node>> phases,
            List<? extends Collection<String>> wanted,
            Function<String, @Nullable INDArray> destinations) {
        this.destinations = destinations;
        wanted.forEach(kept::addAll);
        for (List<Schedule.Node> nodes : phases) {
            for (Schedule.Node node : nodes) {
                node.inputs().forEach(name -> readsLeft.merge(name, 1, Integer::sum));
            }
        }
    }

    INDArray allocate(String variable, DataType type, long[] shape) {
        INDArray destination = destinations.apply(variable);
        if (destination != null
                && isRowByRow(destination)
                && destination.dataType() == type
                && Arrays.equals(destination.shape(), shape)) {
            return destination;
        }
        INDArray memory = memory(type, shape);
        // A view of its own for each variable, so that arrays are told apart by identity.
        INDArray array = memory.reshape('c', shape);
        use(memory, List.of(array), List.of(variable));
        return array;
    }

    /** Whether the elements of each row stand one after the other, as loops and products need it. */
    private static boolean isRowByRow(INDArray array) {
        boolean rows = array.rank() == 2 && array.stride(1) == 1;
        return array.ordering() == 'c' && (array.length() == 1 || array.elementWiseStride() == 1 || rows);
    }

    /** The array that the caller wants a variable in. */
    @Nullable
    INDArray destination(String variable) {
        return destinations.apply(variable);
    }

    /** Arrays of several matrices side by side, as columns of one. */
    List<INDArray> allocateSideBySide(List<String> variables, DataType type, long rows, long[] columns) {
        INDArray memory = memory(type, rows, Arrays.stream(columns).sum());
        INDArray matrix = memory.reshape('c', rows, Arrays.stream(columns).sum());
        List<INDArray> views = SideBySide.split(matrix, columns);
        use(memory, views, variables);
        return views;
    }

    private INDArray memory(DataType type, long... shape) {
        long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        Deque<INDArray> candidates = free.getOrDefault(new Size(type, length), new ArrayDeque<>());
        return candidates.isEmpty() ? Nd4j.create(type, shape, 'c') : candidates.pop();
    }

    private void use(INDArray memory, List<INDArray> views, List<String> variables) {
        Use use = new Use(memory, views, new ArrayList<>(variables));
        views.forEach(view -> inUse.put(view, use));
    }

    /** Says that a variable is held by the same array as another. */
    void alias(String variable, INDArray array) {
        Use use = inUse.get(array);
        if (use != null) {
            use.variables().add(variable);
        }
    }

    /** After an op has run: what it was the last to read is free again. */
    void release(Schedule.Node node, Map<String, INDArray> arrays) {
        for (String name : node.inputs()) {
            readsLeft.merge(name, -1, Integer::sum);
            freeIfUnused(arrays.get(name));
        }
        for (String name : node.outputs()) {
            freeIfUnused(arrays.get(name));
        }
    }

    private void freeIfUnused(@Nullable INDArray array) {
        Use use = array == null ? null : inUse.get(array);
        if (array == null || use == null || use.variables().stream().anyMatch(this::isNeeded)) {
            return;
        }
        use.views().forEach(inUse::remove);
        INDArray memory = use.memory();
        free.computeIfAbsent(new Size(memory.dataType(), memory.length()), size -> new ArrayDeque<>())
                .push(memory);
    }

    /** Whether the caller reads a variable. */
    boolean isKept(String variable) {
        return kept.contains(variable);
    }

    /** Whether only one read is left of an array of this arena, all of its variables together. */
    boolean isLastRead(INDArray array) {
        Use use = inUse.get(array);
        return use != null
                && use.variables().stream().noneMatch(kept::contains)
                && use.variables().stream()
                                .mapToInt(name -> readsLeft.getOrDefault(name, 0))
                                .sum()
                        == 1;
    }

    /** Whether a variable is still to be read, by an op or by the caller. */
    boolean isNeeded(String variable) {
        return kept.contains(variable) || readsLeft.getOrDefault(variable, 0) > 0;
    }
}
