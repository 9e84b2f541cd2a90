package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.LinearDecay;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What the weight, the schedule and the threshold of a head do to scores and gradients. */
@ExtendWith(DoublePrecision.class)
class HeadWeightTest {
    private static final int ROWS = 6;
    private static final INDArray X = normal(1, ROWS, Networks.INPUTS);
    private static final INDArray Y = oneHot(ROWS, Networks.CLASSES);
    private static final Loss LOSS = Loss.softmaxCrossEntropy();

    /** One highway layer below a softmax, with a head on it; the parameters of the trunk are always the same. */
    private static ComputationGraph graph(AuxiliaryOutputLayer.Builder head) {
        ComputationGraph graph = Networks.init(Networks.builder(new Sgd(0))
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(Networks.INPUTS))
                .addLayer("trunk", Variants.highway(4).build(), "in")
                .addLayer("out", Networks.output(), "trunk")
                .addLayer("head", head.nOut(Networks.CLASSES).build(), "trunk")
                .setOutputs("out", "head"));
        graph.params().assign(normal(3, graph.params().shape()));
        return graph;
    }

    private static AuxiliaryOutputLayer.Builder head() {
        return new AuxiliaryOutputLayer.Builder(LOSS);
    }

    private static MultiDataSet data() {
        return new MultiDataSet(new INDArray[] {X}, new INDArray[] {Y, Y});
    }

    private static double score(ComputationGraph graph) {
        return graph.score(data());
    }

    private static INDArray trunkGradient(ComputationGraph graph) {
        graph.setInputs(X);
        graph.setLabels(Y, Y);
        graph.computeGradientAndScore();
        return graph.gradient().getGradientFor("trunk_H/W").dup();
    }

    /** The gradient of the trunk in the same network without the head. */
    private static INDArray gradientWithoutHead() {
        ComputationGraph lean = GatedNetworks.withoutHeads(graph(head()));
        lean.setInputs(X);
        lean.setLabels(Y);
        lean.computeGradientAndScore();
        return lean.gradient().getGradientFor("trunk_H/W").dup();
    }

    @Test
    void aHeadOfWeightZeroLeavesTheGradientsExactlyAsWithoutIt() {
        assertClose(trunkGradient(graph(head().weight(0))), gradientWithoutHead(), 0);
        assertThat(org.gatedepth.testing.Arrays.distance(
                        trunkGradient(graph(head().weight(0.3))), gradientWithoutHead()))
                .isGreaterThan(1e-3);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.125, 0.5, 2, 8})
    void aHeadOfWeightWScalesItsPartByW(double weight) {
        INDArray main = gradientWithoutHead();
        INDArray one = trunkGradient(graph(head().weight(1))).sub(main);
        assertClose(trunkGradient(graph(head().weight(weight))).sub(main).div(weight), one, 1e-13);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.125, 0.5, 2, 8})
    void theGradientOfAHeadsOwnParametersIsExactlyScaled(double weight) {
        // Powers of two: no rounding.
        ComputationGraph one = graph(head().weight(1));
        trunkGradient(one);
        ComputationGraph scaled = graph(head().weight(weight));
        trunkGradient(scaled);
        assertClose(
                scaled.gradient().getGradientFor("head_W"),
                one.gradient().getGradientFor("head_W").mul(weight),
                0);
    }

    @Test
    void theScoreIsTheSumOfTheWeightedLosses() {
        double main = score(graph(head().weight(0)));
        double whole = score(graph(head().weight(1))) - main;
        assertThat(whole).isGreaterThan(0.1);
        assertThat(score(graph(head().weight(0.3))) - main).isCloseTo(0.3 * whole, within(1e-12));
    }

    @Test
    void theScoreAfterAStepIsThatOfTheStep() {
        ComputationGraph graph = graph(head().weight(0.3));
        double before = score(graph);
        graph.fit(data());
        assertThat(graph.score()).isCloseTo(before, within(1e-12));
    }

    @Test
    void scoresOfExamplesHaveTheScoreAsTheirMean() {
        ComputationGraph graph = graph(head().weight(0.3));
        INDArray examples = graph.scoreExamples(data(), false);
        assertThat(examples.shape()).containsExactly(ROWS, 1);
        assertThat(examples.meanNumber().doubleValue()).isCloseTo(score(graph), within(1e-12));
        MultiDataSet second = new MultiDataSet(
                new INDArray[] {X.getRow(1, true)}, new INDArray[] {Y.getRow(1, true), Y.getRow(1, true)});
        assertThat(examples.getDouble(1)).isCloseTo(graph.score(second), within(1e-12));
    }

    @Test
    void aMaskedExampleCountsForNothing() {
        INDArray mask = Nd4j.ones(ROWS, 1);
        mask.putScalar(2, 0, 0);
        ComputationGraph graph = graph(head().weight(1));
        INDArray otherLabels = Y.dup();
        otherLabels.getRow(2).assign(normal(5, Networks.CLASSES));
        double masked = graph.score(
                new MultiDataSet(new INDArray[] {X}, new INDArray[] {Y, Y}, null, new INDArray[] {null, mask}));
        double changed = graph.score(new MultiDataSet(
                new INDArray[] {X}, new INDArray[] {Y, otherLabels}, null, new INDArray[] {null, mask}));
        assertThat(changed).isEqualTo(masked);
        assertThat(masked).isLessThan(score(graph));
    }

    @Test
    void aWeightOfThreeIsWorthThreeExamples() {
        ComputationGraph graph = graph(head().weight(1));
        INDArray weights = Nd4j.createFromArray(3.0, 1, 1, 1, 1, 1).reshape(ROWS, 1);
        double weighted = graph.score(
                new MultiDataSet(new INDArray[] {X}, new INDArray[] {Y, Y}, null, new INDArray[] {null, weights}));
        double mean = score(graph);
        INDArray first = X.getRow(0, true);
        INDArray label = Y.getRow(0, true);
        double main = GatedNetworks.withoutHeads(graph).score(new org.nd4j.linalg.dataset.DataSet(first, label));
        double both = graph.score(new MultiDataSet(new INDArray[] {first}, new INDArray[] {label, label}));
        assertThat(weighted).isCloseTo(mean + 2 * (both - main) / ROWS, within(1e-12));
    }

    @Test
    void belowItsThresholdAHeadIsOff() {
        double loss = score(graph(head().weight(1))) - score(graph(head().weight(0)));
        ComputationGraph off = graph(head().weight(1).threshold(loss * 1.01));
        assertThat(score(off)).isEqualTo(score(graph(head().weight(0))));
        assertClose(trunkGradient(off), gradientWithoutHead(), 0);
        ComputationGraph on = graph(head().weight(1).threshold(loss * 0.9));
        assertThat(score(on) - score(off)).isCloseTo(loss * 0.1, within(1e-12));
        assertClose(trunkGradient(on), trunkGradient(graph(head().weight(1))), 0);
    }

    @Test
    void aThresholdHoldsForTheMeanOfTheExamplesThatHaveALabel() {
        INDArray mask = Nd4j.zeros(ROWS, 1);
        mask.putScalar(0, 0, 1);
        INDArray[] masks = {null, mask};
        double first =
                graph(head().weight(1)).score(new MultiDataSet(new INDArray[] {X}, new INDArray[] {Y, Y}, null, masks))
                        - score(graph(head().weight(0)));
        // The loss of the one labelled example; its share in the mean over all six is a sixth.
        double loss = first * ROWS;
        ComputationGraph on = graph(head().weight(1).threshold(loss * 0.9));
        double score = on.score(new MultiDataSet(new INDArray[] {X}, new INDArray[] {Y, Y}, null, masks));
        assertThat(score - score(graph(head().weight(0)))).isCloseTo(first * 0.1, within(1e-12));
    }

    static ISchedule[] schedules() {
        return new ISchedule[] {
            new FixedSchedule(0.4),
            new LinearDecay(0.4, 0, 3),
            new LinearDecay(0.4, 0.1, 2),
            new ExponentialSchedule(ScheduleType.EPOCH, 0.4, 0.5),
            new MapSchedule.Builder(ScheduleType.EPOCH).add(0, 0.4).add(2, 0).build()
        };
    }

    /** 0 in each epoch from which a head is off, as {@link #schedules} say it. */
    private static double expected(ISchedule schedule, int epoch) {
        double[][] table = {
            {0.4, 0.4, 0.4, 0.4, 0.4},
            {0.4, 0.8 / 3, 0.4 / 3, 0, 0},
            {0.4, 0.25, 0.1, 0.1, 0.1},
            {0.4, 0.2, 0.1, 0.05, 0.025},
            {0.4, 0.4, 0, 0, 0}
        };
        return table[java.util.Arrays.asList(schedules()).indexOf(schedule)][epoch];
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void aScheduleFollowsItsFormulaAcrossSaveAndResume(ISchedule schedule, @TempDir Path folder) throws IOException {
        ComputationGraph graph = graph(head().weight(schedule));
        double main = score(graph(head().weight(0)));
        double whole = score(graph(head().weight(1))) - main;
        for (int epoch = 0; epoch < 5; epoch++) {
            if (epoch == 2) {
                File file = folder.resolve("graph.zip").toFile();
                graph.save(file, true);
                graph = ModelSerializer.restoreComputationGraph(file, true);
            }
            double weight = expected(schedule, epoch);
            assertThat(score(graph) - main).as("score in epoch %d", epoch).isCloseTo(weight * whole, within(1e-12));
            graph.fit(data());
            assertThat(graph.score() - main).as("step in epoch %d", epoch).isCloseTo(weight * whole, within(1e-12));
            graph.incrementEpochCount();
        }
    }

    @Test
    void theEpochOfANetworkOfLayersSurvivesSavingToo(@TempDir Path folder) throws IOException {
        GatedStack stack = new GatedStack.Builder().depth(2).nOut(4).taps(1).build();
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.builder(new Sgd(0))
                .list()
                .layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(LOSS, stack)
                        .nOut(Networks.CLASSES)
                        .head(1, Head.of(LOSS, Networks.CLASSES).withWeight(new LinearDecay(1, 0, 2)))
                        .build())
                .setInputType(InputType.feedForward(Networks.INPUTS))
                .build());
        net.init();
        org.nd4j.linalg.dataset.DataSet data = new org.nd4j.linalg.dataset.DataSet(X, Y);
        double[] scores = new double[3];
        for (int epoch = 0; epoch < 3; epoch++) {
            scores[epoch] = net.score(data);
            net.fit(data);
            net.incrementEpochCount();
            File file = folder.resolve("net.zip").toFile();
            net.save(file, true);
            net = ModelSerializer.restoreMultiLayerNetwork(file, true);
        }
        assertThat(scores[0] - scores[1]).isCloseTo(scores[1] - scores[2], within(1e-12));
        assertThat(scores[2]).isCloseTo(GatedNetworks.withoutHeads(net).score(data), within(1e-12));
        assertThat(scores[1] - scores[2]).isGreaterThan(0.1);
    }

    @Test
    void aScheduleThatTurnsNegativeIsRefusedWhenItDoes() {
        ComputationGraph graph = graph(head().weight(new MapSchedule.Builder(ScheduleType.EPOCH)
                .add(0, 0.3)
                .add(2, -0.3)
                .build()));
        graph.fit(data());
        graph.incrementEpochCount();
        graph.fit(data());
        graph.incrementEpochCount();
        assertThatThrownBy(() -> graph.fit(data()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the weight of a head must be a finite number of at least 0, got -0.3");
    }

    @Test
    void regularisationCountsOnceAndUndivided() {
        double plain = score(graph(head()));
        ComputationGraph graph = Networks.init(Networks.builder(new Sgd(0))
                .l2(0.5)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(Networks.INPUTS))
                .addLayer("trunk", Variants.highway(4).build(), "in")
                .addLayer("out", Networks.output(), "trunk")
                .addLayer("head", head().nOut(Networks.CLASSES).build(), "trunk")
                .setOutputs("out", "head"));
        graph.params().assign(normal(3, graph.params().shape()));
        double squares = 0;
        for (String name : new String[] {"trunk_H/W", "trunk_T/W", "out_W", "head_W"}) {
            squares +=
                    graph.getParam(name).mul(graph.getParam(name)).sumNumber().doubleValue();
        }
        assertThat(score(graph) - plain).isCloseTo(0.25 * squares, within(1e-10));
    }

    @Test
    void aLabelThatIsNaNIsRefused() {
        ComputationGraph graph = graph(head());
        INDArray before = graph.params().dup();
        INDArray missing = Y.dup();
        missing.getRow(2).assign(Double.NaN);
        assertThatThrownBy(() -> graph.fit(new MultiDataSet(new INDArray[] {X}, new INDArray[] {Y, missing})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "labels must be numbers, got NaN: where a label is missing give 0 and a label mask"
                                + " of 0, as AuxiliaryLabels does");
        assertClose(graph.params(), before, 0);
    }
}
