package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.gatedepth.report.recording.LossHistory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule just below and just above its threshold, and which rules exclude which. */
class AdviceTest {

    private static final String NOTHING = "Nothing to change was found in these numbers.";

    private static final String MORE_EXAMPLES =
            "Measure at least 100 examples: 99 examples do not tell which blocks are idle.";

    /** A part of {@code ratio} of the gradient reaches the first block; {@code change} is 1 without skips. */
    private static Chain chain(int blocks, double ratio, double change) {
        Flow now = flow(blocks, ratio, change);
        return new Chain("stack", SampleReports.names("stack", blocks), flow(blocks, 0.5 * ratio, change), now);
    }

    private static Flow flow(int blocks, double ratio, double change) {
        List<Double> gradient = new ArrayList<>(Collections.nCopies(blocks, ratio));
        gradient.add(1.0);
        List<Double> same = Collections.nCopies(blocks, change);
        List<Double> places = Collections.nCopies(blocks + 1, 1.0);
        return new Flow(places, gradient, same, places, same, places, 2);
    }

    /** The first {@code idle} blocks are idle. */
    private static Lesions lesions(int blocks, int idle) {
        List<Lesions.Outcome> all = IntStream.range(0, blocks)
                .mapToObj(i -> new Lesions.Outcome("stack/" + (i + 1), 0.1, 0.9, i < idle ? 0.01 : 0.011))
                .toList();
        return new Lesions(new Lesions.Outcome("", 0.1, 0.9, 0), all, all);
    }

    private static List<Gates> gates(int blocks, double startBias, double mean) {
        return IntStream.range(0, blocks)
                .mapToObj(i -> new Gates("stack/" + (i + 1), startBias, startBias, mean, 0, 0, null, List.of(mean)))
                .toList();
    }

    private static DepthReport report(
            long examples, Chain chain, List<Gates> gates, Lesions lesions, List<HeadReport> heads) {
        return new DepthReport(
                DepthReport.FORMAT,
                "a network",
                1000,
                examples,
                List.of(chain),
                gates,
                List.of(),
                List.of(),
                lesions,
                heads,
                List.of());
    }

    private static List<String> advice(DepthReport report) {
        return report.withTraining(LossHistory.NONE).advice();
    }

    private static List<String> ofBlocks(Chain chain, int idle) {
        return advice(report(500, chain, List.of(), lesions(chain.depth(), idle), List.of()));
    }

    private static List<String> ofGates(int blocks, double startBias, double mean) {
        return advice(
                report(500, chain(blocks, 1, 0.5), gates(blocks, startBias, mean), lesions(blocks, 0), List.of()));
    }

    @Test
    void findsNothingInAHealthyNetwork() {
        assertThat(ofBlocks(chain(12, 0.5, 0.5), 0)).containsExactly(NOTHING);
    }

    @Test
    void dropsIdleBlocksIfTheyAreAQuarter() {
        assertThat(ofBlocks(chain(12, 0.5, 0.5), 2)).containsExactly(NOTHING);
        assertThat(ofBlocks(chain(12, 0.5, 0.5), 3))
                .containsExactly("Try 9 blocks, or remove the idle ones with Shrink.without: 3 of 12 blocks are idle.");
    }

    @ParameterizedTest
    @CsvSource({
        // 0.1 · 1.05 + 0.02 = 0.125 for classes, 0.105 for numbers
        "0.9, 0.1249, 3, 'Try 8 blocks, or remove the idle ones with Shrink.without: 4 of 12 blocks are idle.'",
        "0.9, 0.1251, 3, 'Try 9 blocks, or remove the idle ones with Shrink.without: 3 of 4 idle blocks hardly"
                + " change the loss (0.100 without them, 0.100 with all blocks).'",
        "0.9, 0.1251, 2, ",
        ", 0.1049, 3, 'Try 8 blocks, or remove the idle ones with Shrink.without: 4 of 12 blocks are idle.'",
        ", 0.1051, 2, "
    })
    void keepsIdleBlocksThatLowerTheLoss(
            @Nullable Double accuracy, double loss, int lowering, @Nullable String advice) {
        List<Lesions.Outcome> all = IntStream.range(0, 12)
                .mapToObj(i -> new Lesions.Outcome(
                        "stack/" + (i + 1), i < lowering ? 0.1 : loss, accuracy, i < 4 ? 0.01 : 0.011))
                .toList();
        Lesions lesions = new Lesions(new Lesions.Outcome("", 0.1, accuracy, 0), all, all);

        assertThat(advice(report(500, chain(12, 0.5, 0.5), List.of(), lesions, List.of())))
                .containsExactly(advice == null ? NOTHING : advice);
    }

    @Test
    void keepsOneBlockIfAllAreIdle() {
        assertThat(ofBlocks(chain(4, 0.5, 0.5), 4)).singleElement().asString().startsWith("Try 1 block, ");
        assertThat(ofBlocks(chain(1, 0.5, 0.5), 1)).containsExactly(NOTHING);
    }

    @Test
    void doesNotJudgeIdleBlocksByFewExamples() {
        Chain chain = chain(12, 0.5, 0.5);

        assertThat(advice(report(99, chain, List.of(), lesions(12, 6), List.of())))
                .containsExactly(MORE_EXAMPLES);
        assertThat(advice(report(100, chain, List.of(), lesions(12, 6), List.of())))
                .singleElement()
                .asString()
                .startsWith("Try 6 blocks");
    }

