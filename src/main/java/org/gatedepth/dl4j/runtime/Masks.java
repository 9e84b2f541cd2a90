package org.gatedepth.dl4j.runtime;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the label masks of heads may hold. */
public final class Masks {
    private Masks() {}

    /**
     * Refuses a label mask that is no array of weights.
     *
     * @param mask a label mask
     * @param where what the message names in the end; empty for nothing
     * @throws IllegalArgumentException if there is a number in it that is negative, infinite or NaN
     */
    public static void requireWeights(INDArray mask, String where) {
        double[] weights = mask.castTo(DataType.DOUBLE).ravel().toDoubleVector();
        double wrong = Arrays.stream(weights)
                .filter(weight -> !(weight >= 0 && weight < Double.POSITIVE_INFINITY))
                .findFirst()
                .orElse(0);
        if (wrong != 0) {
            throw new IllegalArgumentException(
                    ("a label mask holds weights, which must be finite numbers of at least 0, got " + wrong
                                    + ": give 0 where a label shall not count " + where)
                            .trim());
        }
    }
}
