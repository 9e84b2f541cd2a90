package org.gatedepth.dl4j.training;

import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.gatedepth.dl4j.training.update.Numbers;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The running mean and variance of a batch normalisation. As in Deeplearning4j they follow the minibatches by a step of
 * their own: what is written here where their gradients are is subtracted from them.
 *
 * @param layer the layer's settings
 * @param params its parameters, as Deeplearning4j stores them
 * @param gradients their gradients
 */
record RunningStatistics(BatchNormalization layer, Map<String, INDArray> params, Map<String, INDArray> gradients) {

    /** Number of features. */
    int columns() {
        return (int) layer.getNOut();
    }

    /**
     * Writes the step for a minibatch.
     *
     * @param all rows of numbers
     * @param rows number of rows
     * @param from the first column of the features that are normalised
     */
    void write(double[] all, int rows, int from) {
        int stride = all.length / rows;
        double rate = 1 - layer.getDecay();
        double[] mean = new double[columns()];
        double[] variance = new double[columns()];
        for (int k = 0; k < columns(); k++) {
            for (int row = 0; row < rows; row++) {
                mean[k] += all[row * stride + from + k] / rows;
            }
            for (int row = 0; row < rows; row++) {
                double deviation = all[row * stride + from + k] - mean[k];
                variance[k] += deviation * deviation / rows;
            }
        }
        step(BatchNormalizationParamInitializer.GLOBAL_MEAN, (k, known) -> (known - mean[k]) * rate);
        if (layer.isUseLogStd()) {
            // log10 of the standard deviation: the step between the logarithms of two variances.
            step(BatchNormalizationParamInitializer.GLOBAL_LOG_STD, (k, known) -> {
                double before = Math.pow(10, 2 * known);
                return Math.log(before / (before * layer.getDecay() + variance[k] * rate)) / (2 * Math.log(10));
            });
        } else {
            step(BatchNormalizationParamInitializer.GLOBAL_VAR, (k, known) -> (known - variance[k]) * rate);
        }
    }

    @FunctionalInterface
    private interface Step {
        double of(int column, double known);
    }

    private void step(String name, Step step) {
        double[] values = Numbers.of(Objects.requireNonNull(params.get(name), name));
        for (int k = 0; k < values.length; k++) {
            values[k] = step.of(k, values[k]);
        }
        Numbers.write(values, Objects.requireNonNull(gradients.get(name), name));
    }
}
