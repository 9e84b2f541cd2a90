package org.gatedepth.plan.lowering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.gatedepth.plan.graph.Node;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Products of which the rows are shifted, {@code y_r = Σ_j x_(r − s_j)·W_j}, as products of row slices that add into
 * one result; and their gradients.
 *
 * <p>The rows are those of a grid, {@code [height·width·depth, features]}: row {@code (h·width + w)·depth + b}. Time
 * steps are a grid of height 1, whose width are the steps and whose depth are the sequences; of images the depth is
 * their number. A shift is one of h and one of w, and rows outside of the grid count as zero, so no slice has them.
 *
 * <p>A row of the result does not change by one bit when rows of x do that it does not read. But for another number of
 * rows, as with more steps, BLAS may take another kernel, and then the last bits differ.
 *
 * <p>{@code W} has the rows of W_0, then those of W_1 and so on. With the one shift 0 this is the product x·W.
 *
 * @param emitter gets the calls
 * @param grid height, width and depth
 * @param shifts {@code s_j}, a shift of h and one of w for each tap
 */
record ShiftedRows(Emitter emitter, long[] grid, long[]... shifts) {
    private static final long[] NONE = {0, 0};

    /** The rows of x that a tap reads, {@code [from, to)}, and their place in y. */
    private record Slice(int tap, long from, long to, long shift) {
        INDArray ofInput(INDArray x) {
            return rows(x, from, to);
        }

        INDArray ofOutput(INDArray y) {
            return rows(y, from + shift, to + shift);
        }
    }

    /**
     * The product of a node.
     *
     * @param node a plain product, whose matrices fit, or a shifted one
     * @throws IllegalArgumentException where the shapes of a shifted one do not fit
     */
    static ShiftedRows of(Node node, Emitter emitter) {
        long[] x = emitter.shape(node.inputs().get(0));
        if (node.isPlainProduct()) {
            return new ShiftedRows(emitter, new long[] {1, x[0], 1}, NONE);
        }
        long[] w = emitter.shape(node.inputs().get(1));
        long[] steps = emitter.shape(node.inputs().get(2));
        boolean image = steps.length == 3;
        long[] grid = image ? steps : new long[] {1, steps[0], steps.length == 2 ? steps[1] : 0};
        if (x.length != 2 || steps.length < 2 || x[0] != grid[0] * grid[1] * grid[2]) {
            throw new IllegalArgumentException((image
                            ? "a product over images needs rows of shape [height·width·images, features], got "
                            : "a product over time steps needs rows of shape [steps·sequences, features], got ")
                    + Arrays.toString(x)
                    + (image ? " with [height, width, images] = " : " with [steps, sequences] = ")
                    + Arrays.toString(steps));
        }
        long[][] shifts = image ? pairs(node.shifts()) : alongTime(node.shifts());
        if (w.length != 2 || w[0] != shifts.length * x[1]) {
            throw new IllegalArgumentException("the weights of a product over "
                    + (image ? "images" : "time steps") + " must have " + shifts.length
                    + "·" + x[1] + " rows (taps times features), got the shape " + Arrays.toString(w));
        }
        return new ShiftedRows(emitter, grid, shifts);
    }

    private static long[][] alongTime(long[] shifts) {
        return Arrays.stream(shifts).mapToObj(s -> new long[] {0, s}).toArray(long[][]::new);
    }

    private static long[][] pairs(long[] shifts) {
        return IntStream.range(0, shifts.length / 2)
                .mapToObj(j -> new long[] {shifts[2 * j], shifts[2 * j + 1]})
                .toArray(long[][]::new);
    }

    /** Adds the calls for {@code y = …}, or {@code y += …}. */
    void product(INDArray x, INDArray w, INDArray y, boolean accumulate) {
        for (long h = 0; h < grid[0]; h++) {
            List<Slice> slices = new ArrayList<>();
            for (int j = 0; j < shifts.length; j++) {
                addSlice(slices, j, h - shifts[j][0]);
            }
            boolean add = accumulate || !isGivenBy(slices, y, h);
            for (Slice slice : slices) {
                emitter.multiply(slice.ofInput(x), false, tap(w, slice), false, slice.ofOutput(y), add);
                add = true;
            }
        }
    }

    /** Adds the calls for the gradient of x from that of y. */
    void inputGradient(INDArray gy, INDArray w, INDArray gx, boolean accumulate) {
        for (long h = 0; h < grid[0]; h++) {
            List<Slice> slices = new ArrayList<>();
            for (int j = 0; j < shifts.length; j++) {
                addSlice(slices, j, h);
            }
            boolean add = accumulate || !isGivenBy(slices, gx, h);
            for (Slice slice : slices) {
                emitter.multiply(slice.ofOutput(gy), false, tap(w, slice), true, slice.ofInput(gx), add);
                add = true;
            }
        }
    }

    /** Adds the calls for the gradient of W; that of a tap that reaches no row is zero. */
    void matrixGradient(INDArray x, INDArray gy, INDArray gw, boolean accumulate) {
        boolean[] begun = new boolean[shifts.length];
        Arrays.fill(begun, accumulate);
        for (long h = 0; h < grid[0]; h++) {
            List<Slice> slices = new ArrayList<>();
            for (int j = 0; j < shifts.length; j++) {
                addSlice(slices, j, h - shifts[j][0]);
            }
            for (Slice slice : slices) {
                emitter.multiply(slice.ofInput(x), true, slice.ofOutput(gy), false, tap(gw, slice), begun[slice.tap()]);
                begun[slice.tap()] = true;
            }
        }
        for (int j = 0; j < shifts.length; j++) {
            if (!begun[j]) {
                emitter.clear(tap(gw, new Slice(j, 0, 0, 0)));
            }
        }
    }

    /**
     * Adds what a tap reads of row h of the grid, if there is any of it. What is not shifted along the row is all of
     * it, and comes first: it gives the result, to which the others add.
     */
    private void addSlice(List<Slice> slices, int tap, long h) {
        long s = shifts[tap][1];
        long to = h + shifts[tap][0];
        long from = Math.max(0, -s);
        long end = Math.min(grid[1], grid[1] - s);
        if (h >= 0 && h < grid[0] && to >= 0 && to < grid[0] && from < end && grid[2] > 0) {
            long shift = (shifts[tap][0] * grid[1] + s) * grid[2];
            long begin = h * grid[1];
            slices.add(
                    s == 0 ? 0 : slices.size(),
                    new Slice(tap, (begin + from) * grid[2], (begin + end) * grid[2], shift));
        }
    }

    /**
     * Whether the first slice gives all of row h of the result; otherwise that is cleared, and all slices add to it.
     */
    private boolean isGivenBy(List<Slice> slices, INDArray result, long h) {
        boolean given = !slices.isEmpty() && shifts[slices.get(0).tap()][1] == 0;
        if (!given) {
            long row = grid[1] * grid[2];
            emitter.clear(rows(result, h * row, (h + 1) * row));
        }
        return given;
    }

    private INDArray tap(INDArray w, Slice slice) {
        long rows = w.size(0) / shifts.length;
        return rows(w, slice.tap() * rows, (slice.tap() + 1) * rows);
    }

    /** Rows of a matrix in place; the matrix itself, if these are all. */
    static INDArray rows(INDArray a, long from, long to) {
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
