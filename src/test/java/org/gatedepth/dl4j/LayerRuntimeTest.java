package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** What the runtime class does in place of Deeplearning4j's own: parameters, clones, scores. */
@ExtendWith(DoublePrecision.class)
class LayerRuntimeTest {

    static MultiLayerNetwork trained(org.deeplearning4j.nn.conf.layers.Layer... layers) {
        MultiLayerNetwork net = Networks.network(Networks.builder(new Adam(0.01)), layers);
        for (int i = 0; i < 3; i++) {
            net.fit(Networks.data(8, i));
        }
        return net;
    }

    @Test
    void setParamAssignsTheValue() {
        MultiLayerNetwork net =
                Networks.network(Networks.unchanging(), Variants.highway(4).build());
        INDArray value = normal(3, 4, 4);
        INDArray before = net.output(normal(1, 5, 4)).dup();
        net.setParam("0_H/W", value);
        assertClose(net.getParam("0_H/W"), value, 0);
        assertThat(net.output(normal(1, 5, 4)).equals(before)).isFalse();
    }

    @Test
    void setParamOfTheLayerAssignsTheValue() {
        MultiLayerNetwork net =
                Networks.network(Networks.unchanging(), Variants.highway(4).build());
        net.getLayer(0).setParam("T/b", Nd4j.ones(1, 4).mul(7));
        assertThat(net.getParam("0_T/b").sumNumber().doubleValue()).isEqualTo(28);
        // It is a view of the network's parameters, not a copy.
        assertThat(net.params().maxNumber().doubleValue()).isEqualTo(7);
    }

