package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.gatedepth.block.Connection;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.LinearDecay;
import org.gatedepth.loss.Loss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMixtureDensity;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** A compiled trainer does what {@code fit} does. */
class CompiledTrainerTest {
    private static final int INPUTS = 5;
    private static final int CLASSES = 3;

    /** Settings that all layers get. */
    private static NeuralNetConfiguration.Builder settings(DataType type, IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .dataType(type)
                .seed(4)
                .updater(updater)
                .biasUpdater(updater.clone())
                .l1(1e-3)
                .l2(2e-3)
                .l1Bias(1e-4)
                .weightDecay(1e-3);
    }

    private static GatedStack stack(double keep, int... taps) {
        GatedStack.Builder stack = new GatedStack.Builder()
                .connection(Connection.HIGHWAY)
                .depth(4)
                .nOut(6)
                .taps(taps);
        return keep < 1 ? stack.dropOut(keep).build() : stack.build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static MultiLayerNetwork list(NeuralNetConfiguration.Builder settings, double keep) {
        MultiLayerNetwork network = new MultiLayerNetwork(settings.list()
                .layer(new DenseLayer.Builder()
                        .nOut(6)
                        .activation(Activation.TANH)
                        .dropOut(keep)
                        .build())
                .layer(stack(keep))
                .layer(new ActivationLayer(Activation.SOFTSIGN))
                .layer(new DenseLayer.Builder()
                        .nOut(4)
                        .hasBias(false)
                        .activation(Activation.RELU)
                        .build())
                .layer(output())
                .setInputType(InputType.feedForward(INPUTS))
                .build());
        network.init();
        return network;
    }

    /** Two label columns embedded, a head that fades and one with a threshold, squared errors and cross-entropies. */
    private static ComputationGraph graph(double drop) {
        NetworkSpec spec = NetworkSpec.classification(INPUTS + 2, CLASSES)
                .withSize(4, 6)
                .withRegularisation(drop, 1e-3)
                .withSeed(3)
                .withEmbeddings(List.of(new Embedding(4, 3), new Embedding(6, 2)))
                .withHeads(List.of(
                        new AuxiliaryHead(
                                "numbers", 2, Head.of(Loss.squaredError(), 2).withWeight(new LinearDecay(.5, 0, 3))),
                        new AuxiliaryHead(
                                "kinds",
                                4,
                                Head.of(Loss.softmaxCrossEntropy(), 4).withThreshold(1.2))));
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(spec));
        network.init();
        return network;
    }

    private static INDArray oneHot(DataType type, int rows, int columns, Random random) {
        INDArray labels = Nd4j.zeros(type, rows, columns);
        for (int i = 0; i < rows; i++) {
            labels.putScalar(i, random.nextInt(columns), 1);
        }
        return labels;
    }

