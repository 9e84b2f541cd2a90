package org.gatedepth.loss;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.controlflow.compat.StopGradient;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Cross-entropy of a softmax, {@code −Σ_k c_k·y'_k·log softmax(z)_k}, in nats.
 *
 * <p>{@code y' = (1 − s)·y + s/K} is the label after smoothing over the K classes (Szegedy et al. 2016, arXiv
 * 1512.00567, section 7), {@code c_k} the weight of class k.
 *
 * @param labelSmoothing {@code s}, in [0, 1)
 * @param classWeights {@code c}, finite and not negative, one for each output; empty for 1 everywhere
 */
public record SoftmaxCrossEntropy(
        @JsonProperty("labelSmoothing") double labelSmoothing,
        @JsonProperty("classWeights") List<Double> classWeights) implements Loss {

    /** Checks the settings. */
    public SoftmaxCrossEntropy {
        LossSettings.requireSmoothing(labelSmoothing);
        classWeights = List.copyOf(classWeights);
        LossSettings.requireClassWeights(classWeights);
    }

    /** With another label smoothing. */
    public SoftmaxCrossEntropy withLabelSmoothing(double smoothing) {
        return new SoftmaxCrossEntropy(smoothing, classWeights);
    }

    /** With a weight for each class. */
    public SoftmaxCrossEntropy withClassWeights(double... weights) {
        return new SoftmaxCrossEntropy(labelSmoothing, LossSettings.list(weights));
    }

    @Override
    public SDVariable elements(SameDiff sd, SDVariable scores, SDVariable labels, long outputs) {
        SDVariable smooth = LossSettings.smoothed(labels, labelSmoothing, 1.0 / outputs);
        return LossSettings.weighted(sd, smooth.mul(logSoftmax(sd, scores)).neg(), classWeights);
    }

    /** Not ND4J's op: that one is the logarithm of a softmax, minus infinity where the softmax is 0. */
    private static SDVariable logSoftmax(SameDiff sd, SDVariable scores) {
        // The result does not depend on what is subtracted: the gradient need not pass there.
        SDVariable highest = new StopGradient(sd, scores.max(true, 1)).outputVariable();
        SDVariable below = scores.sub(highest);
        return below.sub(sd.math.log(sd.math.exp(below).sum(true, 1)));
    }

    @Override
    public void example(double[] scores, double[] labels, double[] counts, double[] losses, double[] gradient) {
        double highest = Double.NEGATIVE_INFINITY;
        for (double score : scores) {
            highest = Math.max(highest, score);
        }
        double sum = 0;
        for (int k = 0; k < scores.length; k++) {
            gradient[k] = Math.exp(scores[k] - highest);
            sum += gradient[k];
        }
        double log = Math.log(sum);
        double counted = 0;
        for (int k = 0; k < scores.length; k++) {
            double label = weightedLabel(labels, k);
            losses[k] = label * (log - (scores[k] - highest));
            counted += counts[k] * label;
        }
        for (int k = 0; k < scores.length; k++) {
            gradient[k] = counted * gradient[k] / sum - counts[k] * weightedLabel(labels, k);
        }
    }

    private double weightedLabel(double[] labels, int column) {
        double smooth = LossSettings.smoothed(labels[column], labelSmoothing, 1.0 / labels.length);
        return LossSettings.weight(classWeights, column) * smooth;
    }

    @Override
    public SDVariable prediction(SameDiff sd, SDVariable scores) {
        return sd.nn.softmax(scores);
    }

    @Override
    public void requireOutputs(long outputs) {
        LossSettings.require(outputs >= 2, "softmax cross-entropy needs at least 2 outputs, got " + outputs);
        LossSettings.requireOneFor(classWeights, outputs);
    }
}
