package org.gatedepth.weka.table;

import org.gatedepth.dl4j.Embedding;

/**
 * The column of a nominal attribute that is embedded: the number of the label among those that training rows have. Other
 * labels, of which nothing was learned, count as missing, and have the number of the most frequent one.
 */
final class LabelIndex implements InputColumns {

    private static final long serialVersionUID = 1L;

    private static final int MAX_SIZE = 50;

    private final int column;
    /** For each label its number. */
    private final int[] numbers;

    private final int missing;
    private final int count;

    /**
     * Fits a column.
     *
     * @param shares the weight share of each label in the training rows
     * @param mode the label that stands for a missing value
     */
    LabelIndex(int column, double[] shares, int mode) {
        this.column = column;
        numbers = new int[shares.length];
        int next = 0;
        for (int label = 0; label < shares.length; label++) {
            numbers[label] = shares[label] > 0 ? next++ : -1;
        }
        count = next;
        missing = numbers[mode];
        for (int label = 0; label < shares.length; label++) {
            numbers[label] = Math.max(numbers[label], shares[label] > 0 ? 0 : missing);
        }
    }

    /**
     * The embedding that reads the column, of size {@code min(50, round(1.6 · labels^0.56))}: the rule of fastai ({@code
     * emb_sz_rule}), which has 600 as its bound.
     */
    Embedding embedding() {
        return new Embedding(count, (int) Math.min(MAX_SIZE, Math.round(1.6 * Math.pow(count, 0.56))));
    }

    @Override
    public void start(float[] row) {
        write(0, row);
    }

    @Override
    public void write(double value, float[] row) {
        row[column] = Double.isNaN(value) ? missing : numbers[(int) value];
    }
}
