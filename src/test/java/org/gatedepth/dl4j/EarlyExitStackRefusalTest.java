package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.dl4j.EarlyExitStackTest.SOFTMAX;
import static org.gatedepth.dl4j.EarlyExitStackTest.network;
import static org.gatedepth.dl4j.EarlyExitStackTest.stack;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What early exit from a tapped stack refuses. */
@ExtendWith(DoublePrecision.class)
class EarlyExitStackRefusalTest {
    private static final InputType ROW = InputType.feedForward(Networks.INPUTS);

    @Test
    void refusesANetworkWithoutAHeadOnTheSameTarget() {
        GatedStack stack = stack(Connection.HIGHWAY, 3).build();
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(SOFTMAX, stack)
                        .nOut(3)
                        .head(1, 3, Head.of(SOFTMAX, 3))
                        .head(3, Head.of(Loss.binaryCrossEntropy(), 3))
                        .head(3, Head.of(SOFTMAX, 2))
                        .build())
                .setInputType(ROW)
                .build());
        net.init();
        assertRefused(
                () -> new EarlyExit(net, 0.01),
                "early exit needs at least one head on the classes of the output \"main\", got none");
    }

    @Test
    void refusesAConfidenceOutOfRange() {
        MultiLayerNetwork net = network(Connection.HIGHWAY, 3);
        for (double confidence : new double[] {0, 1.01, Double.NaN}) {
            assertRefused(
                    () -> new EarlyExit(net, confidence),
                    "the confidence must be above 0 and at most 1, got " + confidence);
        }
    }

    @Test
    void refusesANetworkThatEndsOtherwise() {
        String sentence = "early exit needs a network whose last layers are a GatedStack with taps and a"
                + " DeepSupervisionOutputLayer";
        MultiLayerNetwork stock = Networks.network(
                Networks.unchanging(), stack(Connection.HIGHWAY, 3).build());
        assertRefused(() -> new EarlyExit(stock, 0.5), sentence);
        MultiLayerNetwork one = new MultiLayerNetwork(
                Networks.unchanging().list(Networks.output()).setInputType(ROW).build());
        one.init();
        assertRefused(() -> new EarlyExit(one, 0.5), sentence);
    }

    @Test
    void refusesARegression() {
        GatedStack stack = stack(Connection.HIGHWAY, 3).build();
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(Loss.huber(1), stack)
                        .nOut(2)
                        .head(1, Head.of(Loss.huber(1), 2))
                        .build())
                .setInputType(ROW)
                .build());
        net.init();
        assertRefused(
                () -> new EarlyExit(net, 0.5),
                "early exit needs an output that is a softmax, but its loss is Huber[delta=1.0]");
    }

    private static void assertRefused(Runnable task, String sentence) {
        assertThatThrownBy(task::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }
}
