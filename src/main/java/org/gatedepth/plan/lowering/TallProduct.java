package org.gatedepth.plan.lowering;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A product {@code aᵀ·b} of matrices of many rows, as the gradient of a matrix is, as a sum over pieces of the rows.
 *
 * <p>OpenBLAS from 0.3.21 on has kernels for small products on processors with AVX-512, which do not copy the matrices
 * first. It takes them for products of at most 100³ multiplications; with pieces of this size a gradient of 16 × 32
 * elements takes two fifths of the time, one of 64 × 128 four fifths. Pieces of few rows would cost more than they
 * save.
 */
public final class TallProduct {
    private static final long MOST_MULTIPLICATIONS = 1_000_000;
    private static final long LEAST_ROWS = 100;

    private TallProduct() {}

    /** What is done with each piece. */
    @FunctionalInterface
    public interface Piece {
        /**
         * Does {@code out = aᵀ·b}, or {@code out += aᵀ·b}.
         *
         * @param a rows of the first matrix
         * @param b the same rows of the second
         * @param add whether the product is added
         */
        void multiply(INDArray a, INDArray b, boolean add);
    }

    /**
     * Does the product piece by piece.
     *
     * @param add whether the first piece is added as well
     */
    public static void multiply(INDArray a, INDArray b, boolean add, Piece piece) {
        long rows = a.size(0);
        long most = MOST_MULTIPLICATIONS / Math.max(1, a.size(1) * b.size(1));
        long pieces = most < LEAST_ROWS ? 1 : Math.max(1, (rows + most - 1) / most);
        for (long i = 0; i < pieces; i++) {
            long from = rows * i / pieces;
            long to = rows * (i + 1) / pieces;
            piece.multiply(ShiftedRows.rows(a, from, to), ShiftedRows.rows(b, from, to), add || i > 0);
        }
    }
}
