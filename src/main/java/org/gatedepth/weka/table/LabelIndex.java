package org.gatedepth.weka.table;

import java.util.stream.IntStream;
import org.gatedepth.dl4j.Embedding;

/**
 * The column of a nominal attribute that is embedded: the index of the label among the labels that training rows have.
 * Nothing was learned about other labels. They count as missing, and have the index of the most frequent label.
 */
final class LabelIndex implements InputColumns {

    private static final long serialVersionUID = 1L;

    private static final int MAX_SIZE = 50;

    private final int column;
    /** By label index in the table: the index among the labels that training rows have. */
    private final int[] indices;

    private final int missing;
    private final int count;

    /**
     * Fits a column.
     *
     * @param shares the weight share of each label in the training rows
     * @param mode index of the label that replaces a missing value
     */
    LabelIndex(int column, double[] shares, int mode) {
        this.column = column;
        indices = new int[shares.length];
        int next = 0;
        for (int label = 0; label < shares.length; label++) {
            indices[label] = shares[label] > 0 ? next++ : -1;
        }
        count = next;
        missing = indices[mode];
        for (int label = 0; label < shares.length; label++) {
            indices[label] = Math.max(indices[label], shares[label] > 0 ? 0 : missing);
        }
    }

    /**
     * The embedding that reads the column, of size {@code min(50, round(1.6 · labels^0.56))}: the rule of fastai
     * ({@code emb_sz_rule}), which has 600 as its bound.
     */
    Embedding embedding() {
        return new Embedding(count, (int) Math.min(MAX_SIZE, Math.round(1.6 * Math.pow(count, 0.56))));
    }

    @Override
    public IntStream columns() {
        return IntStream.of(column);
    }

    @Override
    public void start(float[] row) {
        write(0, row, 0);
    }

    @Override
    public void write(double value, float[] rows, int at) {
        rows[at + column] = Double.isNaN(value) ? missing : indices[(int) value];
    }
}
