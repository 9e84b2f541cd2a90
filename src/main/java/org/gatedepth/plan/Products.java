package org.gatedepth.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The products of matrices of an {@link ExecutionPlan}.
 *
 * <p>Products of one matrix with several that stand {@link SideBySide} are one, and so are their gradients; a product whose
 * result would only be added to a gradient adds it itself.
 */
final class Products {
    private final ExecutionPlan plan;
    private final Arena arena;
    private final Map<String, INDArray> arrays;
    private final Map<String, List<Schedule.Node>> readers = new HashMap<>();
    /** Products by matrices that stand side by side, in their order; by the first output of each. */
    private final Map<String, List<Schedule.Node>> neighbours = new HashMap<>();
    /** The backward ones among them, by the gradients that they read. */
    private final Map<String, List<Schedule.Node>> neighboursByGradient = new HashMap<>();

    /**
     * Finds the products that can be one.
     *
     * @param plan gets the calls
     * @param arena of the plan
     * @param arrays of the plan, those that were bound by now
     * @param phases its nodes
     */
    Products(ExecutionPlan plan, Arena arena, Map<String, INDArray> arrays, List<List<Schedule.Node>> phases) {
        this.plan = plan;
        this.arena = arena;
        this.arrays = arrays;
        phases.forEach(nodes -> nodes.forEach(node -> node.inputs()
                .forEach(name ->
                        readers.computeIfAbsent(name, n -> new ArrayList<>()).add(node))));
        phases.forEach(this::findNeighbours);
    }

    /** Finds products of one matrix with several that were bound, and stand side by side. */
    private void findNeighbours(List<Schedule.Node> nodes) {
        Map<String, List<Schedule.Node>> byFirst = new LinkedHashMap<>();
        for (Schedule.Node node : nodes) {
            INDArray second =
                    Schedule.isPlainProduct(node) ? arrays.get(node.inputs().get(1)) : null;
            if (second != null) {
                byFirst.computeIfAbsent(node.op().opName() + " " + node.inputs().get(0), key -> new ArrayList<>())
                        .add(node);
            }
        }
        for (List<Schedule.Node> candidates : byFirst.values()) {
            candidates.sort(Comparator.comparingLong(node -> second(node).offset()));
            List<Schedule.Node> run = new ArrayList<>();
            for (Schedule.Node node : candidates) {
                if (!run.isEmpty() && !SideBySide.areNeighbours(second(run.get(run.size() - 1)), second(node))) {
                    putNeighbours(run);
                    run = new ArrayList<>();
                }
                run.add(node);
            }
            putNeighbours(run);
        }
    }

    private INDArray second(Schedule.Node product) {
        String name = product.inputs().get(1);
        return Objects.requireNonNull(arrays.get(name), name);
    }

    private void putNeighbours(List<Schedule.Node> run) {
        if (run.size() > 1) {
            for (Schedule.Node node : run) {
                neighbours.put(node.outputs().get(0), run);
                if (node.inputs().size() == 3) {
                    neighboursByGradient.put(node.inputs().get(2), run);
                }
            }
        }
    }

    private void absorbOthers(List<Schedule.Node> run, Schedule.Node done) {
        for (Schedule.Node node : run) {
            if (!node.outputs().equals(done.outputs())) {
                plan.absorb(node);
            }
        }
    }

    /** Arrays for gradients that are to be read side by side, where the loop computes all of a run. */
    Map<String, INDArray> allocateGradients(LoopBuilder ended) {
        Map<String, INDArray> result = new HashMap<>();
        for (String name : ended.names()) {
            List<Schedule.Node> run = neighboursByGradient.get(name);
            if (run != null && !result.containsKey(name)) {
                List<String> gradients =
                        run.stream().map(node -> node.inputs().get(2)).toList();
                if (ended.computesApart(gradients)) {
                    List<INDArray> parts = allocateSideBySide(gradients, ended.shape()[0], run);
                    for (int i = 0; i < parts.size(); i++) {
                        result.put(gradients.get(i), parts.get(i));
                    }
                }
            }
        }
        return result;
    }

    /** Arrays for what the products of a run give, or for the gradients of that. */
    private List<INDArray> allocateSideBySide(List<String> variables, long rows, List<Schedule.Node> run) {
        long[] columns = run.stream().mapToLong(node -> second(node).size(1)).toArray();
        List<INDArray> parts = arena.allocateSideBySide(variables, plan.type(variables.get(0)), rows, columns);
        for (int i = 0; i < parts.size(); i++) {
            arrays.put(variables.get(i), parts.get(i));
        }
        return parts;
    }

    /** Does the products of one matrix with several that stand side by side as one product, if this is one of them. */
    boolean compile(Schedule.Node node) {
        List<Schedule.Node> run = neighbours.get(node.outputs().get(0));
        if (run == null) {
            return false;
        }
        return node.inputs().size() == 2 ? forwardProducts(run, node) : backwardProducts(run, node);
    }

