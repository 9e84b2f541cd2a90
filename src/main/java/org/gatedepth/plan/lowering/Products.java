package org.gatedepth.plan.lowering;

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
import java.util.function.BiConsumer;
import org.gatedepth.plan.graph.Neighbours;
import org.gatedepth.plan.graph.Node;
import org.gatedepth.plan.graph.Program;
import org.gatedepth.plan.graph.SideBySide;
import org.gatedepth.plan.graph.Value;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Lowers the products of matrices, plain ones and those over time steps ({@link ShiftedRows}).
 *
 * <p>Products of one matrix with several that stand {@link SideBySide} are one, and so are their gradients; a product
 * whose result would only be added to a gradient adds it itself.
 */
public final class Products {
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
    public Products(Program program, Emitter emitter, Arena arena) {
        this.program = program;
        this.emitter = emitter;
        this.arena = arena;
    }

    /**
     * Does the products of one matrix with several that stand side by side as one product, if this is one of them; and
     * any product over time steps, and any gradient of a product of matrices.
     */
    public boolean lower(Node node) {
        if (!node.isPlainProduct() && !node.isShiftedProduct()) {
            return false;
        }
        Neighbours.Run run = program.neighbours().of(node);
        if (run != null && !single.contains(node.result())) {
            boolean joined = node.isGradientOfProduct() ? backwardProducts(run, node) : forwardProducts(run, node);
            if (joined) {
                return true;
            }
        }
        return node.isGradientOfProduct() ? gradients(node) : node.isShiftedProduct() && product(node);
    }

    /** Does a product by itself. */
    private boolean product(Node node) {
        emitter.endLoop();
        INDArray x = emitter.computed(node.inputs().get(0));
        INDArray w = emitter.computed(node.inputs().get(1));
        ShiftedRows rows = ShiftedRows.of(node, emitter);
        sumOrNew(node.result(), new long[] {x.size(0), w.size(1)}, (y, add) -> rows.product(x, w, y, add));
        return true;
    }

    /** Does the gradients of a product by themselves. */
    private boolean gradients(Node node) {
        if (emitter.shape(node.inputs().get(0)).length != 2
                || emitter.shape(node.inputs().get(1)).length != 2) {
            return false;
        }
        emitter.endLoop();
        INDArray x = emitter.computed(node.inputs().get(0));
        INDArray w = emitter.computed(node.inputs().get(1));
        INDArray gy = emitter.computed(node.productGradient());
        ShiftedRows rows = ShiftedRows.of(node, emitter);
        if (emitter.isNeeded(node.outputs().get(0))) {
            sumOrNew(node.outputs().get(0), x.shape(), (gx, add) -> rows.inputGradient(gy, w, gx, add));
        }
        if (emitter.isNeeded(node.outputs().get(1))) {
            sumOrNew(node.outputs().get(1), w.shape(), (gw, add) -> rows.matrixGradient(x, gy, gw, add));
        }
        return true;
    }

    /** Has a result added where it is to be added, or else put into an array of its own. */
    private void sumOrNew(Value result, long[] shape, BiConsumer<INDArray, Boolean> calls) {
        INDArray sum = absorbAddition(result, shape);
        calls.accept(sum != null ? sum : emitter.allocate(result, shape), sum != null);
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
        ShiftedRows rows = ShiftedRows.of(node, emitter);
        List<INDArray> parts = emitter.allocateSideBySide(run.results(), left.size(0), run.columns());
        INDArray out = Objects.requireNonNull(SideBySide.joined(parts));
        rows.product(left, right, out, false);
        absorbOthers(run, node);
        return true;
    }

    private boolean backwardProducts(Neighbours.Run run, Node node) {
        emitter.endLoop();
        List<@Nullable INDArray> gradients =
                run.gradients().stream().<@Nullable INDArray>map(emitter::find).toList();
        INDArray gradient = gradients.contains(null) ? null : SideBySide.joined(gradients);
        INDArray matrix = run.joined();
        if (gradient == null || matrix == null) {
            // One by one, all of them.
            single.addAll(run.results());
            return false;
        }
        ShiftedRows rows = ShiftedRows.of(node, emitter);
        INDArray input = emitter.computed(node.inputs().get(0));
        addInputGradient(run, rows, gradient, matrix, input.shape());
        addMatrixGradient(run, rows, gradient, input);
        absorbOthers(run, node);
        return true;
    }

    private void addInputGradient(
            Neighbours.Run run, ShiftedRows rows, INDArray gradient, INDArray matrix, long[] shape) {
        List<Value> results = run.results().stream().filter(arena::isNeeded).toList();
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
            rows.inputGradient(gradient, matrix, distinct.iterator().next(), true);
            return;
        }
        for (int i = 0; i < run.products().size(); i++) {
            Node node = run.products().get(i);
            Value result = node.result();
            if (results.contains(result)) {
                INDArray sum = sums.get(result);
                INDArray out = sum != null ? sum : emitter.allocate(result, shape);
                INDArray own = emitter.computed(node.productGradient());
                rows.inputGradient(own, run.matrices().get(i), out, sum != null);
            }
        }
    }

    private void addMatrixGradient(Neighbours.Run run, ShiftedRows rows, INDArray gradient, INDArray input) {
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
            rows.matrixGradient(input, gradient, whole, false);
            for (int i = 0; i < wanted.size(); i++) {
                emitter.place(results.get(i), wanted.get(i));
            }
            return;
        }
        for (int i = 0; i < results.size(); i++) {
            Value result = results.get(i);
            if (arena.isNeeded(result)) {
                INDArray out = emitter.allocate(result, run.matrices().get(i).shape());
                INDArray own = emitter.computed(run.products().get(i).productGradient());
                rows.matrixGradient(input, own, out, false);
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
        emitter.setShape(result, shape);
        emitter.place(addition.result(), array);
        emitter.absorb(addition);
        return array;
    }
}
