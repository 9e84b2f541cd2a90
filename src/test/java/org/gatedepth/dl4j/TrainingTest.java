package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.distance;
import static org.gatedepth.testing.Arrays.normal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.gatedepth.block.Connection;
import org.gatedepth.testing.Console;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** Training with Deeplearning4j's own tools. */
@ExtendWith(DoublePrecision.class)
class TrainingTest {

    private static MultiLayerNetwork network(IUpdater updater) {
        return Networks.network(
                Networks.builder(updater),
                new DenseLayer.Builder().nOut(8).activation(Activation.TANH).build(),
                Variants.highway(8).build(),
                Variants.skip(8).build(),
                Variants.stack(Connection.HIGHWAY, 3).nOut(8).build());
    }

    private static DataSetIterator batches(int count, int rows) {
        List<DataSet> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(Networks.data(rows, 100 + i));
        }
        return new ListDataSetIterator<>(all, 1) {
            @Override
            public DataSet next() {
                return super.next();
            }
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void everyLayerLearns(String name, Variants.Maker layer) {
        MultiLayerNetwork net = Networks.network(Networks.builder(new Adam(0.02)), layer.get());
        DataSet data = Networks.data(60, 1);
        double before = net.score(data);
        for (int i = 0; i < 60; i++) {
            net.fit(data);
        }
        assertThat(net.score(data)).isLessThan(before / 2);
    }

    @Test
    void trainsByTheGradientAndNotByTwiceTheGradient() {
        // One step of SGD moves by rate·gradient: the numeric slope of the score, at a rate of 1.
        MultiLayerNetwork net = network(new Sgd(1));
        DataSet data = Networks.data(10, 1);
        INDArray w = net.getParam("1_H/W");
        double value = w.getDouble(1, 2);
        w.putScalar(1, 2, value + 1e-5);
        double above = net.score(data);
        w.putScalar(1, 2, value - 1e-5);
        double below = net.score(data);
        w.putScalar(1, 2, value);
        net.fit(data);
        assertThat((value - net.getParam("1_H/W").getDouble(1, 2)) / ((above - below) / 2e-5))
                .isBetween(0.9999, 1.0001);
    }

    @Test
    void theSameSeedGivesTheSameResultWithDropoutToo() {
        List<INDArray> results = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            Nd4j.getRandom().setSeed(5);
            MultiLayerNetwork net = Networks.network(
                    Networks.builder(new Adam(0.01)),
                    Variants.highway(8).dropOut(0.7).build(),
                    Variants.stack(Connection.RESIDUAL, 2).dropOut(0.7).build());
            for (int i = 0; i < 5; i++) {
                net.fit(Networks.data(8, i));
            }
            results.add(net.params().dup());
        }
        assertClose(results.get(1), results.get(0), 0);
    }

    @Test
    void aNetworkEqualsTheGraphOfTheSameLayers() {
        MultiLayerNetwork net = Networks.network(
                Networks.builder(new Adam(0.01)),
                Variants.highway(5).build(),
                Variants.skip(3).build());
        ComputationGraph graph = Networks.graph(
                Networks.builder(new Adam(0.01)),
                Variants.highway(5).build(),
                Variants.skip(3).build());
        graph.setParams(net.params());
        for (int i = 0; i < 4; i++) {
            net.fit(Networks.data(8, i));
            graph.fit(Networks.data(8, i));
        }
        assertClose(graph.params(), net.params(), 1e-10);
    }

