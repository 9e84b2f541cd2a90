package org.gatedepth.plan.lowering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.gatedepth.plan.graph.Node;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Products of which the rows are shifted, {@code y_r = Σ_j x_(r − s_j)·W_j}, as products of row slices that add into
 * one result; and their gradients.
 *
 * <p>A row of the result does not change by one bit when rows of x do that it does not read. But for another number of
 * rows, as with more steps, BLAS may take another kernel, and then the last bits differ.
 *
 * <p>{@code W} has the rows of W_0, then those of W_1 and so on. Rows outside of x count as zero, so no slice has them.
 * With the one shift 0 this is the product x·W.
 *
 * @param emitter gets the calls
 * @param shifts {@code s_j}, in rows
 */
record ShiftedRows(Emitter emitter, long... shifts) {
    /** The rows of x that a tap reads, {@code [from, to)}, and their place in y. */
    private record Slice(int tap, long from, long to, long shift) {
        INDArray ofInput(INDArray x) {
            return rows(x, from, to);
        }

        INDArray ofOutput(INDArray y) {
            return rows(y, from + shift, to + shift);
        }

        boolean isEmpty() {
            return from >= to;
        }
    }

    /**
     * The product of a node.
     *
     * @param node a plain product, whose matrices fit, or a shifted one
     * @throws IllegalArgumentException where the shapes of a shifted one do not fit
     */
    static ShiftedRows of(Node node, Emitter emitter) {
        if (node.isPlainProduct()) {
            return new ShiftedRows(emitter, 0);
        }
        long[] shifts = node.shifts();
        long[] x = emitter.shape(node.inputs().get(0));
        long[] w = emitter.shape(node.inputs().get(1));
        long[] steps = emitter.shape(node.inputs().get(2));
        if (x.length != 2 || steps.length != 2 || x[0] != steps[0] * steps[1]) {
            throw new IllegalArgumentException("a product over time steps needs rows of shape [steps·sequences, "
                    + "features], got " + Arrays.toString(x) + " with [steps, sequences] = " + Arrays.toString(steps));
        }
        if (w.length != 2 || w[0] != shifts.length * x[1]) {
            throw new IllegalArgumentException("the weights of a product over time steps must have " + shifts.length
                    + "·" + x[1] + " rows (taps times features), got the shape " + Arrays.toString(w));
        }
        return new ShiftedRows(
                emitter, Arrays.stream(shifts).map(shift -> shift * steps[1]).toArray());
    }

    /** Adds the calls for {@code y = …}, or {@code y += …}. */
    void product(INDArray x, INDArray w, INDArray y, boolean accumulate) {
        for (Slice slice : slices(y, accumulate)) {
            boolean add = accumulate || slice.shift() != 0;
            multiply(slice.ofInput(x), false, tap(w, slice), false, slice.ofOutput(y), add);
        }
    }

    /** Adds the calls for the gradient of x from that of y. */
    void inputGradient(INDArray gy, INDArray w, INDArray gx, boolean accumulate) {
        for (Slice slice : slices(gx, accumulate)) {
            boolean add = accumulate || slice.shift() != 0;
            multiply(slice.ofOutput(gy), false, tap(w, slice), true, slice.ofInput(gx), add);
        }
    }

    /** Adds the calls for the gradient of W; that of a tap that reaches no row is zero. */
    void matrixGradient(INDArray x, INDArray gy, INDArray gw, boolean accumulate) {
        for (int j = 0; j < shifts.length; j++) {
            Slice slice = slice(j, x.size(0));
            if (!slice.isEmpty()) {
                multiply(slice.ofInput(x), true, slice.ofOutput(gy), false, tap(gw, slice), accumulate);
            } else if (!accumulate) {
                clear(tap(gw, slice));
            }
        }
    }

    /**
     * The slices that are not empty. That without a shift is the whole and comes first: it gives the result, to which
     * the others add. Where there is none, and nothing to add to, the result is cleared.
     */
    private List<Slice> slices(INDArray result, boolean accumulate) {
        List<Slice> slices = new ArrayList<>();
        for (int j = 0; j < shifts.length; j++) {
            Slice slice = slice(j, result.size(0));
            if (!slice.isEmpty()) {
                slices.add(slice.shift() == 0 ? 0 : slices.size(), slice);
            }
        }
        if (!accumulate && (slices.isEmpty() || slices.get(0).shift() != 0)) {
            clear(result);
        }
        return slices;
    }

    private Slice slice(int tap, long rows) {
        long shift = shifts[tap];
        return new Slice(tap, Math.max(0, -shift), Math.min(rows, rows - shift), shift);
    }

    private INDArray tap(INDArray w, Slice slice) {
        long rows = w.size(0) / shifts.length;
        return rows(w, slice.tap() * rows, (slice.tap() + 1) * rows);
    }

    private void clear(INDArray array) {
        emitter.call("zeros_as", array, new long[0], new double[0], array);
    }

    /** Adds a product of matrices, {@code out = a·b} or {@code out += a·b}. */
    private void multiply(
            INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out, boolean accumulate) {
        long[] integers = {transposeA ? 1 : 0, transposeB ? 1 : 0, 0};
        emitter.call("matmul", out, integers, new double[] {1, accumulate ? 1 : 0}, a, b);
    }

    /** Rows of a matrix in place; the matrix itself, if these are all. */
    private static INDArray rows(INDArray a, long from, long to) {
        if (from == 0 && to == a.size(0)) {
            return a;
        }
        return Nd4j.create(
                a.data(),
                new long[] {to - from, a.size(1)},
                new long[] {a.stride(0), a.stride(1)},
                a.offset() + from * a.stride(0),
                a.ordering());
    }
}
