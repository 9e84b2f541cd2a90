package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

@ExtendWith(DoublePrecision.class)
class LayerDropoutTest {
    private static INDArray activate(MultiLayerNetwork net, INDArray x, boolean training) {
        return net.getLayer(0)
                .activate(x, training, LayerWorkspaceMgr.noWorkspaces())
                .dup();
    }

    @Test
    void trainingDropsAndInferenceDoesNot() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging(), Variants.highway(4).dropOut(0.5).build());
        MultiLayerNetwork without =
                Networks.network(Networks.unchanging(), Variants.highway(4).build());
        without.setParams(net.params());
        INDArray x = normal(1, 20, 4);
        INDArray first = activate(net, x, true);
        INDArray second = activate(net, x, true);
        assertThat(first.equals(second)).isFalse();
        assertClose(activate(net, x, false), activate(without, x, false), 0);
        assertThat(activate(net, x, true).equals(activate(without, x, true))).isFalse();
    }

    /** An identity transform with weight 1 that shows the mask: F(x) = x·mask. */
    private static MultiLayerNetwork identity(Object dropout) {
        WeightedSkipLayer.Builder builder =
                Variants.skip(4).activation(Activation.IDENTITY).alpha(0);
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging(),
                dropout instanceof Double keep
                        ? builder.dropOut(keep).build()
                        : builder.dropOut((GaussianDropout) dropout).build());
        net.setParam("0_F/W", Nd4j.eye(4).castTo(DataType.DOUBLE));
        return net;
    }

    @Test
    void theArgumentIsTheProbabilityToKeepAndTheKeptAreScaledUp() {
        INDArray out = activate(identity(0.8), Nd4j.ones(DataType.DOUBLE, 5000, 4), true);
        double kept = out.gt(0).castTo(DataType.DOUBLE).meanNumber().doubleValue();
        assertThat(kept).isCloseTo(0.8, within(0.02));
        assertThat(out.maxNumber().doubleValue()).isCloseTo(1 / 0.8, within(1e-9));
        assertThat(out.meanNumber().doubleValue()).isCloseTo(1, within(0.02));
    }

    @Test
    void gaussianDropoutMultipliesByNoiseOfMeanOne() {
        INDArray out = activate(identity(new GaussianDropout(0.25)), Nd4j.ones(DataType.DOUBLE, 5000, 4), true);
        assertThat(out.meanNumber().doubleValue()).isCloseTo(1, within(0.03));
        // Standard deviation √(rate/(1 − rate)).
        assertThat(out.stdNumber().doubleValue()).isCloseTo(Math.sqrt(0.25 / 0.75), within(0.03));
    }

    @Test
    void theCarryOfAHighwayLayerIsNeverDropped() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging(),
                Variants.highway(4).dropOut(0.3).transformGateBias(-60).build());
        INDArray x = normal(1, 50, 4);
        assertClose(activate(net, x, true), x, 1e-12);
    }

    @Test
    void theGateOfAHighwayLayerIsNeverDropped() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging(), Variants.highway(4).dropOut(0.3).build());
        MultiLayerNetwork without =
                Networks.network(Networks.unchanging(), Variants.highway(4).build());
        // H = tanh(b) whatever is dropped, but the gate reads x.
        net.setParam("0_H/W", Nd4j.zeros(DataType.DOUBLE, 4, 4));
        net.setParam("0_H/b", normal(2, 1, 4));
        without.setParams(net.params());
        INDArray x = normal(1, 50, 4);
        assertClose(activate(net, x, true), activate(without, x, true), 1e-12);
    }

    @Test
    void theSkipOfADenseLayerIsNeverDropped() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging(),
                new DenseSkipLayer.Builder().growthRate(2).dropOut(0.3).build());
        INDArray x = normal(1, 50, 4);
        INDArray y = activate(net, x, true);
        assertClose(y.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 4)), x, 0);
    }

    @Test
    void everyBlockOfAStackDrops() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging(),
                Variants.stack(org.gatedepth.block.Connection.RESIDUAL, 3)
                        .nOut(4)
                        .dropOut(0.5)
                        .build());
        INDArray x = normal(1, 50, 4);
        INDArray zero = Nd4j.zeros(DataType.DOUBLE, 4, 4);
        for (int open = 0; open < 3; open++) {
            for (int i = 0; i < 3; i++) {
                net.setParam("0_b" + i + "/F/W", i == open ? normal(9, 4, 4) : zero);
            }
            assertThat(activate(net, x, true).equals(activate(net, x, true)))
                    .as("two training passes with only block %d open", open)
                    .isFalse();
        }
    }

    @Test
    void theFirstStepOfTrainingUsesTheNoiseOfItsOwnForwardPass() {
        // A step on one row: a row of W stays where it is if and only if its input was dropped.
        int dropped = 0;
        for (int net = 0; net < 6; net++) {
            dropped += droppedInTheFirstStep(net);
        }
        assertThat(dropped).isBetween(4, 20);
    }

    private static int droppedInTheFirstStep(int seed) {
        MultiLayerNetwork net = Networks.network(
                Networks.builder(new Sgd(1)).seed(seed),
                Variants.skip(4)
                        .alpha(0)
                        .activation(Activation.IDENTITY)
                        .dropOut(0.5)
                        .build());
        INDArray before = net.getParam("0_F/W").dup();
        net.fit(Networks.data(1, seed));
        INDArray moved = net.getParam("0_F/W").sub(before).norm1(1);
        return moved.eq(0).castTo(DataType.INT32).sumNumber().intValue();
    }

    @Test
    void refusesAlphaDropout() {
        assertThatThrownBy(
                        () -> Variants.highway(4).dropOut(new AlphaDropout(0.5)).build())
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage(
                        "HighwayLayer multiplies the input of its transform by noise; use Dropout or GaussianDropout,"
                                + " got AlphaDropout");
    }

    @Test
    void refusesAlphaDropoutOfTheWholeNetwork() {
        assertThatThrownBy(() -> Networks.network(
                        Networks.unchanging().dropOut(new AlphaDropout(0.5)),
                        Variants.skip(4).build()))
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessageContaining("WeightedSkipLayer multiplies the input of its transform by noise");
    }

    @Test
    void dropoutOfTheWholeNetworkIsApplied() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging().dropOut(new Dropout(0.5)),
                Variants.highway(4).build());
        INDArray x = normal(1, 50, 4);
        assertThat(activate(net, x, true).equals(activate(net, x, true))).isFalse();
    }
}
