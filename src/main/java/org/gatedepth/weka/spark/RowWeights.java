package org.gatedepth.weka.spark;

import java.io.Serializable;
import java.util.Arrays;
import org.gatedepth.weka.table.ClassWeights;

/**
 * What rows weigh in training: their own weight, times that of their class label, times what makes the mean over the
 * training rows 1.
 *
 * @param classIndex the class
 * @param factors by label of the class; none for a numeric class
 * @param scale what makes the mean 1
 */
@SuppressWarnings("ArrayRecordComponent")
record RowWeights(int classIndex, double[] factors, double scale) implements Serializable {

    private static final long serialVersionUID = 1L;

    /**
     * The weights of the rows of a table.
     *
     * @param labelWeights what the rows of each class label weigh; none for a numeric class
     * @param labelCounts how many these are
     * @param count how many training rows there are
     * @param weight what they weigh
     */
    static RowWeights of(
            int classIndex,
            ClassWeights weights,
            double[] labelWeights,
            double[] labelCounts,
            long count,
            double weight) {
        if (labelWeights.length == 0 || weights.equals(ClassWeights.NONE)) {
            return new RowWeights(classIndex, new double[0], count / weight);
        }
        double[] factors = weights.factors(labelWeights);
        double sum = 0;
        double used = 0;
        for (int label = 0; label < factors.length; label++) {
            sum += factors[label] * labelWeights[label];
            used += factors[label] > 0 ? labelCounts[label] : 0;
        }
        return new RowWeights(classIndex, factors, used / sum);
    }

    double of(double[] values, double own) {
        double factor = factors.length == 0 ? 1 : factors[(int) values[classIndex]];
        return own * factor * scale;
    }

    /** Whether rows of equal weight keep it. */
    boolean areEqual() {
        return Arrays.stream(factors).distinct().count() <= 1;
    }
}