    @Test
    void setParamRefusesAnUnknownName() {
        Layer layer = Networks.network(
                        Networks.unchanging(), Variants.highway(4).build())
                .getLayer(0);
        assertThatThrownBy(() -> layer.setParam("X", Nd4j.ones(1, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("X");
    }

    @Test
    void setParamRefusesAnotherShape() {
        Layer layer = Networks.network(
                        Networks.unchanging(), Variants.highway(4).build())
                .getLayer(0);
        assertThatThrownBy(() -> layer.setParam("T/b", Nd4j.ones(1, 5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[1, 4]")
                .hasMessageContaining("[1, 5]");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void setParamsMakesTwoNetworksEqual(String name, Variants.Maker layer) {
        MultiLayerNetwork a = trained(layer.get(), layer.get());
        MultiLayerNetwork b = Networks.network(Networks.builder(new Adam(0.01)), layer.get(), layer.get());
        b.output(normal(1, 5, 4));
        b.setParams(a.params());
        assertClose(b.output(normal(1, 5, 4)), a.output(normal(1, 5, 4)), 0);
    }

    @Test
    void theParameterTableHoldsEveryParameterOfTheBlock() {
        HighwayLayer layer = Variants.highway(3).layerNorm(true).build();
        MultiLayerNetwork net = Networks.network(Networks.unchanging(), layer);
        Map<String, long[]> shapes = new LinkedHashMap<>();
        net.getLayer(0).paramTable().forEach((key, array) -> shapes.put(key, array.shape()));
        assertThat(shapes.keySet()).containsExactlyInAnyOrder("H/W", "H/b", "H/gain", "H/shift", "T/W", "T/b", "C/W");
        assertThat(shapes.get("C/W")).containsExactly(4, 3);
        assertThat(shapes.get("H/gain")).containsExactly(1, 4);
        assertThat(net.paramTable()).containsKey("0_T/b");
        assertThat(net.getLayer(0).numParams()).isEqualTo(3 * 12 + 2 * 3 + 2 * 4);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void takesAnotherMinibatchSizeAfterTheFirst(String name, Variants.Maker layer) {
        MultiLayerNetwork net = trained(layer.get());
        INDArray x = normal(1, 9, 4);
        INDArray all = net.output(x).dup();
        for (int i = 0; i < 9; i++) {
            assertClose(net.output(x.getRow(i, true)), all.getRow(i, true), 1e-12);
        }
        net.fit(Networks.data(1, 4));
        net.fit(Networks.data(20, 5));
        assertThat(net.params().isNaN().any()).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void aClonedNetworkComputesAndTrainsAlikeButApart(String name, Variants.Maker layer) {
        MultiLayerNetwork net = trained(layer.get(), layer.get());
        MultiLayerNetwork clone = net.clone();
        INDArray x = normal(1, 5, 4);
        INDArray before = net.output(x).dup();
        assertClose(clone.output(x), before, 0);
        clone.fit(Networks.data(8, 9));
        assertClose(net.output(x), before, 0);
        net.fit(Networks.data(8, 9));
        assertClose(net.params(), clone.params(), 1e-12);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void aClonedLayerComputesAlikeButApart(String name, Variants.Maker layer) {
        MultiLayerNetwork net = trained(layer.get());
        Layer original = net.getLayer(0);
        Layer clone = ((BlockRuntime) original).clone();
        INDArray x = normal(1, 5, 4);
        INDArray expected =
                original.activate(x, false, LayerWorkspaceMgr.noWorkspaces()).dup();
        assertClose(clone.activate(x, false, LayerWorkspaceMgr.noWorkspaces()), expected, 0);
        clone.params().assign(0);
        assertClose(original.activate(x, false, LayerWorkspaceMgr.noWorkspaces()), expected, 0);
        assertThat(clone.paramTable().keySet()).isEqualTo(original.paramTable().keySet());
    }

    @Test
    void aClonedGraphComputesAlike() {
        ComputationGraph graph = Networks.graph(
                Networks.builder(new Adam(0.01)),
                Variants.highway(4).build(),
                Variants.stack(Connection.RESIDUAL, 2).build());
        graph.fit(Networks.data(8, 1));
        INDArray x = normal(1, 5, 4);
        assertClose(graph.clone().outputSingle(x), graph.outputSingle(x), 0);
    }

    @Test
    void theScoreHoldsL1AndL2AsTheStockFormulaSays() {
        NeuralNetConfiguration.Builder regularised =
                Networks.unchanging().l1(0.03).l2(0.05).l1Bias(0.02).l2Bias(0.04);
        MultiLayerNetwork net =
                Networks.network(regularised, Variants.highway(3).build());
        net.setParams(net.params().add(normal(7, net.params().shape()).mul(0.3)));
        double expected = 0;
        for (Map.Entry<String, INDArray> e : net.getLayer(0).paramTable().entrySet()) {
            boolean weight = e.getKey().endsWith("W");
            INDArray p = e.getValue();
            double square = p.mul(p).sumNumber().doubleValue();
            double absolute = p.norm1Number().doubleValue();
            // l1·Σ|w| + ½·l2·Σw²
            expected += weight ? 0.03 * absolute + 0.5 * 0.05 * square : 0.02 * absolute + 0.5 * 0.04 * square;
        }
        assertThat(net.getLayer(0).calcRegularizationScore(true)).isCloseTo(expected, within(1e-9));
        MultiLayerNetwork bare =
                Networks.network(Networks.unchanging(), Variants.highway(3).build());
        bare.setParams(net.params());
        DataSet data = Networks.data(5, 1);
        double ofOutput = net.getLayer(1).calcRegularizationScore(true);
        assertThat(net.score(data) - bare.score(data)).isCloseTo(expected + ofOutput, within(1e-9));
    }

    @Test
    void gainsAndSkipWeightsAreNotRegularisedAsWeights() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging().l2(1),
                Variants.skip(4)
                        .layerNorm(true)
                        .weighting(org.gatedepth.block.Weighting.SCALAR)
                        .build());
        INDArray w = net.getParam("0_F/W");
        assertThat(net.getLayer(0).calcRegularizationScore(true))
                .isCloseTo(0.5 * w.mul(w).sumNumber().doubleValue(), within(1e-9));
    }

    @Test
    void weightDecayShrinksWeightsAndNotBiases() {
        MultiLayerNetwork net = Networks.network(
                Networks.builder(new Sgd(0.1)),
                Variants.highway(4).weightDecay(0.5).build());
        MultiLayerNetwork free = Networks.network(
                Networks.builder(new Sgd(0.1)), Variants.highway(4).build());
        INDArray weight = net.getParam("0_H/W").dup();
        free.setParams(net.params());
        DataSet data = Networks.data(8, 1);
        net.fit(data);
        free.fit(data);
        // The decay of one step: rate·coefficient·w.
        assertClose(net.getParam("0_H/W"), free.getParam("0_H/W").sub(weight.mul(0.1 * 0.5)), 1e-9);
        assertClose(net.getParam("0_T/b"), free.getParam("0_T/b"), 1e-12);
    }

    @Test
    void constraintsHold() {
        MultiLayerNetwork net = Networks.network(
                Networks.builder(new Sgd(5)),
                Variants.highway(4)
                        .constrainWeights(new MaxNormConstraint(0.3, 1))
                        .build());
        for (int i = 0; i < 5; i++) {
            net.fit(Networks.data(8, i));
        }
        for (String key : new String[] {"0_H/W", "0_T/W"}) {
            assertThat(net.getParam(key).norm2(1).maxNumber().doubleValue())
                    .as(key)
                    .isLessThanOrEqualTo(0.3 + 1e-6);
        }
    }

    @Test
    void gradientsAreNormalisedWhereTheNetworkAsksForIt() {
        MultiLayerNetwork net = Networks.network(
                Networks.builder(new Sgd(1))
                        .gradientNormalization(GradientNormalization.ClipElementWiseAbsoluteValue)
                        .gradientNormalizationThreshold(1e-4),
                Variants.highway(4).build());
        INDArray before = net.getParam("0_H/W").dup();
        net.fit(Networks.data(8, 1));
        double step = net.getParam("0_H/W").sub(before).amaxNumber().doubleValue();
        // The gradient is summed, clipped at the threshold, then divided by the minibatch size.
        assertThat(step).isPositive().isLessThanOrEqualTo(1e-4 + 1e-12);
    }

    @Test
    void aBackwardPassInTestModeStillGivesTheGradient() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging(),
                new DenseLayer.Builder().nOut(4).build(),
                Variants.highway(4).build());
        INDArray x = normal(1, 5, 4);
        Layer layer = net.getLayer(1);
        net.fit(Networks.data(5, 1));
        INDArray epsilon = normal(2, 5, 4);
        layer.activate(x, true, LayerWorkspaceMgr.noWorkspaces());
        INDArray expected = layer.backpropGradient(epsilon, LayerWorkspaceMgr.noWorkspaces())
                .getSecond()
                .dup();
        layer.activate(x, false, LayerWorkspaceMgr.noWorkspaces());
        assertClose(
                layer.backpropGradient(epsilon, LayerWorkspaceMgr.noWorkspaces())
                        .getSecond(),
                expected,
                1e-12);
    }

    @Test
    void aSecondBackwardPassGivesTheSameGradient() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging(),
                Variants.highway(4).build(),
                Variants.highway(4).build());
        net.fit(Networks.data(5, 1));
        Layer layer = net.getLayer(0);
        INDArray epsilon = normal(2, 5, 4);
        layer.activate(normal(1, 5, 4), true, LayerWorkspaceMgr.noWorkspaces());
        INDArray first = layer.backpropGradient(epsilon, LayerWorkspaceMgr.noWorkspaces())
                .getSecond()
                .dup();
        INDArray second = layer.backpropGradient(epsilon, LayerWorkspaceMgr.noWorkspaces())
                .getSecond();
        assertClose(second, first, 1e-12);
    }

    @Test
    void refusesAnInputOfAnotherWidth() {
        MultiLayerNetwork net =
                Networks.network(Networks.unchanging(), Variants.highway(4).build());
        assertThatThrownBy(() -> net.output(normal(1, 5, 6)))
                .hasStackTraceContaining("expected input of shape [minibatch, 4], got [5, 6]");
    }

    @Test
    void isWhatTheHandDerivedHighwayLayerIs() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging(),
                Variants.highway(4).activation(Activation.RELU).build());
        net.setParam("0_H/W", Nd4j.ones(4, 4).mul(0.5));
        net.setParam("0_H/b", Nd4j.ones(1, 4));
        net.setParam("0_T/W", Nd4j.zeros(4, 4));
        net.setParam("0_T/b", Nd4j.ones(1, 4).mul(Math.log(3)));
        // x = (1, 2, 3, 4): H = relu(5 + 1) = 6; T = 3/4; y = 4.5 + x/4.
        INDArray y = net.feedForward(org.gatedepth.testing.Arrays.row(1, 2, 3, 4), false)
                .get(1);
        assertClose(y, org.gatedepth.testing.Arrays.row(4.75, 5, 5.25, 5.5), 1e-12);
    }
}
