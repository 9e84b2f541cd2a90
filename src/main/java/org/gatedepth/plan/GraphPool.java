package org.gatedepth.plan;

import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Graphs of functions that were closed, for the next function of the same structure: to write the ops of a block and of
 * its gradients takes SameDiff some milliseconds.
 *
 * <p>A graph belongs to one function at a time, and here it has no parameters, no plans and no results. At most
 * {@value #MAX_GRAPHS} wait; those that wait for longest go first, and all where Java's memory is short.
 */
final class GraphPool {
    /** Two data preparations of a training, each in two threads, for pilot runs and for the final one. */
    static final int MAX_GRAPHS = 8;

    /**
     * What graphs that can take each other's place have in common.
     *
     * @param structure what the ops are made from
     * @param parameters names, shapes, strides and places in memory, since matrices side by side are one
     */
    record Key(
            Object structure,
            DataType type,
            List<List<Object>> inputs,
            List<String> differentiable,
            List<List<Object>> parameters) {

        static Key of(
                Object structure,
                DataType type,
                Map<String, long[]> inputs,
                Collection<String> differentiable,
                Map<String, INDArray> params) {
            List<List<Object>> shapes = new ArrayList<>();
            inputs.forEach((name, shape) -> shapes.add(List.of(name, list(shape))));
            List<List<Object>> parameters = new ArrayList<>();
            INDArray first =
                    params.isEmpty() ? null : params.values().iterator().next();
            params.forEach((name, array) -> parameters.add(place(name, array, first)));
            return new Key(structure, type, shapes, List.copyOf(differentiable), parameters);
        }

        private static List<Object> place(String name, INDArray array, @Nullable INDArray first) {
            boolean together = first != null && array.data().sameUnderlyingData(first.data());
            return List.of(
                    name,
                    array.dataType(),
                    array.ordering(),
                    list(array.shape()),
                    list(array.stride()),
                    together,
                    together && first != null ? array.offset() - first.offset() : 0L);
        }

        private static List<Long> list(long[] numbers) {
            return Arrays.stream(numbers).boxed().toList();
        }
    }

    /** A graph that waits. */
    private record Idle(Key key, SoftReference<FunctionGraph> graph) {}

    /** Those that wait for longest first. */
    private static final Deque<Idle> IDLE = new ArrayDeque<>();

    private GraphPool() {}

    /** A graph for a function, which is its own until it is given back; null if none waits. */
    static synchronized @Nullable FunctionGraph take(Key key) {
        for (Iterator<Idle> all = IDLE.descendingIterator(); all.hasNext(); ) {
            Idle idle = all.next();
            FunctionGraph graph = idle.graph().get();
            if (graph == null) {
                all.remove();
            } else if (idle.key().equals(key)) {
                all.remove();
                return graph;
            }
        }
        return null;
    }

    /** Takes the graph of a function that was closed. */
    static synchronized void giveBack(Key key, FunctionGraph graph) {
        IDLE.addLast(new Idle(key, new SoftReference<>(graph)));
        while (IDLE.size() > MAX_GRAPHS) {
            IDLE.removeFirst();
        }
    }

    /** How many wait. */
    static synchronized int size() {
        return IDLE.size();
    }
}