    @Test
    void parallelWrapperByAveragingDoesWhatOneNetworkDoes() throws Exception {
        // Two workers with two batches each, averaged after each: with SGD one step on both halves together.
        MultiLayerNetwork parallel = network(new Sgd(0.05));
        MultiLayerNetwork single = network(new Sgd(0.05));
        INDArray before = parallel.params().dup();
        assertClose(single.params(), before, 0);
        ParallelWrapper wrapper = new ParallelWrapper.Builder<>(parallel)
                .workers(2)
                .prefetchBuffer(0)
                .averagingFrequency(1)
                .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
                .build();
        wrapper.fit(batches(4, 8));
        wrapper.close();
        for (int step = 0; step < 2; step++) {
            single.fit(DataSet.merge(List.of(Networks.data(8, 100 + 2 * step), Networks.data(8, 101 + 2 * step))));
        }
        double moved = distance(single.params(), before);
        assertThat(distance(parallel.params(), before)).isGreaterThan(moved / 3);
        assertThat(distance(parallel.params(), single.params())).isLessThan(moved);
        assertThat(parallel.params().isNaN().any()).isFalse();
    }

    @Test
    void listenersAreCalled() {
        AtomicInteger iterations = new AtomicInteger();
        AtomicInteger gradients = new AtomicInteger();
        AtomicInteger activations = new AtomicInteger();
        MultiLayerNetwork net = network(new Adam(0.01));
        net.setListeners(new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                iterations.incrementAndGet();
            }

            @Override
            public void onGradientCalculation(Model model) {
                gradients.incrementAndGet();
                assertThat(model.gradient().gradientForVariable()).containsKeys("1_T/b", "3_W", "3_b");
            }

            @Override
            public void onForwardPass(Model model, List<INDArray> all) {
                activations.addAndGet(all.size());
            }
        });
        net.fit(Networks.data(8, 1));
        net.fit(Networks.data(8, 2));
        assertThat(iterations).hasValue(2);
        assertThat(gradients).hasValue(2);
        // Five layers, twice.
        assertThat(activations).hasValue(10);
    }

    @Test
    void earlyStoppingKeepsTheBestEpoch() {
        EarlyStoppingConfiguration<MultiLayerNetwork> conf = new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(5))
                .scoreCalculator(new DataSetLossCalculator(batches(2, 20), true))
                .modelSaver(new InMemoryModelSaver<>())
                .build();
        EarlyStoppingResult<MultiLayerNetwork> result =
                new EarlyStoppingTrainer(conf, network(new Adam(0.02)), batches(4, 20)).fit();
        assertThat(result.getTotalEpochs()).isEqualTo(5);
        Map<Integer, Double> scores = result.getScoreVsEpoch();
        double best = scores.values().stream().mapToDouble(d -> d).min().orElseThrow();
        assertThat(new DataSetLossCalculator(batches(2, 20), true).calculateScore(result.getBestModel()))
                .isCloseTo(best, within(1e-9));
    }

    @Test
    void evaluationCountsWhatTheNetworkPredicts() {
        MultiLayerNetwork net = network(new Adam(0.02));
        for (int i = 0; i < 60; i++) {
            net.fit(Networks.data(60, 1));
        }
        Evaluation evaluation =
                net.evaluate(new ListDataSetIterator<>(Networks.data(60, 1).asList(), 7));
        assertThat(evaluation.accuracy()).isGreaterThan(0.9);
        assertThat(evaluation.getNumRowCounter()).isEqualTo(60);
    }

    @Test
    void aFrozenLayerPassesTheGradientOnAndStaysAsItIs() {
        MultiLayerNetwork net = Networks.network(
                Networks.builder(new Adam(0.02)),
                Variants.highway(4).build(),
                new FrozenLayerWithBackprop(Variants.highway(4).build()),
                Variants.highway(4).build());
        INDArray frozen = net.getLayer(1).params().dup();
        INDArray below = net.getLayer(0).params().dup();
        net.fit(Networks.data(8, 1));
        assertClose(net.getLayer(1).params(), frozen, 0);
        assertThat(net.getLayer(0).params().equals(below)).isFalse();
    }

    @Test
    void aFrozenLayerPassesTheGradientThatTheSameLayerUnfrozenWould() {
        MultiLayerNetwork frozen = Networks.network(
                Networks.builder(new Sgd(0.1)),
                Variants.highway(4).build(),
                new FrozenLayerWithBackprop(Variants.highway(4).dropOut(0.5).build()),
                Variants.highway(4).build());
        MultiLayerNetwork free = Networks.network(
                Networks.builder(new Sgd(0.1)),
                Variants.highway(4).build(),
                Variants.highway(4).build(),
                Variants.highway(4).build());
        free.setParams(frozen.params());
        frozen.fit(Networks.data(8, 1));
        free.fit(Networks.data(8, 1));
        // Frozen means test mode: no dropout, and the layer below moves as if it were not frozen.
        assertClose(frozen.getLayer(0).params(), free.getLayer(0).params(), 1e-12);
    }

    @Test
    void fiftyBlocksHaveFiniteGradients() {
        for (Connection connection : Connection.values()) {
            MultiLayerNetwork net = Networks.network(
                    Networks.unchanging(),
                    Variants.stack(connection, 50)
                            .nOut(8)
                            .activation(Activation.RELU)
                            .build());
            net.setInput(normal(1, 16, 4));
            net.setLabels(Networks.data(16, 1).getLabels());
            net.computeGradientAndScore();
            INDArray gradient = net.gradient().gradient();
            assertThat(net.score()).as("%s", connection).isFinite();
            assertThat(gradient.isNaN().any() || gradient.isInfinite().any())
                    .as("%s", connection)
                    .isFalse();
        }
    }

    @Test
    void theErrorSignalReachesTheFirstOfFiftyHighwayBlocks() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging(),
                Variants.stack(Connection.HIGHWAY, 50).nOut(8).build());
        net.setInput(normal(1, 16, 4));
        net.setLabels(Networks.data(16, 1).getLabels());
        net.computeGradientAndScore();
        Map<String, INDArray> gradients = ((GatedStack)
                        net.getLayerWiseConfigurations().getConf(0).getLayer())
                .views(Map.of(
                        "W", net.gradient().getGradientFor("0_W"),
                        "b", net.gradient().getGradientFor("0_b")));
        double first = gradients.get("b1/H/W").norm2Number().doubleValue();
        double last = gradients.get("b50/H/W").norm2Number().doubleValue();
        assertThat(first / last).isBetween(0.01, 100.0);
    }

    @Test
    void trainingPrintsNothing() throws Exception {
        String printed = Console.capture(() -> {
            MultiLayerNetwork net = network(new Adam(0.01));
            net.fit(Networks.data(8, 1));
            net.fit(Networks.data(3, 1));
            ComputationGraph graph = Networks.graph(
                    Networks.builder(new Adam(0.01)),
                    Variants.stack(Connection.DENSE, 3).layerNorm(true).build());
            graph.fit(Networks.data(8, 1));
            return graph.outputSingle(normal(1, 2, 4));
        });
        assertThat(printed).doesNotContain("Added differentiated op").isEmpty();
    }

    @Test
    void externalErrorsGiveTheGradientOfTheOutput() {
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(Variants.highway(4).build())
                .layer(Variants.stack(Connection.HIGHWAY, 2).build())
                .setInputType(InputType.feedForward(4))
                .build());
        net.init();
        INDArray x = normal(1, 5, 4);
        net.setInput(x);
        net.feedForward(true, false);
        INDArray epsilon = normal(2, 5, 3);
        INDArray atInput = net.backpropGradient(
                        epsilon, org.deeplearning4j.nn.workspace.LayerWorkspaceMgr.noWorkspaces())
                .getSecond()
                .dup();
        INDArray numeric = x.like();
        for (long i = 0; i < x.length(); i++) {
            double value = x.getDouble(i);
            x.putScalar(i, value + 1e-5);
            double above = net.output(x).mul(epsilon).sumNumber().doubleValue();
            x.putScalar(i, value - 1e-5);
            double below = net.output(x).mul(epsilon).sumNumber().doubleValue();
            x.putScalar(i, value);
            numeric.putScalar(i, (above - below) / 2e-5);
        }
        assertClose(atInput, numeric, 1e-7);
    }
}
