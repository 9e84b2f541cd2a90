package org.gatedepth.weka.table;

import java.util.List;

/**
 * Rows as arrays for a network.
 *
 * @param inputs one array a row
 * @param learned what the outputs learn: first the class, then the auxiliary attributes
 */
public record Batch(float[][] inputs, List<EncodedTarget> learned) {

    /**
     * Some rows, by their positions from one place in the list (inclusive) to another (exclusive); nothing is copied.
     */
    public Batch select(int[] some, int from, int to) {
        float[][] selected = new float[to - from][];
        for (int i = 0; i < selected.length; i++) {
            selected[i] = inputs[some[from + i]];
        }
        return new Batch(
                selected,
                learned.stream().map(target -> target.select(some, from, to)).toList());
    }

    /** Number of rows. */
    public int rows() {
        return inputs.length;
    }

    /** The class, one array a row. */
    public float[][] targets() {
        return learned.get(0).values();
    }

    /** One weight a row. */
    public float[] weights() {
        return learned.get(0).weights();
    }
}
