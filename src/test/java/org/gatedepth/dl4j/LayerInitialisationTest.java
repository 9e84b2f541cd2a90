package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.dl4j.LayerRuntimeTest.trained;
import static org.gatedepth.testing.Arrays.assertClose;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.gatedepth.block.Connection;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** The values that parameters start with. */
@ExtendWith(DoublePrecision.class)
class LayerInitialisationTest {
    @Test
    void theGlobalWeightInitialisationIsHonoured() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging().weightInit(WeightInit.ONES),
                Variants.highway(4).build(),
                Variants.stack(Connection.DENSE, 2).build());
        for (String key : new String[] {"0_H/W", "1_b1/F/W"}) {
            assertThat(net.getParam(key).minNumber().doubleValue()).as(key).isEqualTo(1);
            assertThat(net.getParam(key).maxNumber().doubleValue()).as(key).isEqualTo(1);
        }
        assertThat(net.getParam("0_H/b").maxNumber().doubleValue()).isZero();
        assertThat(net.getParam("0_T/b").maxNumber().doubleValue()).isEqualTo(-1);
    }

    @Test
    void theLayersOwnWeightInitialisationComesFirst() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging().weightInit(WeightInit.ONES),
                Variants.highway(4).weightInit(WeightInit.ZERO).build());
        assertThat(net.getParam("0_H/W").amaxNumber().doubleValue()).isZero();
    }

    @Test
    void gatesAndProjectionsStartAsGlorotSaysWhateverTheUserChose() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging(),
                Variants.highway(300).weightInit(WeightInit.ZERO).build());
        // Variance 2/(fanIn + fanOut) = 2/304.
        for (String key : new String[] {"0_T/W", "0_C/W"}) {
            assertThat(net.getParam(key).stdNumber().doubleValue())
                    .as(key)
                    .isCloseTo(Math.sqrt(2.0 / 304), within(0.006));
        }
    }

    @Test
    void aParametersOwnInitialisationComesBeforeTheLayers() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging(),
                Variants.highway(4)
                        .weightInit(WeightInit.ZERO)
                        .weightInit("T/W", WeightInit.ONES.getWeightInitFunction())
                        .build());
        assertThat(net.getParam("0_H/W").maxNumber().doubleValue()).isZero();
        assertThat(net.getParam("0_T/W").minNumber().doubleValue()).isEqualTo(1);
    }

    @Test
    void xavierHasTheVarianceOfFanInAndFanOut() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging(),
                Variants.highway(300).weightInit(WeightInit.XAVIER).build());
        // Glorot: variance 2/(fanIn + fanOut) = 2/304.
        assertThat(net.getParam("0_C/W").stdNumber().doubleValue()).isCloseTo(Math.sqrt(2.0 / 304), within(0.006));
    }

    @Test
    void weightsThatStandSideBySideInAStackStartAsTheySay() {
        Layer stack = Networks.network(
                        Networks.unchanging(),
                        new GatedStack.Builder()
                                .depth(3)
                                .nOut(100)
                                .weightInit(WeightInit.RELU)
                                .build())
                .getLayer(0);
        // He: variance 2/fanIn; the gates as Glorot says, 2/(fanIn + fanOut).
        for (String block : new String[] {"b1", "b2"}) {
            assertThat(stack.getParam(block + "/H/W").stdNumber().doubleValue())
                    .isCloseTo(Math.sqrt(2.0 / 100), within(0.005));
            assertThat(stack.getParam(block + "/T/W").stdNumber().doubleValue())
                    .isCloseTo(Math.sqrt(2.0 / 200), within(0.005));
        }
    }

    @Test
    void theSameSeedGivesTheSameNetwork() {
        MultiLayerNetwork a = trained(Variants.highway(4).dropOut(0.8).build());
        Nd4j.getRandom().setSeed(1);
        MultiLayerNetwork b = Networks.network(
                Networks.builder(new Adam(0.01)), Variants.highway(4).build());
        MultiLayerNetwork c = Networks.network(
                Networks.builder(new Adam(0.01)), Variants.highway(4).build());
        assertClose(b.params(), c.params(), 0);
        assertThat(a.params().length()).isEqualTo(b.params().length());
    }
}
