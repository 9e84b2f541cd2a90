package org.gatedepth.loss;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Huber's loss, the mean over the K outputs of {@code r²/2} where {@code |r| ≤ δ} and {@code δ·(|r| − δ/2)} beyond,
 * with {@code r = z − y}.
 *
 * <p>Computed as {@code q·(|r| − q/2)} with {@code q = min(|r|, δ)}. Source: Huber 1964, <i>Robust Estimation of a
 * Location Parameter</i>, Annals of Mathematical Statistics 35(1).
 *
 * @param delta {@code δ}, finite and above 0, in the units of the label
 */
public record Huber(@JsonProperty("delta") double delta) implements Loss {

    /** Checks the threshold. */
    public Huber {
        LossSettings.require(
                delta > 0 && !Double.isInfinite(delta), "Huber's delta must be a finite number above 0, got " + delta);
    }

    @Override
    public SDVariable elements(SameDiff sd, SDVariable scores, SDVariable labels, long outputs) {
        SDVariable size = sd.math.abs(scores.sub(labels));
        SDVariable near = size.sub(sd.nn.relu(size.sub(delta), 0));
        return near.mul(size.sub(near.mul(0.5))).mul(1.0 / outputs);
    }

    @Override
    public void example(double[] scores, double[] labels, double[] counts, double[] losses, double[] gradient) {
        for (int k = 0; k < scores.length; k++) {
            double residual = scores[k] - labels[k];
            double near = Math.min(Math.abs(residual), delta);
            losses[k] = near * (Math.abs(residual) - near / 2) / scores.length;
            gradient[k] = counts[k] * Math.signum(residual) * near / scores.length;
        }
    }

    @Override
    public SDVariable prediction(SameDiff sd, SDVariable scores) {
        return scores;
    }

    @Override
    public void requireOutputs(long outputs) {
        // Any number.
    }
}
