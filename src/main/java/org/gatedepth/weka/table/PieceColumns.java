package org.gatedepth.weka.table;

import java.util.stream.IntStream;

/**
 * The columns of a number: its scaled value, and its piecewise-linear encoding as {@link NumberEmbedding#PIECES} says.
 */
final class PieceColumns implements InputColumns {

    private static final long serialVersionUID = 1L;

    private final NumberColumn number;
    /** The column of the first piece. */
    private final int first;
    /** The ends of the pieces, in ascending order. */
    private final double[] ends;
    /** The mean of each piece over the training rows. */
    private final double[] means;

    /**
     * Fits the columns.
     *
     * @param number the column of the scaled value
     * @param first the column of the first piece
     * @param distribution the known values of the training rows
     * @param pieces the most pieces; there are fewer where few values differ, and none where there are only two
     */
    PieceColumns(NumberColumn number, int first, Distribution distribution, int pieces) {
        this.number = number;
        this.first = first;
        int[] knots = distribution.knots(pieces + 1);
        ends = new double[knots.length > 2 ? knots.length : 0];
        for (int k = 0; k < ends.length; k++) {
            ends[k] = distribution.value(knots[k]);
        }
        means = new double[Math.max(0, ends.length - 1)];
        for (int k = 0; k < means.length; k++) {
            int piece = k;
            means[k] = distribution.mean(value -> piece(value, piece));
        }
    }

    /** Number of pieces. */
    int pieces() {
        return means.length;
    }

    private double piece(double value, int k) {
        return Math.max(0, Math.min(1, (value - ends[k]) / (ends[k + 1] - ends[k])));
    }

    @Override
    public IntStream columns() {
        return IntStream.concat(number.columns(), IntStream.range(first, first + means.length));
    }

    @Override
    public void start(float[] row) {
        write(0, row, 0);
    }

    @Override
    public void write(double value, float[] rows, int at) {
        number.write(value, rows, at);
        for (int k = 0; k < means.length; k++) {
            rows[at + first + k] = Double.isNaN(value) ? 0 : (float) (piece(value, k) - means[k]);
        }
    }
}
