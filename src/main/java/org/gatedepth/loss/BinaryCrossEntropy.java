package org.gatedepth.loss;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Cross-entropy of a sigmoid for each label, {@code Σ_k c_k·(−y'_k·log σ(z_k) − (1 − y'_k)·log(1 − σ(z_k)))}, in nats.
 *
 * <p>Computed as {@code softplus(z) − y'·z} with {@code softplus(z) = (z + |z|)/2 + log(1 + exp(−|z|))}, which is
 * finite for every z and has the right slope at 0. {@code y' = (1 − s)·y + s/2} is the label after smoothing.
 *
 * @param labelSmoothing {@code s}, in [0, 1)
 * @param classWeights {@code c}, finite and not negative, one for each output; empty for 1 everywhere
 */
public record BinaryCrossEntropy(
        @JsonProperty("labelSmoothing") double labelSmoothing,
        @JsonProperty("classWeights") List<Double> classWeights) implements Loss {

    /** Checks the settings. */
    public BinaryCrossEntropy {
        LossSettings.requireSmoothing(labelSmoothing);
        classWeights = List.copyOf(classWeights);
        LossSettings.requireClassWeights(classWeights);
    }

    /** With another label smoothing. */
    public BinaryCrossEntropy withLabelSmoothing(double smoothing) {
        return new BinaryCrossEntropy(smoothing, classWeights);
    }

    /** With a weight for each label. */
    public BinaryCrossEntropy withClassWeights(double... weights) {
        return new BinaryCrossEntropy(labelSmoothing, LossSettings.list(weights));
    }

    @Override
    public SDVariable elements(SameDiff sd, SDVariable scores, SDVariable labels, long outputs) {
        SDVariable smooth = LossSettings.smoothed(labels, labelSmoothing, 0.5);
        SDVariable size = sd.math.abs(scores);
        SDVariable softplus = scores.add(size).mul(0.5).add(sd.math.log1p(sd.math.exp(size.neg())));
        return LossSettings.weighted(sd, softplus.sub(smooth.mul(scores)), classWeights);
    }

    @Override
    public void example(double[] scores, double[] labels, double[] counts, double[] losses, double[] gradient) {
        for (int k = 0; k < scores.length; k++) {
            double label = LossSettings.smoothed(labels[k], labelSmoothing, 0.5);
            double weight = LossSettings.weight(classWeights, k);
            double size = Math.abs(scores[k]);
            double small = Math.exp(-size);
            losses[k] = weight * ((scores[k] + size) / 2 + Math.log1p(small) - label * scores[k]);
            double sigmoid = (scores[k] >= 0 ? 1 : small) / (1 + small);
            gradient[k] = counts[k] * weight * (sigmoid - label);
        }
    }

    @Override
    public SDVariable prediction(SameDiff sd, SDVariable scores) {
        return sd.nn.sigmoid(scores);
    }

    @Override
    public void requireOutputs(long outputs) {
        LossSettings.requireOneFor(classWeights, outputs);
    }
}
