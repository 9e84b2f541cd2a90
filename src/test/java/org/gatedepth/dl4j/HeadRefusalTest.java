package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.dl4j.HeadConfigurationTest.graph;
import static org.gatedepth.dl4j.HeadConfigurationTest.head;
import static org.gatedepth.dl4j.HeadConfigurationTest.stack;
import static org.gatedepth.dl4j.HeadConfigurationTest.supervision;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.LinearDecay;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.FixedSchedule;

/** What heads refuse. */
@ExtendWith(DoublePrecision.class)
class HeadRefusalTest {
    private static final Loss SOFTMAX = Loss.softmaxCrossEntropy();

    static Stream<Arguments> refusals() {
        return Stream.of(
                refusal(() -> head(SOFTMAX).nOut(1).build(), "softmax cross-entropy needs at least 2 outputs, got 1"),
                refusal(
                        () -> head(Loss.softmaxCrossEntropy().withClassWeights(1, 2))
                                .build(),
                        "there must be one class weight for each of the 3 outputs, got 2"),
                refusal(
                        () -> head(SOFTMAX).weight(-0.1).build(),
                        "the weight of a head must be a finite number of at least 0, got -0.1"),
                refusal(
                        () -> head(SOFTMAX).weight(Double.NaN).build(),
                        "the weight of a head must be a finite number of at least 0, got NaN"),
                refusal(
                        () -> head(SOFTMAX).threshold(-1).build(),
                        "the threshold of a head's loss must be a finite number of at least 0, got -1.0"),
                refusal(
                        () -> head(SOFTMAX).hidden(-1).build(),
                        "hidden units of a head must be at least 0 (0 for none), got -1"),
                refusal(
                        () -> stack().taps(2, 2).build(),
                        "taps are numbers of blocks that rise from 1 to depth - 1 = 3 at most, got [2, 2]"),
                refusal(
                        () -> stack().taps(4).build(),
                        "taps are numbers of blocks that rise from 1 to depth - 1 = 3 at most, got [4]"),
                refusal(
                        () -> supervision(stack().build())
                                .head(2, Head.of(SOFTMAX, 3))
                                .build(),
                        "a head reads the output of block 2, but the stack has the taps [1, 3]: give it taps(..)"
                                + " with that"
                                + " block"),
                refusal(
                        () -> supervision(stack().build())
                                .head(1, -1, Head.of(SOFTMAX, 3))
                                .build(),
                        "the first label column of a head must be at least 0, got -1"),
                refusal(
                        () -> new LinearDecay(0.3, -1, 5),
                        "the ends of a linear decay must be finite numbers of at least 0, got 0.3 and -1.0"),
                refusal(
                        () -> NetworkSpec.classification(4, 3).withSize(6, 5).withHeadsEvery(6, new FixedSchedule(0.3)),
                        "the distance of heads must be from 1 to 5 blocks, below the depth, got 6"),
                refusal(
                        () -> new AuxiliaryHead("out", 1, Head.of(SOFTMAX, 3)),
                        "the name of a head has letters, digits and '-', is not one of [in, out] and does not"
                                + " begin with"
                                + " \"stack\", got \"out\""),
                refusal(
                        () -> new AuxiliaryHead("a_b", 1, Head.of(SOFTMAX, 3)),
                        "the name of a head has letters, digits and '-', is not one of [in, out] and does not"
                                + " begin with"
                                + " \"stack\", got \"a_b\""),
                refusal(
                        () -> new AuxiliaryHead("a", 0, Head.of(SOFTMAX, 3)),
                        "a head must stand after block 1 at least, got 0"));
    }

    private static Arguments refusal(ThrowingCallable code, String sentence) {
        return arguments(sentence, code);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void refusesWithASentence(String sentence, ThrowingCallable code) {
        assertThatThrownBy(code).isInstanceOf(IllegalArgumentException.class).hasMessage(sentence);
    }

    @Test
    void refusesAnotherLayerBelowADeepSupervisionOutputLayer() {
        GatedStack stack = stack().build();
        assertThatThrownBy(() -> Networks.builder(new Adam(0.01))
                        .list()
                        .layer(stack().taps(1).build())
                        .layer(supervision(stack).build())
                        .setInputType(InputType.feedForward(4))
                        .build())
                .hasMessage(
                        "a DeepSupervisionOutputLayer reads the 9 features of its stack's taps [3, 3, 3], but the layer"
                                + " below has 6: put it right after that stack");
    }

    @Test
    void refusesLabelsAndMasksOfAnotherShape() {
        ComputationGraph graph = Networks.init(graph(head(SOFTMAX).build()));
        INDArray x = normal(1, 5, 4);
        assertThatThrownBy(() -> graph.fit(new INDArray[] {x}, new INDArray[] {oneHot(5, 3), oneHot(5, 2)}))
                .hasMessageStartingWith("expected labels of shape [5, 3], got [5, 2]");
        assertThatThrownBy(() -> graph.fit(
                        new INDArray[] {x}, new INDArray[] {oneHot(5, 3), oneHot(5, 3)}, null, new INDArray[] {
                            null, normal(1, 5, 2)
                        }))
                .hasMessageStartingWith("expected a label mask of shape [5, 1] or [5, 3], got [5, 2]");
    }

    private static void assertRefuses(double weight, ThrowingCallable code) {
        assertThatThrownBy(code)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a label mask holds weights, which must be finite numbers of at least 0, got "
                        + weight + ": give 0 where a label shall not count");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, -1e-3, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void refusesLabelMasksThatAreNoWeights(double weight) {
        ComputationGraph graph = Networks.init(graph(head(SOFTMAX).build()));
        for (int columns : new int[] {1, 3}) {
            INDArray mask = Nd4j.ones(5, columns);
            mask.putScalar(3, columns - 1, weight);
            INDArray[] y = {oneHot(5, 3), oneHot(5, 3)};
            MultiDataSet data =
                    new MultiDataSet(new INDArray[] {normal(1, 5, 4)}, y, null, new INDArray[] {null, mask});
            INDArray before = graph.params().dup();
            assertRefuses(weight, () -> graph.fit(data));
            assertRefuses(weight, () -> graph.score(data, false));
            assertRefuses(weight, () -> graph.scoreExamples(data, false));
            assertThat(graph.params()).isEqualTo(before);
            MultiDataSet one = new MultiDataSet(
                    new INDArray[] {normal(1, 5, 4)}, new INDArray[] {oneHot(5, 3)}, null, new INDArray[] {mask});
            assertRefuses(weight, () -> AuxiliaryLabels.same(2).preProcess(one));
        }
    }
}
