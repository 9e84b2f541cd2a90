package org.gatedepth.weka.training;

import org.gatedepth.weka.table.EncodedTarget;
import org.gatedepth.weka.table.WeightedMean;

/** The losses of predictions, by row weight: what training minimises, without the penalty on the parameters. */
final class PredictionLoss {

    /** Keeps the logarithm finite where a network is certain and wrong. */
    private static final double SMALLEST_PROBABILITY = 1e-10;

    private PredictionLoss() {}

    /**
     * Adds the cross-entropy in nats (nominal attribute), or the squared error of the standardised attribute (numeric
     * one).
     */
    static void add(WeightedMean mean, double[][] outputs, EncodedTarget wanted, boolean classification) {
        for (int i = 0; i < outputs.length; i++) {
            float[] target = wanted.values()[i];
            double loss = classification ? crossEntropy(outputs[i], target) : squaredError(outputs[i], target);
            mean.add(loss, wanted.weights()[i]);
        }
    }

    private static double crossEntropy(double[] output, float[] target) {
        double loss = 0;
        for (int k = 0; k < output.length; k++) {
            if (target[k] > 0) {
                loss -= target[k] * Math.log(Math.max(output[k], SMALLEST_PROBABILITY));
            }
        }
        return loss;
    }

    private static double squaredError(double[] output, float[] target) {
        double loss = 0;
        for (int k = 0; k < output.length; k++) {
            loss += (output[k] - target[k]) * (output[k] - target[k]);
        }
        return loss / output.length;
    }
}
