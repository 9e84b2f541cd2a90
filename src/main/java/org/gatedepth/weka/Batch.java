package org.gatedepth.weka;

import java.util.List;

/**
 * Rows as a network reads them.
 *
 * @param inputs one array a row
 * @param learned what the outputs learn: first the class, then the auxiliary attributes
 */
record Batch(float[][] inputs, List<EncodedTarget> learned) {

    int rows() {
        return inputs.length;
    }

    /** The class, one array a row. */
    float[][] targets() {
        return learned.get(0).values();
    }

    /** One weight a row. */
    float[] weights() {
        return learned.get(0).weights();
    }
}
