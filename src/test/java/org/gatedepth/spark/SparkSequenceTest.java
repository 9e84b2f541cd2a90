package org.gatedepth.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.spark.Trained.assertEqualParams;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.AuxiliaryOutputLayer;
import org.gatedepth.dl4j.RecurrentHighwayLayer;
import org.gatedepth.dl4j.TemporalStack;
import org.gatedepth.loss.LinearDecay;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.Arrays;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.LocalSpark;
import org.gatedepth.testing.Networks;
import org.gatedepth.testing.Partitions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * Sequences on Spark equal one machine, whatever is masked: the loss of a minibatch is the sum over the steps that
 * count, divided by the number of sequences, so minibatches are weighted by sequences.
 */
@ExtendWith(DoublePrecision.class)
class SparkSequenceTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark();

    private static Layer stack() {
        return new TemporalStack.Builder()
                .connection(Connection.HIGHWAY)
                .depth(2)
                .kernel(2)
                .nOut(3)
                .build();
    }

    private static Layer recurrent() {
        return new RecurrentHighwayLayer.Builder().recurrenceDepth(2).nOut(3).build();
    }

    private static Layer ofSteps() {
        return new RnnOutputLayer.Builder()
                .activation(Activation.SOFTMAX)
                .nOut(2)
                .build();
    }

    private static NeuralNetConfiguration.ListBuilder layers(IUpdater updater, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list =
                Networks.builder(updater).l2(1e-3).list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        return list.setInputType(InputType.recurrent(Networks.INPUTS));
    }

    private static Model init(NeuralNetConfiguration.ListBuilder layers) {
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        return network;
    }

    /** A graph with a head on the steps of its lower part, whose weight falls. */
    private static Model withHead() {
        return Networks.init(Networks.builder(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(Networks.INPUTS))
                .addLayer("lower", stack(), "in")
                .addLayer("upper", recurrent(), "lower")
                .addLayer("out", ofSteps(), "upper")
                .addLayer(
                        "head",
                        new AuxiliaryOutputLayer.Builder(Loss.softmaxCrossEntropy())
                                .nOut(2)
                                .weight(new LinearDecay(0.5, 0.1, 2))
                                .build(),
                        "lower")
                .setOutputs("out", "head"));
    }

    /** Sequences of different lengths, of whose steps some have no label. */
    private static MultiDataSet sequences(int minibatch, int steps, int seed) {
        INDArray labels = Nd4j.zeros(minibatch, 2, steps);
        INDArray there = Nd4j.zeros(minibatch, steps);
        INDArray labelled = Nd4j.zeros(minibatch, steps);
        for (int i = 0; i < minibatch; i++) {
            for (int t = 0; t < steps; t++) {
                labels.putScalar(new int[] {i, (i + t * t + seed) % 2, t}, 1);
                there.putScalar(i, t, t <= (i + seed) % steps ? 1 : 0);
                labelled.putScalar(i, t, (i + t + seed) % 3 > 0 ? there.getDouble(i, t) : 0);
            }
        }
        return new org.nd4j.linalg.dataset.MultiDataSet(
                new INDArray[] {Arrays.normal(seed, minibatch, Networks.INPUTS, steps)},
                new INDArray[] {labels},
                new INDArray[] {there},
                new INDArray[] {labelled});
    }

    private static List<MultiDataSet> minibatches(int steps, int from) {
        return IntStream.range(from, from + 3)
                .mapToObj(seed -> sequences(4, steps, seed))
                .toList();
    }

    private static MultiDataSet labelledTwice(MultiDataSet one) {
        return new org.nd4j.linalg.dataset.MultiDataSet(
                one.getFeatures(),
                new INDArray[] {one.getLabels(0), one.getLabels(0)},
                one.getFeaturesMaskArrays(),
                new INDArray[] {one.getLabelsMaskArray(0), one.getLabelsMaskArray(0)});
    }

    /** Labels of whole sequences. */
    private static MultiDataSet labelledOnce(MultiDataSet one) {
        return new org.nd4j.linalg.dataset.MultiDataSet(
                one.getFeatures(),
                new INDArray[] {
                    one.getLabels(0)
                            .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(0))
                            .dup()
                },
                one.getFeaturesMaskArrays(),
                null);
    }

    private record Case(String name, Supplier<Model> network, UnaryOperator<MultiDataSet> labels) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> networks() {
        Sgd sgd = new Sgd(0.1);
        return Stream.of(
                new Case("convolutions", () -> init(layers(sgd, stack(), ofSteps())), one -> one),
                new Case("recurrence", () -> init(layers(sgd, recurrent(), ofSteps())), one -> one),
                new Case(
                        "a label for each sequence",
                        () -> init(layers(sgd, stack(), pooling(), ofSequences())),
                        SparkSequenceTest::labelledOnce),
                new Case("a head", SparkSequenceTest::withHead, SparkSequenceTest::labelledTwice));
    }

    private static Layer pooling() {
        return new GlobalPoolingLayer.Builder(PoolingType.AVG).build();
    }

    private static Layer ofSequences() {
        return new OutputLayer.Builder().activation(Activation.SOFTMAX).nOut(2).build();
    }

    private static void fit(Model network, MultiDataSet minibatch) {
        if (network instanceof MultiLayerNetwork list) {
            list.fit(dataSet(minibatch));
        } else {
            ((ComputationGraph) network).fit(minibatch);
        }
    }

    private static DataSet dataSet(MultiDataSet minibatch) {
        return new DataSet(
                minibatch.getFeatures(0),
                minibatch.getLabels(0),
                minibatch.getFeaturesMaskArray(0),
                minibatch.getLabelsMaskArray(0));
    }

    private static void endEpoch(Model network) {
        if (network instanceof MultiLayerNetwork list) {
            list.incrementEpochCount();
        } else {
            ((ComputationGraph) network).incrementEpochCount();
        }
    }

    private static double loss(Model network, MultiDataSet minibatch) {
        return network instanceof MultiLayerNetwork list
                ? list.score(dataSet(minibatch), false) - list.calcRegularizationScore(true)
                : ((ComputationGraph) network).score(minibatch, false)
                        - ((ComputationGraph) network).calcRegularizationScore(true);
    }

    private static SparkTrainer trainer(int rounds) {
        return new SparkTrainer.Builder().rounds(rounds).stepsPerRound(1).build();
    }

    private static SparkRun train(
            SparkTrainer trainer, Model network, JavaRDD<MultiDataSet> training, JavaRDD<MultiDataSet> validation) {
        return network instanceof MultiLayerNetwork list
                ? trainer.fit(list, training, validation)
                : trainer.fit((ComputationGraph) network, training, validation);
    }

    private static JavaRDD<MultiDataSet> labelled(Case one, List<List<MultiDataSet>> partitions) {
        return Partitions.of(
                SPARK.context(),
                partitions.stream()
                        .map(all -> all.stream().map(one.labels()).toList())
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("networks")
    void averagingAtEveryStepIsSgdOnWholeMinibatches(Case one) {
        List<MultiDataSet> shorter = minibatches(4, 1);
        List<MultiDataSet> longer = minibatches(6, 101);
        Model expected = one.network().get();
        for (int i = 0; i < 6; i++) {
            fit(
                    expected,
                    Trained.merged(
                            one.labels().apply(shorter.get(i % 3)), one.labels().apply(longer.get(i % 3))));
            if (i % 3 == 2) {
                endEpoch(expected);
            }
        }
        Model network = one.network().get();

        train(trainer(6), network, labelled(one, List.of(shorter, longer)), null);

        assertEqualParams(network, expected, 1e-12);
    }

    /** Minibatches of other sizes and lengths than those that were trained on. */
    @ParameterizedTest
    @MethodSource("networks")
    void validationIsWhatDeeplearning4jSays(Case one) {
        List<MultiDataSet> others = List.of(sequences(3, 5, 7), sequences(2, 7, 8));
        Model network = one.network().get();

        SparkRun run =
                train(trainer(1), network, labelled(one, List.of(minibatches(4, 1))), labelled(one, List.of(others)));

        Model fresh = one.network().get();
        fresh.params().assign(network.params());
        assertThat(run.rounds().get(0).validationLoss())
                .isCloseTo(
                        (3 * loss(fresh, one.labels().apply(others.get(0)))
                                        + 2 * loss(fresh, one.labels().apply(others.get(1))))
                                / 5,
                        within(1e-12));
    }

    /** A minibatch of six steps, cut to two, is three iterations. */
    @Test
    void iterationsAreThoseOfOneMachine() {
        MapSchedule rates = new MapSchedule.Builder(ScheduleType.ITERATION)
                .add(0, 0.5)
                .add(3, 0.1)
                .add(8, 0.02)
                .build();
        Layer lstm = new LSTM.Builder().nOut(3).activation(Activation.TANH).build();
        NeuralNetConfiguration.ListBuilder layers = layers(new Sgd(rates), lstm, ofSteps());
        layers.backpropType(BackpropType.TruncatedBPTT).tBPTTLength(2);
        MultiLayerNetwork network = (MultiLayerNetwork) init(layers);
        MultiLayerNetwork expected = network.clone();
        List<MultiDataSet> data = minibatches(6, 1);
        for (int i = 0; i < 6; i++) {
            fit(expected, data.get(i % 3));
        }

        trainer(6).fit(network, SPARK.partitions(data), null);

        assertThat(network.getIterationCount()).isEqualTo(expected.getIterationCount());
        assertEqualParams(network, expected, 1e-12);
    }
}
