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
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Gives the arrays of a plan: in 'c' order, and one that no later op reads is given out again. */
final class Arena {
    private record Size(DataType type, long length) {}

    private final Map<String, INDArray> destinations;
    private final Map<String, Integer> readsLeft = new HashMap<>();
    private final Set<String> kept = new HashSet<>();
    private final Map<Size, Deque<INDArray>> free = new HashMap<>();
    /** The arrays in use that this arena made, each with the variables that it holds: several where one is an alias. */
    private final IdentityHashMap<INDArray, List<String>> inUse = new IdentityHashMap<>();

    Arena(
            List<List<SameDiffOp>> phases,
            List<? extends Collection<String>> wanted,
            Map<String, INDArray> destinations) {
        this.destinations = destinations;
        wanted.forEach(kept::addAll);
        for (List<SameDiffOp> ops : phases) {
            for (SameDiffOp op : ops) {
                inputsOf(op).forEach(name -> readsLeft.merge(name, 1, Integer::sum));
            }
        }
    }

    static List<String> inputsOf(SameDiffOp op) {
        return op.getInputsToOp() == null ? List.of() : op.getInputsToOp();
    }

    INDArray allocate(String variable, DataType type, long[] shape) {
        INDArray destination = destinations.get(variable);
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
        inUse.computeIfAbsent(array, a -> new ArrayList<>()).add(variable);
        return array;
    }

    /** Says that a variable is held by the same array as another. */
    void alias(String variable, INDArray array) {
        List<String> variables = inUse.get(array);
        if (variables != null) {
            variables.add(variable);
        }
    }

    /** After an op has run: what it was the last to read is free again. */
    void release(SameDiffOp op, Map<String, INDArray> arrays) {
        for (String name : inputsOf(op)) {
            readsLeft.merge(name, -1, Integer::sum);
            freeIfUnused(arrays.get(name));
        }
        for (String name : op.getOutputsOfOp()) {
            freeIfUnused(arrays.get(name));
        }
    }

    private void freeIfUnused(@Nullable INDArray array) {
        List<String> variables = array == null ? null : inUse.get(array);
        if (array == null || variables == null || variables.stream().anyMatch(this::isNeeded)) {
            return;
        }
        inUse.remove(array);
        free.computeIfAbsent(new Size(array.dataType(), array.length()), size -> new ArrayDeque<>())
                .push(array);
    }

    /** Whether a variable is still to be read, by an op or by the caller. */
    boolean isNeeded(String variable) {
        return kept.contains(variable) || readsLeft.getOrDefault(variable, 0) > 0;
    }
}
