package org.gatedepth.weka.table;

import java.util.List;

/**
 * Rows as arrays for a network.
 *
 * @param inputs one array a row
 * @param learned what the outputs learn: first the class, then the auxiliary attributes
 */
public record Batch(float[][] inputs, List<EncodedTarget> learned) {

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
