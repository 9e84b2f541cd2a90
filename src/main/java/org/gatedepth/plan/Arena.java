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
     * @param variables what it holds; several where one is an alias
     */
    private record Use(INDArray memory, List<String> variables) {}

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
                && destination.ordering() == 'c'
                && destination.dataType() == type
                && Arrays.equals(destination.shape(), shape)) {
            return destination;
        }
        long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        Deque<INDArray> candidates = free.getOrDefault(new Size(type, length), new ArrayDeque<>());
        INDArray memory = candidates.isEmpty() ? Nd4j.create(type, shape, 'c') : candidates.pop();
        // A view of its own for each variable, so that arrays are told apart by identity.
        INDArray array = memory.reshape('c', shape);
        inUse.put(array, new Use(memory, new ArrayList<>(List.of(variable))));
        return array;
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
        inUse.remove(array);
        free.computeIfAbsent(new Size(array.dataType(), array.length()), size -> new ArrayDeque<>())
                .push(use.memory());
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
