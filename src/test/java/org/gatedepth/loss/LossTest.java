package org.gatedepth.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;
import static org.gatedepth.testing.Arrays.row;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.LossFunction;
import org.gatedepth.testing.NumericGradient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Each loss against values derived by hand and against central differences, and what the losses refuse. */
@ExtendWith(DoublePrecision.class)
class LossTest {
    private static final double LN2 = Math.log(2);
    private static final double LN3 = Math.log(3);
    private static final double LN4 = Math.log(4);
    private static final double LN6 = Math.log(6);

    /** Scores whose softmax is 1/6, 2/6 and 3/6. */
    private static final double[] SIXTHS = {0, LN2, LN3};

    /** Scores whose sigmoid is 1/2, 3/4 and 1/4. */
    private static final double[] QUARTERS = {0, LN3, -LN3};

    private static void assertElements(Loss loss, double[] scores, double[] labels, double... expected) {
        LossFunction f = LossFunction.of(loss, DataType.DOUBLE, scores.length);
        assertClose(f.elements(row(scores), row(labels)), row(expected), 1e-12);
        double[] losses = new double[scores.length];
        loss.example(scores, labels, ones(scores.length), losses, new double[scores.length]);
        assertThat(losses).as("in plain numbers").containsExactly(expected, within(1e-12));
    }

    private static void assertGradient(Loss loss, double[] scores, double[] labels, double... expected) {
        LossFunction f = LossFunction.of(loss, DataType.DOUBLE, scores.length);
        assertClose(f.gradient(row(scores), row(labels)), row(expected), 1e-12);
        double[] gradient = new double[scores.length];
        loss.example(scores, labels, ones(scores.length), new double[scores.length], gradient);
        assertThat(gradient).as("in plain numbers").containsExactly(expected, within(1e-12));
    }