    @ParameterizedTest
    @CsvSource({"9, 0.5, false", "10, 0.5, true", "3, 0.0009, true", "3, 0.0011, false", "3, 1001, true"})
    void connectsLongChainsAndThoseWhoseGradientIsIll(int blocks, double ratio, boolean advised) {
        List<String> advice = ofBlocks(chain(blocks, ratio, 1), blocks);

        if (advised) {
            assertThat(advice)
                    .as("idle blocks say nothing while the first ones do not learn")
                    .singleElement()
                    .asString()
                    .startsWith("Use highway or residual blocks: none of the " + blocks
                            + " blocks of stack has a skip, and the gradient before the first block is ")
                    .endsWith(" times that after the last.");
        } else {
            assertThat(advice).singleElement().asString().startsWith("Try 1 block");
        }
    }

    @Test
    void doesNotGuessWhyTheGradientOfBlocksWithSkipsVanishes() {
        assertThat(ofBlocks(chain(12, 1e-9, 0.5), 6))
                .containsExactly("The gradient of stack vanishes, and these numbers do not tell why:"
                        + " the gradient before the first block is 1.0e-09 times that after the last.");
    }

    @ParameterizedTest
    @CsvSource({
        // ln 12 = 2.485
        "12, -20, 0.009, '0.9 % open on average, so that the blocks change next to nothing'",
        "12, -20, 0.011, ",
        "12, -3.4, 0.009, ",
        "12, -3.5, 0.009, '0.9 % open on average, so that the blocks change next to nothing'",
        "12, 3, 0.91, '91.0 % open on average, so that the blocks pass next to nothing on'",
        "12, 3, 0.89, ",
        "9, 3, 0.95, ",
        "12, -1.6, 0.95, ",
    })
    void startsGatesAtTheBiasThatFitsTheDepth(int blocks, double bias, double mean, String reason) {
        List<String> advice = ofGates(blocks, bias, mean);

        if (reason == null) {
            assertThat(advice).containsExactly(NOTHING);
        } else {
            assertThat(advice)
                    .singleElement()
                    .asString()
                    .startsWith("Start the transform gates at a bias of -2.48: the gates started at a bias of ")
                    .contains(", where -2.48 fits 12 blocks, and now they are ")
                    .endsWith(reason + ".");
        }
    }

    @Test
    void saysWhereTheValidationLossRises() {
        DepthReport healthy = report(500, chain(12, 0.5, 0.5), List.of(), lesions(12, 0), List.of());
        List<Double> falls = List.of(1.0, 0.6, 0.4, 0.3, 0.2);
        List<Double> rises = List.of(1.0, 0.5, 0.53, 0.52, 0.54);

        assertThat(healthy.withTraining(new LossHistory(falls, rises)).advice())
                .containsExactly("Stop training after epoch 2, or use weight decay or dropout, or more of them:"
                        + " the validation loss rises after epoch 2 (from 0.500 to 0.530 in the last 3 of 5 epochs)"
                        + " while the training loss falls (from 0.600 to 0.300).");
    }

    @Test
    void doesNotSpeakOfOverfittingWhereLossesDoNotShowIt() {
        DepthReport healthy = report(500, chain(12, 0.5, 0.5), List.of(), lesions(12, 0), List.of());
        List<Double> falls = List.of(1.0, 0.6, 0.4, 0.3, 0.2);

        for (LossHistory history : List.of(
                new LossHistory(falls, List.of(1.0, 0.5, 0.52, 0.52, 0.52)), // by 4 %
                new LossHistory(falls, List.of(1.0, 0.6, 0.5, 0.6, 0.7)), // for two epochs
                new LossHistory(List.of(1.0, 0.6, 0.7, 0.8, 0.9), List.of(1.0, 0.5, 0.7, 0.8, 0.9)), // so does training
                new LossHistory(falls, Collections.nCopies(5, Double.NaN)))) {
            assertThat(healthy.withTraining(history).advice()).containsExactly(NOTHING);
        }
    }

    @Test
    void asksForHeldOutExamplesWhereNoneWere() {
        DepthReport healthy = report(500, chain(12, 0.5, 0.5), List.of(), lesions(12, 0), List.of());

        assertThat(healthy.withTraining(new LossHistory(List.of(1.0), List.of()))
                        .advice())
                .containsExactly(
                        NOTHING,
                        "To see whether the network overfits, hold some examples out of training:"
                                + " now all of them were trained on.");
    }

    @ParameterizedTest
    @CsvSource({"0.6, 0.98, true", "0.3, 0.98, false", "0.6, 0.96, false"})
    void letsExamplesExitIfThatSavesBlocksAndCostsNoPredictions(double leaving, double accuracy, boolean advised) {
        List<HeadReport> heads = List.of(
                new HeadReport("head", 6, 0.1, 0.95, true, 0.0, leaving, accuracy),
                new HeadReport("out", 12, 0.1, 0.98, true, null, 1 - leaving, 0.98));

        List<String> advice = advice(report(500, chain(12, 0.5, 0.5), List.of(), lesions(12, 0), heads));

        assertThat(advice)
                .containsExactly(
                        advised
                                ? "Predict with EarlyExit at the confidence 0.9: an example then passes 8.40 of 12"
                                        + " blocks on average, and 98.0 % of the examples are correct (98.0 % without"
                                        + " exits)."
                                : NOTHING);
    }

    @Test
    void asksToTrainANetworkThatIsNew() {
        Flow flow = flow(12, 0.5, 0.5);
        Chain untrained = new Chain("stack", SampleReports.names("stack", 12), flow, flow);

        assertThat(ofBlocks(untrained, 12))
                .containsExactly("Measure the network again when it is trained: now it is as it was initialised.");
    }
}