    private boolean forwardProducts(List<Schedule.Node> run, Schedule.Node node) {
        INDArray left = plan.computed(node.inputs().get(0));
        INDArray right = SideBySide.joined(run.stream().map(this::second).toList());
        if (right == null || left.rank() != 2) {
            return false;
        }
        List<String> outputs = run.stream().map(n -> n.outputs().get(0)).toList();
        List<INDArray> parts = allocateSideBySide(outputs, left.size(0), run);
        multiply(left, false, right, false, Objects.requireNonNull(SideBySide.joined(parts)), false);
        absorbOthers(run, node);
        return true;
    }

    private boolean backwardProducts(List<Schedule.Node> run, Schedule.Node node) {
        plan.endLoop();
        List<INDArray> gradients =
                run.stream().map(n -> arrays.get(n.inputs().get(2))).toList();
        INDArray gradient = gradients.contains(null) ? null : SideBySide.joined(gradients);
        INDArray matrix = SideBySide.joined(run.stream().map(this::second).toList());
        if (gradient == null || matrix == null) {
            // One by one, all of them.
            run.forEach(n -> neighbours.remove(n.outputs().get(0)));
            return false;
        }
        addInputGradient(run, gradient, matrix);
        addMatrixGradient(run, gradient, plan.computed(node.inputs().get(0)));
        absorbOthers(run, node);
        return true;
    }

    private void addInputGradient(List<Schedule.Node> run, INDArray gradient, INDArray matrix) {
        List<String> results = run.stream()
                .map(n -> n.outputs().get(0))
                .filter(arena::isNeeded)
                .toList();
        long[] shape = {gradient.size(0), matrix.size(0)};
        // The additions stand one behind the other, in an order of their own.
        Map<String, INDArray> sums = new HashMap<>();
        boolean found = true;
        while (found) {
            found = false;
            for (String result : results) {
                INDArray sum = sums.containsKey(result) ? null : absorbAddition(result, shape);
                if (sum != null) {
                    sums.put(result, sum);
                    found = true;
                }
            }
        }
        Set<INDArray> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        distinct.addAll(sums.values());
        if (sums.size() == run.size() && distinct.size() == 1) {
            multiply(gradient, false, matrix, true, distinct.iterator().next(), true);
            return;
        }
        for (Schedule.Node node : run) {
            String result = node.outputs().get(0);
            if (results.contains(result)) {
                INDArray sum = sums.get(result);
                INDArray out = sum != null ? sum : plan.allocate(result, shape);
                multiply(plan.computed(node.inputs().get(2)), false, second(node), true, out, sum != null);
            }
        }
    }

    private void addMatrixGradient(List<Schedule.Node> run, INDArray gradient, INDArray input) {
        List<INDArray> wanted = new ArrayList<>();
        for (Schedule.Node node : run) {
            String result = node.outputs().get(1);
            INDArray destination = arena.isNeeded(result) ? arena.destination(result) : null;
            if (destination != null) {
                wanted.add(destination);
            }
        }
        INDArray whole = wanted.size() == run.size() ? SideBySide.joined(wanted) : null;
        if (whole != null) {
            multiply(input, true, gradient, false, whole, false);
            for (int i = 0; i < wanted.size(); i++) {
                arrays.put(run.get(i).outputs().get(1), wanted.get(i));
            }
            return;
        }
        for (Schedule.Node node : run) {
            String result = node.outputs().get(1);
            if (arena.isNeeded(result)) {
                INDArray out = plan.allocate(result, second(node).shape());
                multiply(input, true, plan.computed(node.inputs().get(2)), false, out, false);
            }
        }
    }

    /**
     * The array to which a product may add its result instead of giving it: the other operand of the addition that alone
     * reads it, if nothing else reads that.
     */
    private @Nullable INDArray absorbAddition(String result, long[] shape) {
        List<Schedule.Node> all = readers.getOrDefault(result, List.of());
        if (all.size() != 1 || !all.get(0).op().opName().equals("add") || arena.isKept(result)) {
            return null;
        }
        Schedule.Node addition = all.get(0);
        List<String> operands = addition.inputs();
        String other = operands.get(operands.get(0).equals(result) ? 1 : 0);
        INDArray array = arrays.get(other);
        if (array == null || !Arrays.equals(array.shape(), shape) || !arena.isLastRead(array)) {
            return null;
        }
        String sum = addition.outputs().get(0);
        arrays.put(sum, array);
        arena.alias(sum, array);
        plan.absorb(addition);
        return array;
    }

    /** Adds a product of matrices, {@code out = a·b} or {@code out += a·b}. */
    private void multiply(
            INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out, boolean accumulate) {
        long[] integers = {transposeA ? 1 : 0, transposeB ? 1 : 0, 0};
        plan.call("matmul", out, integers, new double[] {1, accumulate ? 1 : 0}, a, b);
    }

    /** Adds a product whose result is a variable, or is added where it is to be added. */
    void multiply(String result, String a, boolean transposeA, String b, boolean transposeB) {
        plan.endLoop();
        INDArray left = plan.computed(a);
        INDArray right = plan.computed(b);
        long[] shape = {left.size(transposeA ? 1 : 0), right.size(transposeB ? 0 : 1)};
        INDArray sum = absorbAddition(result, shape);
        multiply(left, transposeA, right, transposeB, sum != null ? sum : plan.allocate(result, shape), sum != null);
    }
}
