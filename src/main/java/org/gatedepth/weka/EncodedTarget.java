package org.gatedepth.weka;

/**
 * What one output of a network learns from rows.
 *
 * @param values one array a row: one-hot for a nominal attribute, one standardised number for a numeric one, zeros for a
 *     missing value
 * @param weights one weight a row; 0 where the value is missing
 */
record EncodedTarget(float[][] values, float[] weights) {

    /** The rows at these positions, which share their arrays with this target. */
    EncodedTarget select(int[] positions) {
        float[][] v = new float[positions.length][];
        float[] w = new float[positions.length];
        for (int i = 0; i < positions.length; i++) {
            v[i] = values[positions[i]];
            w[i] = weights[positions[i]];
        }
        return new EncodedTarget(v, w);
    }

    boolean hasEqualWeights() {
        for (float weight : weights) {
            if (weight != weights[0]) {
                return false;
            }
        }
        return true;
    }

    boolean hasWeight() {
        for (float weight : weights) {
            if (weight > 0) {
                return true;
            }
        }
        return false;
    }
}
