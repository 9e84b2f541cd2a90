package org.gatedepth.weka.table;

import java.util.stream.IntStream;

/**
 * The columns of a nominal attribute: one for each label; a label without a column is 0 in all of them.
 *
 * <p>With {@code p} for the weight share of the rows that have a label, its column is {@code 2(1-p)} for them and
 * {@code -2p} for others: mean 0, and variance 1 where half of the rows have it. The columns of rare labels are not
 * scaled up to that variance, since the network would then learn the few rows that have them by heart.
 */
final class LabelColumns implements InputColumns {

    private static final long serialVersionUID = 1L;

    private static final int NONE = -1;

    private static final double SCALE = 2;

    /** By label index: its column, or NONE. */
    private final int[] columns;
    /** By label index: what its column holds in the rows of other labels, and in its own. */
    private final float[] absent;

    private final float[] present;
    private final int mode;

    /**
     * Fits columns.
     *
     * @param first the first column
     * @param shares the weight share of each label in the training rows
     * @param mode index of the label that replaces a missing value
     */
    LabelColumns(int first, double[] shares, int mode) {
        this.mode = mode;
        columns = new int[shares.length];
        absent = new float[shares.length];
        present = new float[shares.length];
        int next = first;
        for (int label = 0; label < shares.length; label++) {
            double p = shares[label];
            if (hasColumn(shares, label)) {
                absent[label] = (float) absent(p);
                present[label] = (float) present(p);
                columns[label] = next++;
            } else {
                columns[label] = NONE;
            }
        }
    }

    /** What the column of a label with this share holds in its own rows. */
    static double present(double share) {
        return SCALE * (1 - share);
    }

    /** What it holds in other rows. */
    static double absent(double share) {
        return -SCALE * share;
    }

    /** Number of columns: of two labels only the second has one, and labels that no row has, or all rows, have none. */
    static int count(double[] shares) {
        int count = 0;
        for (int label = 0; label < shares.length; label++) {
            count += hasColumn(shares, label) ? 1 : 0;
        }
        return count;
    }

    private static boolean hasColumn(double[] shares, int label) {
        return shares[label] > 0 && shares[label] < 1 && (shares.length > 2 || label == 1);
    }

    @Override
    public IntStream columns() {
        return IntStream.of(columns).filter(column -> column != NONE);
    }

    @Override
    public void start(float[] row) {
        for (int label = 0; label < columns.length; label++) {
            if (columns[label] != NONE) {
                row[columns[label]] = label == 0 ? present[label] : absent[label];
            }
        }
    }

    @Override
    public void write(double value, float[] rows, int at) {
        int label = Double.isNaN(value) ? mode : (int) value;
        if (label != 0) {
            set(0, absent, rows, at);
            set(label, present, rows, at);
        }
    }

    private void set(int label, float[] values, float[] rows, int at) {
        if (columns[label] != NONE) {
            rows[at + columns[label]] = values[label];
        }
    }
}
