package org.gatedepth.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.spark.Trained.assertClose;
import static org.gatedepth.spark.Trained.assertEqualParams;
import static org.gatedepth.spark.Trained.minibatches;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.testing.Console;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.LocalSpark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What training on Spark computes. */
@ExtendWith(DoublePrecision.class)
class SparkTrainerTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark();

    private static SparkTrainer trainer(int rounds, int steps) {
        return new SparkTrainer.Builder().rounds(rounds).stepsPerRound(steps).build();
    }

    @Test
    void averagingAtEveryStepIsSgdOnWholeMinibatches() {
        List<MultiDataSet> one = minibatches(4, 8, 1);
        List<MultiDataSet> two = minibatches(4, 8, 11);
        MultiLayerNetwork expected = Trained.list(new Sgd(0.1));
        for (int i = 0; i < 8; i++) {
            expected.fit(Trained.merged(one.get(i % 4), two.get(i % 4)));
        }

        MultiLayerNetwork network = Trained.list(new Sgd(0.1));
        SparkRun run = trainer(8, 1).fit(network, SPARK.partitions(one, two), null);

        assertEqualParams(network, expected, 1e-12);
        assertThat(run.rounds())
                .hasSize(8)
                .allSatisfy(round -> assertThat(round.examples()).isEqualTo(16));
        assertThat(network.getIterationCount()).isEqualTo(8);
        assertThat(network.getEpochCount()).isEqualTo(2);
    }

    @Test
    void theSameForAGraphOfTwoOutputs() {
        List<MultiDataSet> one =
                minibatches(3, 8, 1).stream().map(Trained::labelledTwice).toList();
        List<MultiDataSet> two =
                minibatches(3, 8, 11).stream().map(Trained::labelledTwice).toList();
        ComputationGraph expected = Trained.twoOutputs(new Sgd(0.1));
        for (int i = 0; i < 6; i++) {
            expected.fit(Trained.merged(one.get(i % 3), two.get(i % 3)));
        }

        ComputationGraph network = Trained.twoOutputs(new Sgd(0.1));
        trainer(6, 1).fit(network, SPARK.partitions(one, two), null);

        assertEqualParams(network, expected, 1e-12);
        assertThat(network.getEpochCount()).isEqualTo(2);
    }

    /** Partitions of 4, 2 and no minibatches, which have 8, 3 and no rows each. */
    @Test
    void parametersAndUpdatersAreAveragedByExamples() {
        List<MultiDataSet> one = minibatches(4, 8, 1);
        List<MultiDataSet> two = minibatches(2, 3, 11);
        MultiLayerNetwork first = Trained.list(new Adam(0.01));
        MultiLayerNetwork second = Trained.list(new Adam(0.01));
        INDArray params = first.params().dup();
        INDArray state = null;
        for (int round = 0; round < 2; round++) {
            for (MultiLayerNetwork network : List.of(first, second)) {
                network.params().assign(params);
                network.setIterationCount(2 * round);
                if (state != null) {
                    network.updaterState().assign(state);
                }
            }
            one.subList(2 * round, 2 * round + 2).forEach(first::fit);
            two.subList(round, round + 1).forEach(second::fit);
            params = first.params().mul(16).add(second.params().mul(3)).div(19);
            state = first.updaterState()
                    .mul(16)
                    .add(second.updaterState().mul(3))
                    .div(19);
        }

        MultiLayerNetwork network = Trained.list(new Adam(0.01));
        SparkRun run = trainer(2, 2).fit(network, SPARK.partitions(one, List.of(), two), null);

        assertClose(network.params(), params, 1e-12);
        assertClose(network.updaterState(), state, 1e-12);
        assertThat(run.rounds()).extracting(Round::examples).containsExactly(19L, 19L);
        assertThat(network.getIterationCount()).isEqualTo(4);
        assertThat(network.getEpochCount()).isEqualTo(1);
    }

    @Test
    void schedulesAndCountsGoOn() {
        ISchedule schedule = new MapSchedule.Builder(ScheduleType.ITERATION)
                .add(0, 0.5)
                .add(3, 0.05)
                .add(6, 0.005)
                .build();
        List<MultiDataSet> data = minibatches(4, 8, 1);
        MultiLayerNetwork expected = Trained.list(new Sgd(schedule));
        MultiLayerNetwork network = Trained.list(new Sgd(schedule));
        for (int i = 0; i < 10; i++) {
            expected.fit(data.get(i < 2 ? i : (i - 2) % 4));
        }
        network.fit(data.get(0));
        network.fit(data.get(1));
        // One partition of two rounds an epoch: the same steps as on one machine.
        trainer(4, 2).fit(network, SPARK.partitions(data), null);

        assertEqualParams(network, expected, 1e-12);
        assertThat(network.getIterationCount()).isEqualTo(10);
    }

    @Test
    void dropoutIsTheSameAgainAndTheCallersGeneratorStays() {
        JavaRDD<MultiDataSet> data = SPARK.partitions(minibatches(3, 8, 1), minibatches(3, 8, 11));
        MultiLayerNetwork first = Trained.dropping(new Adam(0.01));
        MultiLayerNetwork again = Trained.dropping(new Adam(0.01));
        trainer(4, 2).fit(first, data, null);
        Nd4j.getRandom().setSeed(77);
        INDArray expected = Nd4j.rand(3, 3);

        Nd4j.getRandom().setSeed(77);
        trainer(4, 2).fit(again, data, null);

        assertThat(Nd4j.rand(3, 3)).isEqualTo(expected);
        assertEqualParams(again, first, 1e-12);
    }

    @Test
    void theRoundOfTheLowestValidationLossIsKept() {
        // Rows of other labels than those of validation: training makes it worse.
        List<MultiDataSet> wrong = new ArrayList<>();
        minibatches(4, 8, 1)
                .forEach(one -> wrong.add(new org.nd4j.linalg.dataset.MultiDataSet(
                        one.getFeatures(0), one.getLabels(0).rsub(1).div(2))));
        JavaRDD<MultiDataSet> validation = SPARK.partitions(minibatches(1, 20, 1), minibatches(2, 8, 2));
        MultiLayerNetwork network = Trained.list(new Sgd(0.5));
        MultiLayerNetwork best = Trained.list(new Sgd(0.5));

        SparkRun run = new SparkTrainer.Builder()
                .rounds(20)
                .stepsPerRound(1)
                .patience(3)
                .build()
                .fit(network, SPARK.partitions(wrong), validation);

        assertThat(run.stoppedEarly()).isTrue();
        assertThat(run.rounds()).hasSize(run.bestRound() + 3);
        assertThat(run.rounds().get(run.bestRound() - 1).validationLoss())
                .isEqualTo(run.rounds().stream()
                        .mapToDouble(Round::validationLoss)
                        .min()
                        .orElseThrow());
        trainer(run.bestRound(), 1).fit(best, SPARK.partitions(wrong), null);
        assertEqualParams(network, best, 1e-12);
        assertThat(network.getIterationCount()).isEqualTo(run.bestRound());
        // What Deeplearning4j says of the same parameters, by examples, without L2.
        double penalty = network.calcRegularizationScore(true);
        double expected = 0;
        for (MultiDataSet one : validation.collect()) {
            expected += one.getFeatures(0).size(0)
                    * (network.score(new org.nd4j.linalg.dataset.DataSet(one.getFeatures(0), one.getLabels(0)), false)
                            - penalty);
        }
        assertThat(run.rounds().get(run.bestRound() - 1).validationLoss())
                .isCloseTo(expected / 36, org.assertj.core.api.Assertions.within(1e-12));
    }

    @Test
    void trainingPrintsNothing() throws Exception {
        assertThat(Console.capture(() ->
                        trainer(2, 2).fit(Trained.list(new Sgd(0.1)), SPARK.partitions(minibatches(4, 8, 1)), null)))
                .isEmpty();
    }
}
