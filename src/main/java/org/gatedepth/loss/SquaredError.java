package org.gatedepth.loss;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Mean squared error over the K outputs, {@code Σ_k (z_k − y_k)²/K}, as Deeplearning4j's {@code MSE}. */
public record SquaredError() implements Loss {

    @Override
    public SDVariable elements(SameDiff sd, SDVariable scores, SDVariable labels, long outputs) {
        return sd.math.square(scores.sub(labels)).mul(1.0 / outputs);
    }

    @Override
    public void example(double[] scores, double[] labels, double[] counts, double[] losses, double[] gradient) {
        for (int k = 0; k < scores.length; k++) {
            double residual = scores[k] - labels[k];
            losses[k] = residual * residual / scores.length;
            gradient[k] = counts[k] * 2 * residual / scores.length;
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
