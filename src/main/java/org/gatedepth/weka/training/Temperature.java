package org.gatedepth.weka.training;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.network.Members;
import org.gatedepth.weka.table.Chunks;
import org.gatedepth.weka.table.EncodedTarget;
import org.gatedepth.weka.table.Features;
import org.gatedepth.weka.table.Rows;
import org.gatedepth.weka.table.WeightedMean;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Temperature scaling: a network that is too sure of its predictions, or not sure enough, is corrected by one number
 * {@code T} that its scores are divided by, {@code softmax(scores / T)}. Which label is the likeliest stays the same;
 * where members are averaged, for each of them. {@code T} is found on rows that the network has not been trained on.
 *
 * <p>Source: Guo, Pleiss, Sun, Weinberger 2017, <i>On Calibration of Modern Neural Networks</i>, arXiv 1706.04599.
 * Departure: {@code ln T} has a normal prior of mean 0 and deviation {@link #DEVIATION}, since few rows say little of
 * it.
 */
final class Temperature {

    /** The temperatures that are compared: from 1/2 to 4, each by the sixth root of 2 above the one before. */
    private static final double[] ALL = IntStream.rangeClosed(-6, 12)
            .mapToDouble(sixth -> Math.pow(2, sixth / 6.0))
            .toArray();

    private static final double[] ONE = {1};

    private static final double DEVIATION = 0.5;

    /** Keeps the logarithm of a probability finite. */
    private static final double SMALLEST = Float.MIN_NORMAL;

    private Temperature() {}

    /**
     * The mean losses of a network at each of the temperatures that are compared.
     *
     * @param classification whether the class is nominal; there is one loss, that at 1, for a numeric one
     */
    static double[] losses(ComputationGraph network, Rows rows, boolean classification, Chunks.Checkpoint checkpoint)
            throws InterruptedException {
        if (!classification) {
            return new double[] {Trainer.loss(network, rows, false, checkpoint)};
        }
        WeightedMean[] means = new WeightedMean[ALL.length];
        Arrays.setAll(means, t -> new WeightedMean());
        int members = Members.outputs(network, GatedNetworks.OUTPUT).size();
        Chunks.forEach(rows, checkpoint, (features, learned) -> add(means, network, features, members, learned.get(0)));
        return Arrays.stream(means).mapToDouble(WeightedMean::value).toArray();
    }

    /** The losses of a training that failed, which are no numbers. */
    static double[] none(boolean classification) {
        double[] losses = new double[classification ? ALL.length : 1];
        Arrays.fill(losses, Double.NaN);
        return losses;
    }

    private static void add(
            WeightedMean[] means, ComputationGraph network, Features features, int members, EncodedTarget wanted) {
        List<double[][]> scores = Arrays.stream(features.outputs(network))
                .limit(members)
                .map(INDArray::toDoubleMatrix)
                .toList();
        // The logarithms of probabilities are scores that have those probabilities.
        scores.forEach(ofMember -> {
            for (double[] row : ofMember) {
                Arrays.setAll(row, k -> Math.log(Math.max(row[k], SMALLEST)));
            }
        });
        for (int t = 0; t < ALL.length; t++) {
            double temperature = ALL[t];
            double[][] mean = new double[scores.get(0).length][];
            Arrays.setAll(mean, row -> {
                double[] sum = new double[scores.get(0)[row].length];
                for (double[][] ofMember : scores) {
                    addSoftmax(sum, ofMember[row], temperature, members);
                }
                return sum;
            });
            PredictionLoss.add(means[t], mean, wanted, true);
        }
    }

    /** Adds a part of the probabilities. */
    private static void addSoftmax(double[] sum, double[] scores, double temperature, int parts) {
        double[] powers = new double[scores.length];
        double total = 0;
        for (int k = 0; k < scores.length; k++) {
            powers[k] = Math.exp(scores[k] / temperature);
            total += powers[k];
        }
        for (int k = 0; k < scores.length; k++) {
            sum[k] += powers[k] / total / parts;
        }
    }

    /**
     * Which of the losses at all temperatures is the best, by their sum and the prior.
     *
     * @param losses mean losses
     * @param rows over how many rows
     * @return its index; that of temperature 1 if none of them is a number
     */
    static int best(double[] losses, int rows) {
        double[] all = temperatures(losses);
        int best = Arrays.binarySearch(all, 1);
        double lowest = Double.POSITIVE_INFINITY;
        for (int t = 0; t < losses.length; t++) {
            double deviations = Math.log(all[t]) / DEVIATION;
            double sum = rows * losses[t] + deviations * deviations / 2;
            if (sum < lowest) {
                lowest = sum;
                best = t;
            }
        }
        return best;
    }

    /** The temperature of one of the losses. */
    static double of(double[] losses, int index) {
        return temperatures(losses)[index];
    }

    private static double[] temperatures(double[] losses) {
        return losses.length == 1 ? ONE : ALL;
    }

    /** Divides the scores of a network, of all its members, for good. */
    static void divide(ComputationGraph network, double temperature) {
        if (temperature == 1) {
            return;
        }
        for (String output : Members.outputs(network, GatedNetworks.OUTPUT)) {
            network.getLayer(output).paramTable().values().forEach(parameters -> parameters.divi(temperature));
        }
    }
}
