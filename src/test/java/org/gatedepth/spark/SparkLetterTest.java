package org.gatedepth.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.CompiledTrainer;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.testing.Letter;
import org.gatedepth.testing.LocalSpark;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.SplitTestAndTrain;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;

/** How many epochs averaging costs on {@code letter}: the network of examples/spark, 16,000 rows, and 4,000 to test. */
@Tag("slow")
class SparkLetterTest {
    private static final int EPOCHS = 20;
    private static final int MINIBATCH = 128;
    private static final int STEPS = 21;

    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark();

    private static MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.005))
                .list()
                .layer(new GatedStack.Builder().depth(4).nOut(64).build())
                .layer(new OutputLayer.Builder()
                        .nOut(26)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(16))
                .build());
        network.init();
        return network;
    }

    private static double accuracy(MultiLayerNetwork network, DataSet rows) {
        Evaluation evaluation = new Evaluation(26);
        evaluation.eval(rows.getLabels(), network.output(rows.getFeatures()));
        return evaluation.accuracy();
    }

    private static double median(SparkRun run, ToDoubleFunction<Round> seconds) {
        double[] sorted = run.rounds().stream().mapToDouble(seconds).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    @Test
    void twoWorkersReachTheAccuracyOfOneMachineInHalfAsManyEpochsMore() throws Exception {
        SplitTestAndTrain split = Letter.rows(20_000).splitTestAndTrain(16_000);
        List<DataSet> minibatches = split.getTrain().batchBy(MINIBATCH);
        MultiLayerNetwork alone = network();
        try (CompiledTrainer trainer = CompiledTrainer.of(alone)) {
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                minibatches.forEach(trainer::fit);
            }
        }
        List<MultiDataSet> first = new ArrayList<>();
        List<MultiDataSet> second = new ArrayList<>();
        minibatches.forEach(one -> (first.size() > second.size() ? second : first).add(one.toMultiDataSet()));
        int roundsOfAnEpoch = (first.size() + STEPS - 1) / STEPS;
        MultiLayerNetwork network = network();

        SparkRun run = new SparkTrainer.Builder()
                .rounds(EPOCHS * 3 / 2 * roundsOfAnEpoch)
                .stepsPerRound(STEPS)
                .build()
                .fit(network, SPARK.partitions(first, second), null);

        assertThat(network.getEpochCount()).isEqualTo(EPOCHS * 3 / 2);
        double expected = accuracy(alone, split.getTest());
        double accuracy = accuracy(network, split.getTest());
        System.out.printf(
                "letter: one machine %.4f after %d epochs, two workers %.4f after %d; half of the rounds took less than"
                        + " %.3f s, and their steps less than %.3f s%n",
                expected,
                EPOCHS,
                accuracy,
                network.getEpochCount(),
                median(run, Round::seconds),
                median(run, Round::slowestSeconds));
        assertThat(expected).isGreaterThan(0.93);
        assertThat(accuracy).isGreaterThan(expected - 0.005);
    }
}
