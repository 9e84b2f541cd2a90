package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.dl4j.EarlyExitGraphTest.HEADS;
import static org.gatedepth.dl4j.EarlyExitGraphTest.builder;
import static org.gatedepth.dl4j.EarlyExitGraphTest.head;
import static org.gatedepth.dl4j.EarlyExitGraphTest.init;
import static org.gatedepth.dl4j.EarlyExitGraphTest.skipping;

import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** What early exit from a graph refuses. */
@ExtendWith(DoublePrecision.class)
class EarlyExitGraphRefusalTest {
    @Test
    void refusesAConfidenceOutOfRange() {
        ComputationGraph graph = skipping(DataType.DOUBLE);
        for (double confidence : new double[] {0, -0.5, 1.01, Double.NaN}) {
            assertRefused(
                    () -> new EarlyExit(graph, HEADS, confidence),
                    "the confidence must be above 0 and at most 1, got " + confidence);
        }
    }

    @Test
    void refusesNamesThatAreNotHeads() {
        ComputationGraph graph = skipping(DataType.DOUBLE);
        for (String name : List.of("a", "none", "out")) {
            assertRefused(
                    () -> new EarlyExit(graph, List.of("low", name), 0.5),
                    "early exit needs heads that are outputs of the network other than \"out\", its first, so some of"
                            + " [out, high, low], got \"" + name + "\"");
        }
    }

    @Test
    void refusesNoHeadAndAHeadGivenTwice() {
        ComputationGraph graph = skipping(DataType.DOUBLE);
        assertRefused(
                () -> new EarlyExit(graph, List.of(), 0.5),
                "early exit needs at least one head on the classes of the output \"out\", got none");
        assertRefused(
                () -> new EarlyExit(graph, List.of("low", "low"), 0.5),
                "early exit needs each head once, got [low, low, out]");
    }

    @Test
    void refusesNoRows() {
        EarlyExit exit = new EarlyExit(skipping(DataType.DOUBLE), List.of("low"), 0.5);
        assertRefused(
                () -> exit.predict(Nd4j.create(DataType.DOUBLE, 0, Networks.INPUTS)),
                "early exit needs at least one row, got none");
    }

    @Test
    void refusesAHeadOnAnotherTarget() {
        ComputationGraph graph = init(builder(DataType.DOUBLE)
                .addLayer("low", head().nOut(2).build(), "in")
                .addLayer("high", head().build(), "in")
                .addLayer("out", Networks.output(), "in"));
        assertRefused(
                () -> new EarlyExit(graph, HEADS, 0.5),
                "head \"low\" predicts 2 classes, but the output predicts 3: rows can leave only at heads on the"
                        + " network's own target");
    }

    @Test
    void refusesOutputsThatAreNotProbabilities() {
        AuxiliaryOutputLayer number =
                new AuxiliaryOutputLayer.Builder(Loss.squaredError()).nOut(3).build();
        OutputLayer stock = new OutputLayer.Builder(LossFunctions.LossFunction.MSE)
                .activation(Activation.IDENTITY)
                .nOut(3)
                .build();
        ComputationGraph numbers = init(builder(DataType.DOUBLE)
                .addLayer("low", number, "in")
                .addLayer("high", stock, "in")
                .addLayer("out", Networks.output(), "in"));
        for (String name : HEADS) {
            assertRefused(
                    () -> new EarlyExit(numbers, List.of(name), 0.5),
                    "early exit needs outputs that are a softmax, but \"" + name + "\" is none");
        }
        ComputationGraph regression = init(builder(DataType.DOUBLE)
                .addLayer("low", head().build(), "in")
                .addLayer("high", head().build(), "in")
                .addLayer("out", stock, "in"));
        assertRefused(
                () -> new EarlyExit(regression, HEADS, 0.5),
                "early exit needs outputs that are a softmax, but \"out\" is none");
    }

    @Test
    void refusesTwoInputs() {
        ComputationGraph graph = Networks.init(Networks.unchanging()
                .graphBuilder()
                .addInputs("in", "other")
                .setInputTypes(InputType.feedForward(4), InputType.feedForward(4))
                .addLayer("low", head().build(), "in")
                .addLayer("out", Networks.output(), "in", "other")
                .setOutputs("out", "low"));
        assertRefused(
                () -> new EarlyExit(graph, List.of("low"), 0.5), "early exit needs a network of one input, got 2");
    }

    private static void assertRefused(Runnable task, String sentence) {
        assertThatThrownBy(task::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }
}
