package org.gatedepth.weka;

/**
 * Rows as a network reads them.
 *
 * @param inputs one array a row
 * @param targets one array a row: one-hot for a nominal class, one standardised number for a numeric one
 * @param weights one weight a row
 */
record EncodedTable(float[][] inputs, float[][] targets, float[] weights) {

    int rows() {
        return inputs.length;
    }

    /** The rows at these positions, which share their arrays with this table. */
    EncodedTable select(int[] positions) {
        float[][] x = new float[positions.length][];
        float[][] y = new float[positions.length][];
        float[] w = new float[positions.length];
        for (int i = 0; i < positions.length; i++) {
            x[i] = inputs[positions[i]];
            y[i] = targets[positions[i]];
            w[i] = weights[positions[i]];
        }
        return new EncodedTable(x, y, w);
    }

    boolean hasEqualWeights() {
        for (float weight : weights) {
            if (weight != weights[0]) {
                return false;
            }
        }
        return true;
    }
}
