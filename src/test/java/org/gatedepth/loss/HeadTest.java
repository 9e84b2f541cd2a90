package org.gatedepth.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.gatedepth.block.Block;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Stack;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class HeadTest {
    private static final Head HEAD = Head.of(Loss.softmaxCrossEntropy(), 3);

    @Test
    void isLinearAndWeighsThreeTenthsUnlessToldOtherwise() {
        assertThat(HEAD)
                .isEqualTo(
                        new Head(Loss.softmaxCrossEntropy(), 3, 0, Activation.RELU, false, new FixedSchedule(0.3), 0));
        assertThat(HEAD.block(5)).isEqualTo(new DenseBlock(5, 3, Activation.IDENTITY, false));
    }

    @Test
    void everyWithMethodChangesItsComponentAndNoOther() {
        Head head = HEAD.withWeight(0.7)
                .withHidden(8, Activation.TANH)
                .withLayerNorm(true)
                .withThreshold(0.2);
        assertThat(head)
                .isEqualTo(
                        new Head(Loss.softmaxCrossEntropy(), 3, 8, Activation.TANH, true, new FixedSchedule(0.7), 0.2));
        assertThat(head.withWeight(new LinearDecay(1, 0, 2)).withLayerNorm(false))
                .isEqualTo(new Head(
                        Loss.softmaxCrossEntropy(), 3, 8, Activation.TANH, false, new LinearDecay(1, 0, 2), 0.2));
    }

    @Test
    void putsItsHiddenLayerBelowTheLinearMap() {
        Block block = HEAD.withHidden(7, Activation.TANH).block(5);
        assertThat(block)
                .isEqualTo(new Stack(List.of(
                        new DenseBlock(5, 7, Activation.TANH, false),
                        new DenseBlock(7, 3, Activation.IDENTITY, false))));
        assertThat(block.params()).extracting(ParamSpec::name).containsExactly("b0/W", "b0/b", "b1/W", "b1/b");
    }

    @Test
    void normalisesItsInputAndNotItsHiddenLayer() {
        assertThat(HEAD.withLayerNorm(true).block(5)).isEqualTo(new DenseBlock(5, 3, Activation.IDENTITY, true));
        assertThat(HEAD.withLayerNorm(true).withHidden(7, Activation.RELU).block(5))
                .isEqualTo(new Stack(List.of(
                        new DenseBlock(5, 7, Activation.RELU, true),
                        new DenseBlock(7, 3, Activation.IDENTITY, false))));
    }

    @Test
    void itsWeightFollowsTheSchedule() {
        Head byEpoch = HEAD.withWeight(new LinearDecay(0.4, 0, 2));
        assertThat(byEpoch.weightAt(99, 0)).isEqualTo(0.4);
        assertThat(byEpoch.weightAt(0, 1)).isEqualTo(0.2);
        assertThat(byEpoch.weightAt(0, 2)).isZero();
        Head byIteration = HEAD.withWeight(new MapSchedule.Builder(ScheduleType.ITERATION)
                .add(0, 1.0)
                .add(10, 0.5)
                .build());
        assertThat(byIteration.weightAt(9, 99)).isEqualTo(1);
        assertThat(byIteration.weightAt(10, 0)).isEqualTo(0.5);
    }

    @Test
    void refusesAWeightThatIsNegativeOrNotFinite() {
        for (double weight : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertRefused(
                    () -> HEAD.withWeight(weight),
                    "the weight of a head must be a finite number of at least 0, got " + weight);
        }
    }

    @Test
    void refusesAWeightThatItsScheduleTurnsNegativeWhenItDoes() {
        Head head = HEAD.withWeight(
                new MapSchedule.Builder(ScheduleType.EPOCH).add(0, 1).add(2, -1).build());
        assertThat(head.weightAt(0, 1)).isEqualTo(1);
        assertRefused(
                () -> head.weightAt(0, 2), "the weight of a head must be a finite number of at least 0, got -1.0");
    }

    @Test
    void refusesNoOutputs() {
        assertRefused(() -> Head.of(Loss.squaredError(), 0), "a head needs at least 1 output, got 0");
    }

    @Test
    void refusesOutputsThatItsLossRefuses() {
        assertRefused(
                () -> Head.of(Loss.softmaxCrossEntropy(), 1), "softmax cross-entropy needs at least 2 outputs, got 1");
        assertRefused(
                () -> Head.of(Loss.binaryCrossEntropy().withClassWeights(1, 1), 3),
                "there must be one class weight for each of the 3 outputs, got 2");
    }

    @Test
    void refusesANegativeNumberOfHiddenUnits() {
        assertRefused(
                () -> HEAD.withHidden(-1, Activation.RELU),
                "hidden units of a head must be at least 0 (0 for none), got -1");
    }

    @Test
    void refusesAThresholdThatIsNegativeOrNotFinite() {
        for (double threshold : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertRefused(
                    () -> HEAD.withThreshold(threshold),
                    "the threshold of a head's loss must be a finite number of at least 0, got " + threshold);
        }
    }

    private static void assertRefused(Runnable task, String sentence) {
        assertThatThrownBy(task::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }
}