    private static double[] ones(int count) {
        double[] ones = new double[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    static Stream<Loss> plainLosses() {
        return Stream.of(
                Loss.softmaxCrossEntropy(),
                Loss.softmaxCrossEntropy().withLabelSmoothing(0.3).withClassWeights(2, 0.5, 1.5),
                Loss.binaryCrossEntropy(),
                Loss.binaryCrossEntropy().withLabelSmoothing(0.3).withClassWeights(2, 0.5, 1.5),
                Loss.squaredError(),
                Loss.huber(0.4));
    }

    @ParameterizedTest
    @MethodSource("plainLosses")
    void plainNumbersAreThoseOfTheGraph(Loss loss) {
        LossFunction f = LossFunction.of(loss, DataType.DOUBLE, 3);
        Random random = new Random(4);
        for (int i = 0; i < 50; i++) {
            double[] scores = random.doubles(3, -4, 4).toArray();
            double[] labels = random.doubles(3).toArray();
            double[] counts = random.doubles(3).toArray();
            double[] losses = new double[3];
            double[] gradient = new double[3];
            loss.example(scores, labels, counts, losses, gradient);
            assertClose(f.elements(row(scores), row(labels)), row(losses), 1e-12);
            for (int k = 0; k < 3; k++) {
                double[] higher = scores.clone();
                double[] lower = scores.clone();
                higher[k] += 1e-6;
                lower[k] -= 1e-6;
                double slope = (counted(loss, higher, labels, counts) - counted(loss, lower, labels, counts)) / 2e-6;
                assertThat(gradient[k]).isCloseTo(slope, within(1e-8));
            }
        }
    }

    private static double counted(Loss loss, double[] scores, double[] labels, double[] counts) {
        double[] losses = new double[3];
        loss.example(scores, labels, counts, losses, new double[3]);
        return counts[0] * losses[0] + counts[1] * losses[1] + counts[2] * losses[2];
    }

    private static double[] v(double... values) {
        return values;
    }

    @Test
    void softmaxCrossEntropyIsTheLogOfTheClasssProbability() {
        assertElements(Loss.softmaxCrossEntropy(), SIXTHS, v(0, 1, 0), 0, LN3, 0);
    }

    @Test
    void softmaxCrossEntropyTakesADistributionForALabel() {
        assertElements(Loss.softmaxCrossEntropy(), SIXTHS, v(0.5, 0.25, 0.25), LN6 / 2, LN3 / 4, LN2 / 4);
    }

    @Test
    void softmaxCrossEntropySmoothsTowardsAllClassesAlike() {
        // y' = 0.7·y + 0.3/3.
        Loss loss = Loss.softmaxCrossEntropy().withLabelSmoothing(0.3);
        assertElements(loss, SIXTHS, v(0, 1, 0), 0.1 * LN6, 0.8 * LN3, 0.1 * LN2);
    }

    @Test
    void softmaxCrossEntropyWeightsTheClassOfTheLabelAfterSmoothing() {
        Loss loss = Loss.softmaxCrossEntropy().withClassWeights(2, 0.5, 0).withLabelSmoothing(0.3);
        assertElements(loss, SIXTHS, v(0, 1, 0), 0.2 * LN6, 0.4 * LN3, 0);
    }

    @Test
    void softmaxCrossEntropyHasTheSlopeProbabilityMinusLabel() {
        assertGradient(Loss.softmaxCrossEntropy(), SIXTHS, v(0, 1, 0), 1.0 / 6, 2.0 / 6 - 1, 3.0 / 6);
    }

    @Test
    void binaryCrossEntropyIsTheLogOfTheLabelsProbability() {
        assertElements(Loss.binaryCrossEntropy(), QUARTERS, v(1, 1, 1), LN2, LN4 - LN3, LN4);
        assertElements(Loss.binaryCrossEntropy(), QUARTERS, v(0, 0, 0), LN2, LN4, LN4 - LN3);
    }

    @Test
    void binaryCrossEntropySmoothsTowardsAHalf() {
        // y' = 0.8·y + 0.1, and the loss is softplus(z) − y'·z.
        Loss loss = Loss.binaryCrossEntropy().withLabelSmoothing(0.2);
        assertElements(loss, QUARTERS, v(1, 1, 0), LN2, LN4 - 0.9 * LN3, LN4 - LN3 + 0.1 * LN3);
    }

    @Test
    void binaryCrossEntropyWeightsEachLabelWhetherSetOrNot() {
        Loss loss = Loss.binaryCrossEntropy().withClassWeights(2, 0.5, 0);
        assertElements(loss, QUARTERS, v(0, 1, 1), 2 * LN2, 0.5 * (LN4 - LN3), 0);
    }

    @Test
    void binaryCrossEntropyHasTheSlopeProbabilityMinusLabelAtScoreZeroToo() {
        assertGradient(Loss.binaryCrossEntropy(), v(0, 0, LN3, -LN3), v(1, 0, 0, 1), -0.5, 0.5, 0.75, -0.75);
    }

    @Test
    void squaredErrorIsDividedByTheOutputs() {
        assertElements(Loss.squaredError(), v(1, 2), v(3, -2), 4.0 / 2, 16.0 / 2);
        assertGradient(Loss.squaredError(), v(1, 2), v(3, -2), -2, 4);
    }

    @Test
    void huberIsQuadraticWithinDeltaOfTheLabel() {
        // r = 1 and −1.5: r²/2 of two outputs.
        assertElements(Loss.huber(2), v(4, 0), v(3, 1.5), 0.5 / 2, 1.125 / 2);
        assertGradient(Loss.huber(2), v(4, 0), v(3, 1.5), 0.5, -0.75);
    }

    @Test
    void huberIsLinearBeyondDelta() {
        // r = 5 and −10: 2·(|r| − 1) of two outputs.
        assertElements(Loss.huber(2), v(8, -10), v(3, 0), 8.0 / 2, 18.0 / 2);
        assertGradient(Loss.huber(2), v(8, -10), v(3, 0), 1, -1);
    }

    @Test
    void huberJoinsItsTwoSidesAtDelta() {
        // |r| = 2: 2²/2 of two outputs, slope ±2/2.
        assertElements(Loss.huber(2), v(5, 1), v(3, 3), 1, 1);
        assertGradient(Loss.huber(2), v(5, 1), v(3, 3), 1, -1);
    }

    @Test
    void huberIsFlatAtTheLabel() {
        assertElements(Loss.huber(0.5), v(3, -1), v(3, -1), 0, 0);
        assertGradient(Loss.huber(0.5), v(3, -1), v(3, -1), 0, 0);
    }

    static Stream<Arguments> losses() {
        return Stream.of(
                arguments("softmax", Loss.softmaxCrossEntropy()),
                arguments(
                        "softmax, smoothed and weighted",
                        Loss.softmaxCrossEntropy().withLabelSmoothing(0.1).withClassWeights(1, 0.5, 3)),
                arguments("binary", Loss.binaryCrossEntropy()),
                arguments(
                        "binary, smoothed and weighted",
                        Loss.binaryCrossEntropy().withLabelSmoothing(0.2).withClassWeights(2, 1, 0.3)),
                arguments("squared error", Loss.squaredError()),
                arguments("Huber", Loss.huber(0.7)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("losses")
    void hasTheGradientOfCentralDifferences(String name, Loss loss) {
        for (int rows : new int[] {1, 5}) {
            LossFunction f = LossFunction.of(loss, DataType.DOUBLE, 3);
            INDArray labels = oneHot(rows, 3).addi(normal(3, rows, 3).muli(0.1));
            NumericGradient.assertRight(
                    f.function(), Map.of("scores", normal(2, rows, 3).muli(2), "labels", labels), Map.of());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("losses")
    void isTheSameForARowWhateverStandsBesideIt(String name, Loss loss) {
        LossFunction f = LossFunction.of(loss, DataType.DOUBLE, 3);
        INDArray scores = normal(2, 4, 3);
        INDArray all = f.elements(scores, oneHot(4, 3));
        for (int i = 0; i < 4; i++) {
            INDArray one = f.elements(scores.getRow(i, true), oneHot(4, 3).getRow(i, true));
            assertClose(one, all.getRow(i, true), 1e-15);
        }
    }

    @Test
    void softmaxCrossEntropyPredictsADistribution() {
        LossFunction f = LossFunction.of(Loss.softmaxCrossEntropy(), DataType.DOUBLE, 3);
        assertClose(f.prediction(row(SIXTHS)), row(1.0 / 6, 2.0 / 6, 3.0 / 6), 1e-12);
    }

    @Test
    void binaryCrossEntropyPredictsEachProbabilityByItself() {
        LossFunction f = LossFunction.of(Loss.binaryCrossEntropy(), DataType.DOUBLE, 3);
        assertClose(f.prediction(row(QUARTERS)), row(0.5, 0.75, 0.25), 1e-12);
    }

    @Test
    void lossesOfRegressionPredictTheScores() {
        for (Loss loss : new Loss[] {Loss.squaredError(), Loss.huber(0.1)}) {
            LossFunction f = LossFunction.of(loss, DataType.DOUBLE, 3);
            assertClose(f.prediction(row(-7, 0, 1e6)), row(-7, 0, 1e6), 0);
        }
    }

    @Test
    void refusesALabelSmoothingOutOfRange() {
        for (double smoothing : new double[] {-0.1, 1, Double.NaN}) {
            String sentence = "label smoothing must be in [0, 1), got " + smoothing;
            assertRefused(() -> Loss.softmaxCrossEntropy().withLabelSmoothing(smoothing), sentence);
            assertRefused(() -> Loss.binaryCrossEntropy().withLabelSmoothing(smoothing), sentence);
        }
    }

    @Test
    void refusesAClassWeightThatIsNegativeOrNotFinite() {
        for (double weight : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            String sentence = "class weights must be finite and not negative, got [1.0, " + weight + "]";
            assertRefused(() -> Loss.softmaxCrossEntropy().withClassWeights(1, weight), sentence);
            assertRefused(() -> Loss.binaryCrossEntropy().withClassWeights(1, weight), sentence);
        }
    }

    @Test
    void refusesClassWeightsThatAreNotOneForEachOutput() {
        String sentence = "there must be one class weight for each of the 3 outputs, got 2";
        assertRefused(() -> Loss.softmaxCrossEntropy().withClassWeights(1, 2).requireOutputs(3), sentence);
        assertRefused(() -> Loss.binaryCrossEntropy().withClassWeights(1, 2).requireOutputs(3), sentence);
    }

    @Test
    void refusesASoftmaxOverOneClass() {
        assertRefused(
                () -> Loss.softmaxCrossEntropy().requireOutputs(1),
                "softmax cross-entropy needs at least 2 outputs, got 1");
    }

    @Test
    void everyOtherLossTakesOneOutput() {
        for (Loss loss : new Loss[] {Loss.binaryCrossEntropy(), Loss.squaredError(), Loss.huber(1)}) {
            assertThatCode(() -> loss.requireOutputs(1)).doesNotThrowAnyException();
        }
    }

    @Test
    void refusesADeltaThatIsNotAFiniteNumberAboveZero() {
        for (double delta : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertRefused(() -> Loss.huber(delta), "Huber's delta must be a finite number above 0, got " + delta);
        }
    }

    private static void assertRefused(Runnable task, String sentence) {
        assertThatThrownBy(task::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }
}
