package org.gatedepth.weka.table;

/**
 * The columns of a nominal attribute: one for each label, standardised; a label without a column is 0 in all of them.
 *
 * <p>With {@code p} for the weight share of the rows that have a label, its column is {@code (1-p)/d} for them and
 * {@code -p/d} for others, {@code d = sqrt(n/(n-1) · p(1-p))} for {@code n} rows.
 */
final class LabelColumns implements InputColumns {

    private static final long serialVersionUID = 1L;

    private static final int NONE = -1;

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
     * @param rows number of training rows
     */
    LabelColumns(int first, double[] shares, int mode, int rows) {
        this.mode = mode;
        columns = new int[shares.length];
        absent = new float[shares.length];
        present = new float[shares.length];
        int next = first;
        for (int label = 0; label < shares.length; label++) {
            double p = shares[label];
            if (hasColumn(shares, label)) {
                double deviation = Math.sqrt(p * (1 - p) * rows / (rows - 1.0));
                absent[label] = (float) (-p / deviation);
                present[label] = (float) ((1 - p) / deviation);
                columns[label] = next++;
            } else {
                columns[label] = NONE;
            }
        }
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
