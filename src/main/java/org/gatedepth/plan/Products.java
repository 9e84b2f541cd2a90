package org.gatedepth.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Lowers the products of matrices.
 *
 * <p>Products of one matrix with several that stand {@link SideBySide} are one, and so are their gradients; a product
 * whose result would only be added to a gradient adds it itself.
 */
final class Products {
    private final Program program;
    private final Emitter emitter;
    private final Arena arena;
    /** First results of products that have neighbours, but cannot be one with them. */
    private final Set<Value> single = new HashSet<>();

    /**
     * For one plan.
     *
     * @param program the nodes
     * @param emitter gets the calls
     * @param arena of the plan
     */
    Products(Program program, Emitter emitter, Arena arena) {
        this.program = program;
        this.emitter = emitter;
        this.arena = arena;
    }

    /** Does the products of one matrix with several that stand side by side as one product, if this is one of them. */
    boolean lower(Node node) {
        Neighbours.Run run = program.neighbours().of(node);
        if (run == null || single.contains(node.result())) {
            return false;
        }
        return node.inputs().size() == 2 ? forwardProducts(run, node) : backwardProducts(run, node);
    }

    /** Adds a product whose result is a value, or is added where it is to be added. */
    void multiply(Value result, Value a, boolean transposeA, Value b, boolean transposeB) {
        emitter.endLoop();
        INDArray left = emitter.computed(a);
        INDArray right = emitter.computed(b);
        long[] shape = {left.size(transposeA ? 1 : 0), right.size(transposeB ? 0 : 1)};
        INDArray sum = absorbAddition(result, shape);
        multiply(left, transposeA, right, transposeB, sum != null ? sum : emitter.allocate(result, shape), sum != null);
    }

    private void absorbOthers(Neighbours.Run run, Node done) {
        for (Node node : run.products()) {
            if (!node.outputs().equals(done.outputs())) {
                emitter.absorb(node);
            }
        }
    }

    private boolean forwardProducts(Neighbours.Run run, Node node) {
        INDArray left = emitter.computed(node.inputs().get(0));
        INDArray right = run.joined();
        if (right == null || left.rank() != 2) {
            return false;
        }
        List<INDArray> parts = emitter.allocateSideBySide(run.results(), left.size(0), run.columns());
        multiply(left, false, right, false, Objects.requireNonNull(SideBySide.joined(parts)), false);
        absorbOthers(run, node);
        return true;
    }

    private boolean backwardProducts(Neighbours.Run run, Node node) {
        emitter.endLoop();
        List<@Nullable INDArray> gradients =
                run.inputs(2).stream().<@Nullable INDArray>map(emitter::find).toList();
        INDArray gradient = gradients.contains(null) ? null : SideBySide.joined(gradients);
        INDArray matrix = run.joined();
        if (gradient == null || matrix == null) {
            // One by one, all of them.
            single.addAll(run.results());
            return false;
        }
        addInputGradient(run, gradient, matrix);
        addMatrixGradient(run, gradient, emitter.computed(node.inputs().get(0)));
        absorbOthers(run, node);
        return true;
    }

    private void addInputGradient(Neighbours.Run run, INDArray gradient, INDArray matrix) {
        List<Value> results = run.results().stream().filter(arena::isNeeded).toList();
        long[] shape = {gradient.size(0), matrix.size(0)};
        // The additions stand one after the other, in an order of their own.
        Map<Value, INDArray> sums = new HashMap<>();
        boolean found = true;
        while (found) {
            found = false;
            for (Value result : results) {
                INDArray sum = sums.containsKey(result) ? null : absorbAddition(result, shape);
                if (sum != null) {
                    sums.put(result, sum);
                    found = true;
                }
            }
        }
        Set<INDArray> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        distinct.addAll(sums.values());
        if (sums.size() == run.products().size() && distinct.size() == 1) {
            multiply(gradient, false, matrix, true, distinct.iterator().next(), true);
            return;
        }
        for (int i = 0; i < run.products().size(); i++) {
            Node node = run.products().get(i);
            Value result = node.result();
            if (results.contains(result)) {
                INDArray sum = sums.get(result);
                INDArray out = sum != null ? sum : emitter.allocate(result, shape);
                INDArray own = emitter.computed(node.inputs().get(2));
                multiply(own, false, run.matrices().get(i), true, out, sum != null);
            }
        }
    }

    private void addMatrixGradient(Neighbours.Run run, INDArray gradient, INDArray input) {
        List<Value> results = run.outputs(1);
        List<INDArray> wanted = new ArrayList<>();
        for (Value result : results) {
            INDArray destination = arena.isNeeded(result) ? arena.destination(result) : null;
            if (destination != null) {
                wanted.add(destination);
            }
        }
        INDArray whole = wanted.size() == results.size() ? SideBySide.joined(wanted) : null;
        if (whole != null) {
            multiply(input, true, gradient, false, whole, false);
            for (int i = 0; i < wanted.size(); i++) {
                emitter.place(results.get(i), wanted.get(i));
            }
            return;
        }
        for (int i = 0; i < results.size(); i++) {
            Value result = results.get(i);
            if (arena.isNeeded(result)) {
                INDArray out = emitter.allocate(result, run.matrices().get(i).shape());
                INDArray own = emitter.computed(run.products().get(i).inputs().get(2));
                multiply(input, true, own, false, out, false);
            }
        }
    }

    /**
     * The array to which a product may add its result instead of giving it: the other operand of the addition that
     * alone reads it, if nothing else reads that.
     */
    private @Nullable INDArray absorbAddition(Value result, long[] shape) {
        List<Node> all = program.readers(result);
        if (all.size() != 1 || !all.get(0).op().opName().equals("add") || arena.isKept(result)) {
            return null;
        }
        Node addition = all.get(0);
        List<Value> operands = addition.inputs();
        Value other = operands.get(operands.get(0).equals(result) ? 1 : 0);
        INDArray array = emitter.find(other);
        if (array == null || !Arrays.equals(array.shape(), shape) || !arena.isLastRead(array)) {
            return null;
        }
        emitter.place(addition.result(), array);
        emitter.absorb(addition);
        return array;
    }

    /** Adds a product of matrices, {@code out = a·b} or {@code out += a·b}. */
    private void multiply(
            INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out, boolean accumulate) {
        long[] integers = {transposeA ? 1 : 0, transposeB ? 1 : 0, 0};
        emitter.call("matmul", out, integers, new double[] {1, accumulate ? 1 : 0}, a, b);
    }
}
