package org.gatedepth.weka.table;

/**
 * What one output of a network learns from rows.
 *
 * @param values one array a row: one-hot for a nominal attribute, one standardised number for a numeric one, zeros for
 *     a missing value
 * @param weights one weight a row; 0 where the value is missing
 */
public record EncodedTarget(float[][] values, float[] weights) {

    /** The same for some rows; see {@link Batch#select}. */
    EncodedTarget select(int[] some, int from, int to) {
        float[][] selected = new float[to - from][];
        float[] own = new float[selected.length];
        for (int i = 0; i < own.length; i++) {
            selected[i] = values[some[from + i]];
            own[i] = weights[some[from + i]];
        }
        return new EncodedTarget(selected, own);
    }
}
