package org.gatedepth.studies;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.AuxiliaryLabels;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What the studies have in common in training. */
final class MinibatchTraining {
    static final int BATCH = 128;

    private MinibatchTraining() {}

    /** Steps of so many epochs. */
    static int steps(DataSet data, int epochs) {
        return epochs * (data.numExamples() / BATCH);
    }

    /** A rate that falls to almost zero on a straight line. ND4J's {@code PolySchedule} rises instead in 1.0.0-M2.1. */
    static ISchedule falling(double rate, int steps) {
        MapSchedule.Builder schedule = new MapSchedule.Builder(ScheduleType.ITERATION);
        for (int step = 0; step < steps; step++) {
            schedule.add(step, rate * (1 - step / (double) steps));
        }
        return schedule.build();
    }

    /**
     * Trains for so many epochs of minibatches of 128 rows, drawn anew for each epoch without replacement.
     *
     * @return the mean loss of the minibatches, by epoch; it ends with {@code NaN} where training diverged
     */
    static List<Double> fit(ComputationGraph network, DataSet data, int epochs, long seed) {
        return fit(network, data, epochs, seed, BATCH, AuxiliaryLabels.same(1));
    }

    /** The same with minibatches of another size and with labels for heads; the loss is that of all heads together. */
    static List<Double> fit(
            ComputationGraph network, DataSet data, int epochs, long seed, int batchSize, AuxiliaryLabels labels) {
        Random random = new Random(seed);
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, data.numExamples()).boxed().toList());
        List<Double> losses = new ArrayList<>();
        for (int epoch = 0; epoch < epochs; epoch++) {
            Collections.shuffle(order, random);
            double sum = 0;
            int batches = data.numExamples() / batchSize;
            for (int batch = 0; batch < batches; batch++) {
                int[] rows = order.subList(batch * batchSize, (batch + 1) * batchSize).stream()
                        .mapToInt(row -> row)
                        .toArray();
                MultiDataSet minibatch = rows(data, rows).toMultiDataSet();
                labels.preProcess(minibatch);
                network.fit(minibatch);
                sum += network.score();
            }
            // The weights of heads go by epochs.
            network.incrementEpochCount();
            losses.add(sum / batches);
            if (Double.isNaN(sum)) {
                return losses;
            }
        }
        return losses;
    }

    private static DataSet rows(DataSet data, int[] rows) {
        return new DataSet(Nd4j.pullRows(data.getFeatures(), 1, rows), Nd4j.pullRows(data.getLabels(), 1, rows));
    }

    /** The share of rows that the network's first output answers rightly. */
    static double accuracy(ComputationGraph network, DataSet data) {
        INDArray output = network.output(data.getFeatures())[0];
        if (output.isNaN().any()) {
            return Double.NaN;
        }
        Evaluation evaluation = new Evaluation((int) output.size(1));
        evaluation.eval(data.getLabels(), output);
        return evaluation.accuracy();
    }
}
