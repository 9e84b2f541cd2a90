package org.gatedepth.loss;

import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/** What the losses of classes share: label smoothing and class weights. */
final class LossSettings {
    private LossSettings() {}

    static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }

    static void requireSmoothing(double smoothing) {
        require(smoothing >= 0 && smoothing < 1, "label smoothing must be in [0, 1), got " + smoothing);
    }

    static void requireClassWeights(List<Double> weights) {
        for (double weight : weights) {
            require(
                    weight >= 0 && !Double.isInfinite(weight),
                    "class weights must be finite and not negative, got " + weights);
        }
    }

    static void requireOneFor(List<Double> weights, long outputs) {
        require(
                weights.isEmpty() || weights.size() == outputs,
                "there must be one class weight for each of the " + outputs + " outputs, got " + weights.size());
    }

    /** {@code (1 − s)·labels + s·target}. */
    static SDVariable smoothed(SDVariable labels, double smoothing, double target) {
        return smoothing == 0 ? labels : labels.mul(1 - smoothing).add(smoothing * target);
    }

    /** The same of one label. */
    static double smoothed(double label, double smoothing, double target) {
        return smoothing == 0 ? label : label * (1 - smoothing) + smoothing * target;
    }

    /** The weight of a column. */
    static double weight(List<Double> weights, int column) {
        return weights.isEmpty() ? 1 : weights.get(column);
    }

    /** Elements times the weight of their column. */
    static SDVariable weighted(SameDiff sd, SDVariable elements, List<Double> weights) {
        if (weights.isEmpty()) {
            return elements;
        }
        double[] row = weights.stream().mapToDouble(Double::doubleValue).toArray();
        return elements.mul(
                sd.constant(Nd4j.createFromArray(new double[][] {row}).castTo(elements.dataType())));
    }

    static List<Double> list(double[] weights) {
        return Arrays.stream(weights).boxed().toList();
    }
}
