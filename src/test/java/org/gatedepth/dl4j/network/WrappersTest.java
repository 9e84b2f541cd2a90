package org.gatedepth.dl4j.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.HighwayGateVertex;
import org.gatedepth.dl4j.HighwayLayer;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

@ExtendWith(DoublePrecision.class)
class WrappersTest {

    private static HighwayLayer layer() {
        return new HighwayLayer.Builder().nIn(Networks.INPUTS).nOut(5).build();
    }

    static Stream<Layer> wrapped() {
        return Stream.of(
                layer(),
                new FrozenLayer(layer()),
                new FrozenLayerWithBackprop(layer()),
                new TimeDistributed(layer()),
                new MaskZeroLayer(layer(), 0),
                new FrozenLayer(new TimeDistributed(layer())),
                new TimeDistributed(new FrozenLayerWithBackprop(layer())));
    }

    @ParameterizedTest
    @MethodSource("wrapped")
    void aConfigurationIsFoundInEachWrapper(Layer wrapped) {
        assertThat(Wrappers.unwrapped(wrapped)).isEqualTo(layer());
    }

    @Test
    void aRuntimeIsFoundInItsWrappers() {
        MultiLayerNetwork network = Networks.network(
                Networks.unchanging(),
                new FrozenLayer(layer()),
                new FrozenLayerWithBackprop(new HighwayLayer.Builder().nOut(5).build()));

        assertThat(network.getLayer(0)).isNotInstanceOf(BlockRuntime.class);
        assertThat(Wrappers.unwrapped(network.getLayer(0))).isInstanceOf(BlockRuntime.class);
        assertThat(Wrappers.unwrapped(network.getLayer(1))).isInstanceOf(BlockRuntime.class);
    }

    @Test
    void aVertexIsFoundInItsWrapper() {
        GraphVertex vertex = new HighwayGateVertex();

        assertThat(Wrappers.unwrapped(new FrozenVertex(vertex))).isSameAs(vertex);
        assertThat(Wrappers.unwrapped(vertex)).isSameAs(vertex);
    }

    @Test
    void aLayerWithoutANameIsNamedByItsIndex() {
        Layer named =
                new FrozenLayer(new HighwayLayer.Builder().name("gated").nOut(5).build());

        assertThat(Wrappers.name(named, 3)).isEqualTo("gated");
        assertThat(Wrappers.name(new FrozenLayer(layer()), 3)).isEqualTo("layer3");
    }

    @Test
    void aThawedNetworkHandsGradientsDown() {
        MultiLayerConfiguration conf = Networks.configuration(
                Networks.builder(new Sgd(0.1)),
                layer(),
                new FrozenLayer(new BatchNormalization()),
                new FrozenLayerWithBackprop(new DenseLayer.Builder().nOut(5).build()),
                new FrozenLayer(new HighwayLayer.Builder().nOut(5).build()));
        MultiLayerNetwork frozen = new MultiLayerNetwork(conf.clone());
        frozen.init();
        Wrappers.thaw(conf);
        MultiLayerNetwork network = new MultiLayerNetwork(conf);
        network.init();

        assertThat(gradientOfTheFirst(frozen)).isZero();
        assertThat(gradientOfTheFirst(network)).isPositive();
        assertThat(network.params()).isEqualTo(frozen.params());
        assertThat(conf.getConfs())
                .allSatisfy(layer -> assertThat(layer.getLayer()).isSameAs(Wrappers.unwrapped(layer.getLayer())));
    }

    private static double gradientOfTheFirst(MultiLayerNetwork network) {
        network.setInput(Networks.data(6, 1).getFeatures());
        network.setLabels(Networks.data(6, 1).getLabels());
        network.computeGradientAndScore();
        INDArray gradient = network.getGradientsViewArray();
        return gradient.reshape(gradient.length())
                .get(NDArrayIndex.interval(0, network.getLayer(0).numParams()))
                .norm2Number()
                .doubleValue();
    }

    @Test
    void aGraphIsThawed() {
        ComputationGraphConfiguration conf = Networks.unchanging()
                .graphBuilder()
                .addInputs("in")
                .addLayer("layer", new FrozenLayer(layer()), "in")
                .addVertex("gate", new FrozenVertex(new HighwayGateVertex()), "layer", "layer", "layer")
                .addLayer("out", Networks.output(), "gate")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(Networks.INPUTS))
                .build();

        Wrappers.thaw(conf);

        assertThat(conf.getVertices().get("gate")).isInstanceOf(HighwayGateVertex.class);
        assertThat(((LayerVertex) conf.getVertices().get("layer"))
                        .getLayerConf()
                        .getLayer())
                .isInstanceOf(HighwayLayer.class);
    }
}