    private static INDArray normal(DataType type, int rows, int columns, Random random) {
        INDArray array = Nd4j.create(type, rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                array.putScalar(i, j, random.nextGaussian());
            }
        }
        return array;
    }

    private static DataSet minibatch(DataType type, int number) {
        Random random = new Random(number);
        int rows = number % 5 == 4 ? 3 : 8;
        DataSet data = new DataSet(normal(type, rows, INPUTS, random), oneHot(type, rows, CLASSES, random));
        if (number % 3 == 2) {
            INDArray mask = Nd4j.ones(type, rows, 1);
            mask.putScalar(1, 0, 0);
            data.setLabelsMaskArray(mask);
        }
        return data;
    }

    private static MultiDataSet minibatchOfGraph(int number) {
        Random random = new Random(number);
        int rows = number % 5 == 4 ? 3 : 8;
        INDArray features =
                Nd4j.concat(1, normal(DataType.FLOAT, rows, INPUTS, random), Nd4j.create(DataType.FLOAT, rows, 2));
        INDArray weights = Nd4j.create(DataType.FLOAT, rows, 1);
        for (int i = 0; i < rows; i++) {
            features.putScalar(i, INPUTS, random.nextInt(4));
            features.putScalar(i, INPUTS + 1, random.nextInt(6));
            weights.putScalar(i, 0, random.nextInt(3) == 0 ? 0 : .5 + random.nextInt(2));
        }
        return new MultiDataSet(
                new INDArray[] {features},
                new INDArray[] {
                    oneHot(DataType.FLOAT, rows, CLASSES, random),
                    normal(DataType.FLOAT, rows, 2, random),
                    oneHot(DataType.FLOAT, rows, 4, random)
                },
                null,
                number % 2 == 0 ? null : new INDArray[] {null, weights, weights});
    }

    static Stream<Arguments> updaters() {
        ExponentialSchedule byIteration = new ExponentialSchedule(ScheduleType.ITERATION, 1e-2, .95);
        return Stream.of(
                        new FusedAdam(byIteration),
                        new Adam(new ExponentialSchedule(ScheduleType.EPOCH, 1e-2, .5)),
                        new Sgd(1e-2),
                        new Nesterovs(1e-2, .9),
                        new RmsProp(1e-3),
                        new AMSGrad(1e-3),
                        new AdaDelta(),
                        new NoOp())
                .map(Arguments::of);
    }

    /** Trains one by {@code fit} and the other by the trainer, with the same random numbers. */
    private static void trainBoth(MultiLayerNetwork by, MultiLayerNetwork compiled, DataType type, int steps) {
        try (CompiledTrainer trainer = CompiledTrainer.of(compiled)) {
            for (int i = 0; i < steps; i++) {
                DataSet minibatch = minibatch(type, i);
                Nd4j.getRandom().setSeed(1000L + i);
                by.fit(minibatch);
                Nd4j.getRandom().setSeed(1000L + i);
                trainer.fit(minibatch);
                assertThat(compiled.score()).as("score of step " + i).isCloseTo(by.score(), within(1e-5));
                if (i % 20 == 19) {
                    by.incrementEpochCount();
                    compiled.incrementEpochCount();
                }
            }
        }
    }

    private static double distance(INDArray a, INDArray b) {
        return a.sub(b).amaxNumber().doubleValue();
    }

    private static void assertSame(MultiLayerNetwork by, MultiLayerNetwork compiled, double tolerance) {
        assertThat(distance(by.params(), compiled.params())).isLessThan(tolerance);
        INDArray state = by.getUpdater().getStateViewArray();
        if (state != null) {
            assertThat(distance(state, compiled.getUpdater().getStateViewArray()))
                    .isLessThan(tolerance);
        }
        assertThat(compiled.getIterationCount()).isEqualTo(by.getIterationCount());
        assertThat(compiled.getEpochCount()).isEqualTo(by.getEpochCount());
        assertThat(compiled.getLayer(1).getIterationCount()).isEqualTo(by.getIterationCount());
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void hundredStepsAreThoseOfFitInDouble(IUpdater updater) {
        MultiLayerNetwork by = list(settings(DataType.DOUBLE, updater), 1);
        MultiLayerNetwork compiled = list(settings(DataType.DOUBLE, updater), 1);
        INDArray before = by.params().dup();

        trainBoth(by, compiled, DataType.DOUBLE, 100);

        assertSame(by, compiled, 1e-12);
        assertThat(distance(before, by.params())).isGreaterThan(1e-4);
    }

    @Test
    void hundredStepsWithDropoutAreThoseOfFitInFloat() {
        MultiLayerNetwork by = list(settings(DataType.FLOAT, new FusedAdam(1e-3)), .8);
        MultiLayerNetwork compiled = list(settings(DataType.FLOAT, new FusedAdam(1e-3)), .8);

        trainBoth(by, compiled, DataType.FLOAT, 100);

        assertSame(by, compiled, 1e-6);
    }

    /** What is left between the two in float is rounding: float itself is farther from double precision. */
    @Test
    void inFloatItIsNearerToFitThanEitherIsToDoublePrecision() {
        MultiLayerNetwork by = list(settings(DataType.FLOAT, new FusedAdam(1e-3)), 1);
        MultiLayerNetwork compiled = list(settings(DataType.FLOAT, new FusedAdam(1e-3)), 1);
        MultiLayerNetwork exact = list(settings(DataType.DOUBLE, new Adam(1e-3)), 1);
        exact.setParams(by.params().castTo(DataType.DOUBLE));

        trainBoth(by, compiled, DataType.FLOAT, 100);
        for (int i = 0; i < 100; i++) {
            exact.fit(inDouble(minibatch(DataType.FLOAT, i)));
        }

        double own = distance(by.params().castTo(DataType.DOUBLE), exact.params());
        assertThat(own).isBetween(1e-7, 3e-6);
        assertThat(distance(by.params(), compiled.params())).isLessThan(own);
        assertThat(distance(compiled.params().castTo(DataType.DOUBLE), exact.params()))
                .isLessThan(2 * own);
    }

    private static DataSet inDouble(DataSet floats) {
        DataSet result = floats.copy();
        result.setFeatures(floats.getFeatures().castTo(DataType.DOUBLE));
        result.setLabels(floats.getLabels().castTo(DataType.DOUBLE));
        return result;
    }

    @ParameterizedTest
    @EnumSource(GradientNormalization.class)
    void gradientsAreNormalisedAsByFit(GradientNormalization normalisation) {
        MultiLayerNetwork[] networks = new MultiLayerNetwork[2];
        for (int i = 0; i < 2; i++) {
            networks[i] = list(
                    settings(DataType.DOUBLE, new Sgd(1e-1))
                            .gradientNormalization(normalisation)
                            .gradientNormalizationThreshold(.05),
                    1);
        }

        trainBoth(networks[0], networks[1], DataType.DOUBLE, 10);

        assertSame(networks[0], networks[1], 1e-12);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, .3})
    void graphWithEmbeddingsHeadsAndMasksIsTrainedAsByFit(double drop) {
        ComputationGraph by = graph(drop);
        ComputationGraph compiled = graph(drop);

        try (CompiledTrainer trainer = CompiledTrainer.of(compiled)) {
            for (int i = 0; i < 100; i++) {
                Nd4j.getRandom().setSeed(1000L + i);
                by.fit(minibatchOfGraph(i));
                Nd4j.getRandom().setSeed(1000L + i);
                double loss = trainer.fit((org.nd4j.linalg.dataset.api.MultiDataSet) minibatchOfGraph(i));
                assertThat(compiled.score()).as("step " + i).isCloseTo(by.score(), within(1e-5));
                assertThat(loss).isLessThan(compiled.score());
                if (i % 20 == 19) {
                    by.incrementEpochCount();
                    compiled.incrementEpochCount();
                }
            }
        }

        assertThat(distance(by.params(), compiled.params())).isLessThan(1e-6);
        assertThat(distance(
                        by.getUpdater().getStateViewArray(),
                        compiled.getUpdater().getStateViewArray()))
                .isLessThan(1e-6);
    }

    @Test
    void tappedStackWithHeadsIsTrainedAsByFit() {
        MultiLayerNetwork[] networks = new MultiLayerNetwork[2];
        for (int i = 0; i < 2; i++) {
            GatedStack stack = stack(1, 2);
            networks[i] = new MultiLayerNetwork(settings(DataType.DOUBLE, new Adam(1e-2))
                    .list()
                    .layer(stack)
                    .layer(new DeepSupervisionOutputLayer.Builder(Loss.softmaxCrossEntropy(), stack)
                            .nOut(CLASSES)
                            .head(
                                    2,
                                    Head.of(Loss.softmaxCrossEntropy(), CLASSES).withHidden(3, Activation.TANH))
                            .build())
                    .setInputType(InputType.feedForward(INPUTS))
                    .build());
            networks[i].init();
        }

        trainBoth(networks[0], networks[1], DataType.DOUBLE, 30);

        assertSame(networks[0], networks[1], 1e-12);
    }

    @Test
    void fitMayGoOnAtAnyTimeAndRatesMayChange() {
        MultiLayerNetwork by = list(settings(DataType.DOUBLE, new Adam(1e-2)), 1);
        MultiLayerNetwork compiled = list(settings(DataType.DOUBLE, new Adam(1e-2)), 1);
        try (CompiledTrainer trainer = CompiledTrainer.of(compiled)) {
            for (int i = 0; i < 30; i++) {
                if (i == 20) {
                    GatedNetworks.setLearningRate(by, new FixedSchedule(1e-3));
                    GatedNetworks.setLearningRate(compiled, new FixedSchedule(1e-3));
                }
                DataSet minibatch = minibatch(DataType.DOUBLE, i);
                by.fit(minibatch);
                if (i % 3 == 0) {
                    compiled.fit(minibatch);
                } else {
                    trainer.fit(minibatch);
                }
            }
        }

        assertSame(by, compiled, 1e-12);
    }

    @Test
    void epochsAreCountedAndListenersAreTold() {
        MultiLayerNetwork network = list(settings(DataType.FLOAT, new Adam(1e-2)), 1);
        List<String> told = new ArrayList<>();
        network.setListeners(new BaseTrainingListener() {
            @Override
            public void onEpochStart(Model model) {
                told.add("start");
            }

            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                told.add(iteration + " " + epoch + " " + (model.score() > 0));
            }

            @Override
            public void onEpochEnd(Model model) {
                told.add("end");
            }
        });
        DataSetIterator data =
                new ListDataSetIterator<>(List.of(minibatch(DataType.FLOAT, 0), minibatch(DataType.FLOAT, 1)), 1);

        CompiledTrainer.of(network).fit(data, 2);

        assertThat(told)
                .containsExactly("start", "0 0 true", "1 0 true", "end", "start", "2 1 true", "3 1 true", "end");
        assertThat(network.getEpochCount()).isEqualTo(2);
    }

    @Test
    void constraintsAreApplied() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .updater(new Sgd(1))
                .list()
                .layer(new DenseLayer.Builder()
                        .nOut(4)
                        .constrainWeights(new MaxNormConstraint(.1, 0))
                        .build())
                .layer(output())
                .setInputType(InputType.feedForward(INPUTS))
                .build());
        network.init();

        CompiledTrainer.of(network).fit(minibatch(DataType.FLOAT, 0));

        assertThat(network.getLayer(0).getParam("W").norm2(0).maxNumber().doubleValue())
                .isCloseTo(.1, within(1e-5));
    }

    @Test
    void whatTheCallerGaveStaysAsItWas() {
        MultiLayerNetwork network = list(settings(DataType.FLOAT, new Adam(1e-2)), 1);
        DataSet minibatch = minibatch(DataType.FLOAT, 2);
        DataSet copy = minibatch.copy();

        CompiledTrainer.of(network).fit(minibatch);

        assertThat(minibatch).isEqualTo(copy);
    }

    private static MultiLayerNetwork network(Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder().list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork network = new MultiLayerNetwork(
                list.setInputType(InputType.feedForward(INPUTS)).build());
        network.init();
        return network;
    }

    static Stream<Arguments> unknown() {
        return Stream.of(
                Arguments.of(
                        network(new OutputLayer.Builder(LossMixtureDensity.builder()
                                        .gaussians(1)
                                        .labelWidth(1)
                                        .build())
                                .nOut(CLASSES)
                                .activation(Activation.IDENTITY)
                                .build()),
                        "the loss LossMixtureDensity"),
                Arguments.of(network(new FrozenLayer(stack(1)), output()), "FrozenLayer (\"layer0\")"),
                Arguments.of(network(stack(1)), "an output without a loss (\"layer0\")"));
    }

    @ParameterizedTest
    @MethodSource("unknown")
    void layerThatIsNotKnownIsNamed(MultiLayerNetwork network, String what) {
        assertThatThrownBy(() -> CompiledTrainer.of(network))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a compiled trainer does not know " + what);
    }

    @Test
    void badMinibatchesGetOneSentenceAndChangeNothing() {
        MultiLayerNetwork network = network(stack(1), output());
        INDArray before = network.params().dup();
        INDArray x = Nd4j.zeros(4, INPUTS);
        INDArray y = Nd4j.zeros(4, CLASSES);
        try (CompiledTrainer trainer = CompiledTrainer.of(network)) {
            assertThatThrownBy(() -> trainer.fit(new DataSet(x, Nd4j.zeros(4, 2))))
                    .hasMessage("expected labels of shape [4, 3] for \"layer1\", got [4, 2]");
            assertThatThrownBy(() -> trainer.fit(new DataSet(x, y, null, Nd4j.zeros(3, 1))))
                    .hasMessageContaining("expected a label mask of shape [4, 1] or [4, 3]");
            assertThatThrownBy(() -> trainer.fit(new DataSet(x, y, Nd4j.ones(4, 1), null)))
                    .hasMessageContaining("no feature masks");
            assertThatThrownBy(() -> trainer.fit(new DataSet(Nd4j.zeros(4, INPUTS + 1), y)))
                    .hasMessage("expected features of shape [4, 5], got [4, 6]");
            assertThatThrownBy(() -> trainer.fit(new MultiDataSet(new INDArray[] {x, x}, new INDArray[] {y})))
                    .hasMessageContaining("1 inputs and 1 outputs, got 2");
            assertThatThrownBy(() -> trainer.fit(data(), 0)).hasMessage("epochs must be at least 1, got 0");
        }
        assertThat(network.params()).isEqualTo(before);
        assertThat(network.getIterationCount()).isZero();
    }

    private static DataSetIterator data() {
        return new ListDataSetIterator<>(List.of(minibatch(DataType.FLOAT, 0)), 8);
    }
}
