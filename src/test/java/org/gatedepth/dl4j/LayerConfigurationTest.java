package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.io.File;
import java.nio.file.Path;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.block.Connection;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.Stack;
import org.gatedepth.block.Weighting;
import org.gatedepth.dl4j.base.BlockLayer;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;

/** Builders, inferred sizes, refusals, and what is stored. */
@ExtendWith(DoublePrecision.class)
class LayerConfigurationTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void survivesJson(String name, Variants.Maker layer) {
        MultiLayerConfiguration conf = Networks.configuration(Networks.builder(new Adam(0.01)), layer.get());
        MultiLayerConfiguration again = MultiLayerConfiguration.fromJson(conf.toJson());
        assertThat(again).isEqualTo(conf);
        assertThat(((BlockLayer) again.getConf(0).getLayer()).block())
                .isEqualTo(((BlockLayer) conf.getConf(0).getLayer()).block());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void survivesYaml(String name, Variants.Maker layer) {
        MultiLayerConfiguration conf = Networks.configuration(Networks.builder(new Adam(0.01)), layer.get());
        assertThat(MultiLayerConfiguration.fromYaml(conf.toYaml())).isEqualTo(conf);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void survivesTheJsonOfAGraph(String name, Variants.Maker layer) {
        ComputationGraphConfiguration conf =
                Networks.graph(Networks.builder(new Adam(0.01)), layer.get()).getConfiguration();
        assertThat(ComputationGraphConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void aStoredNetworkGoesOnTrainingAlike(String name, Variants.Maker layer, @TempDir Path folder) throws Exception {
        MultiLayerNetwork net = Networks.network(Networks.builder(new Adam(0.01)), layer.get(), layer.get());
        for (int i = 0; i < 3; i++) {
            net.fit(Networks.data(8, i));
        }
        File file = folder.resolve("net.zip").toFile();
        ModelSerializer.writeModel(net, file, true);
        MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file, true);
        INDArray x = normal(1, 5, 4);
        assertClose(restored.output(x), net.output(x), 0);
        net.fit(Networks.data(8, 9));
        restored.fit(Networks.data(8, 9));
        assertClose(restored.params(), net.params(), 1e-12);
    }

    @Test
    void aStoredGraphComputesAlike(@TempDir Path folder) throws Exception {
        ComputationGraph graph = Networks.graph(
                Networks.builder(new Adam(0.01)),
                Variants.highway(4).dropOut(0.7).build(),
                Variants.stack(Connection.DENSE, 2).build());
        graph.fit(Networks.data(8, 1));
        File file = folder.resolve("graph.zip").toFile();
        ModelSerializer.writeModel(graph, file, true);
        INDArray x = normal(1, 5, 4);
        assertClose(ModelSerializer.restoreComputationGraph(file, true).outputSingle(x), graph.outputSingle(x), 0);
    }

    @Test
    void everySettingIsStored() {
        WeightedSkipLayer layer = Variants.skip(3)
                .weighting(Weighting.PER_UNIT)
                .alpha(0.25)
                .beta(0.125)
                .learnSkip(true)
                .layerNorm(true)
                .activation(Activation.GELU)
                .weightInit(WeightInit.RELU)
                .build();
        MultiLayerConfiguration conf = Networks.configuration(Networks.unchanging(), layer);
        WeightedSkipLayer again = (WeightedSkipLayer)
                MultiLayerConfiguration.fromJson(conf.toJson()).getConf(0).getLayer();
        assertThat(again.getWeighting()).isEqualTo(Weighting.PER_UNIT);
        assertThat(again.getAlpha()).isEqualTo(0.25);
        assertThat(again.getBeta()).isEqualTo(0.125);
        assertThat(again.isLearnSkip()).isTrue();
        assertThat(again.isLayerNorm()).isTrue();
        assertThat(again.getActivation()).isEqualTo(Activation.GELU);
        assertThat(again.getWeightInitFn()).isEqualTo(WeightInit.RELU.getWeightInitFunction());
        assertThat(again.getNIn()).isEqualTo(4);
        assertThat(again.getNOut()).isEqualTo(3);
    }

    @Test
    void parametersAreNotStoredInTheJson() {
        String json = Networks.configuration(
                        Networks.unchanging(), Variants.highway(3).build())
                .toJson();
        assertThat(json).contains("org.gatedepth.dl4j.HighwayLayer").doesNotContain("layerParams");
    }

    @Test
    void nInIsInferredFromTheInputType() {
        MultiLayerConfiguration conf = Networks.configuration(
                Networks.unchanging(),
                Variants.highway(6).build(),
                Variants.stack(Connection.DENSE, 2).build());
        assertThat(((BlockLayer) conf.getConf(0).getLayer()).getNIn()).isEqualTo(4);
        assertThat(((BlockLayer) conf.getConf(1).getLayer()).getNIn()).isEqualTo(6);
    }

    @Test
    void nInIsInferredAboveAConvolution() {
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(new ConvolutionLayer.Builder(2, 2).nOut(3).build())
                .layer(Variants.highway(5).build())
                .layer(Networks.output())
                .setInputType(InputType.convolutional(4, 4, 1))
                .build());
        net.init();
        // 3 channels of 3·3.
        assertThat(((BlockLayer) net.getLayerWiseConfigurations().getConf(1).getLayer()).getNIn())
                .isEqualTo(27);
        assertThat(net.output(normal(1, 2, 1, 4, 4)).shape()).containsExactly(2, 3);
    }

    @Test
    void nInMayBeGiven() {
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(Variants.highway(5).nIn(4).build())
                .layer(new org.deeplearning4j.nn.conf.layers.OutputLayer.Builder()
                        .nIn(5)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        net.init();
        assertThat(net.output(normal(1, 2, 4)).shape()).containsExactly(2, 2);
    }

    @Test
    void aMissingNInIsNamed() {
        assertThatThrownBy(() -> {
                    MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                            .list()
                            .layer(Variants.highway(5).name("lower").build())
                            .layer(new org.deeplearning4j.nn.conf.layers.OutputLayer.Builder()
                                    .nIn(5)
                                    .nOut(2)
                                    .activation(Activation.SOFTMAX)
                                    .build())
                            .build());
                    net.init();
                })
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage("HighwayLayer \"lower\" does not know its nIn: call nIn(..), or setInputType(..) on the"
                        + " network's builder");
    }

    @Test
    void refusesAnNOutBelowOne() {
        assertThatThrownBy(() -> new HighwayLayer.Builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nOut must be at least 1, got 0");
        assertThatThrownBy(() -> Variants.skip(-3).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nOut must be at least 1, got -3");
    }

    @Test
    void refusesANegativeNIn() {
        assertThatThrownBy(() -> Variants.highway(3).nIn(-1).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nIn must be at least 1, or 0 to infer it, got -1");
    }

    @Test
    void refusesAnActivationThatSameDiffCannotExpress() {
        assertThatThrownBy(
                        () -> Variants.highway(3).activation(Activation.RRELU).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("activation RRELU cannot be expressed in SameDiff");
    }

    @Test
    void refusesAGateBiasThatIsNotFinite() {
        assertThatThrownBy(
                        () -> Variants.highway(3).transformGateBias(Double.NaN).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("transform gate bias must be a finite number, got NaN");
    }

    @Test
    void refusesALearnedSkipWithFixedWeights() {
        assertThatThrownBy(() -> Variants.skip(3).learnSkip(true).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("alpha cannot be learned with weighting FIXED; use SCALAR or PER_UNIT");
    }

    @Test
    void refusesNOutOfADenseSkipLayer() {
        assertThatThrownBy(() -> new DenseSkipLayer.Builder().nOut(5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a DenseSkipLayer has nIn + growthRate outputs; call growthRate(5) instead of nOut");
    }

    @Test
    void refusesAGrowthRateBelowOne() {
        assertThatThrownBy(() -> new DenseSkipLayer.Builder().growthRate(0).build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> Variants.stack(Connection.DENSE, 2).growthRate(0).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesADepthBelowOne() {
        assertThatThrownBy(() -> Variants.stack(Connection.HIGHWAY, 0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("depth must be at least 1, got 0");
        assertThatThrownBy(() -> Variants.stack(Connection.PLAIN, -1).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("depth must be at least 1, got -1");
    }

    @ParameterizedTest
    @EnumSource(value = Connection.class, mode = EnumSource.Mode.EXCLUDE, names = "HIGHWAY")
    void refusesAGateBiasWithoutGates(Connection connection) {
        assertThatThrownBy(() ->
                        Variants.stack(connection, 2).transformGateBias(-2).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("transformGateBias is for HIGHWAY, but the connection is " + connection);
    }

    @Test
    void aStackTakesTheGateBiasThatFitsItsDepth() {
        assertThat(Variants.stack(Connection.HIGHWAY, 40).build().getTransformGateBias())
                .isEqualTo(HighwayBlock.defaultTransformGateBias(40));
        assertThat(Variants.stack(Connection.HIGHWAY, 40)
                        .transformGateBias(-7)
                        .build()
                        .getTransformGateBias())
                .isEqualTo(-7);
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging(), Variants.stack(Connection.HIGHWAY, 40).build());
        assertThat(net.getParam("0_b40/T/b").meanNumber().doubleValue())
                .isCloseTo(HighwayBlock.defaultTransformGateBias(40), within(1e-9));
    }

    @Test
    void aStackProjectsItsInputOnlyWhereTheSizesDiffer() {
        GatedStack stack = Variants.stack(Connection.HIGHWAY, 3).build();
        assertThat(((Stack) stack.block(3)).blocks()).hasSize(3);
        assertThat(((Stack) stack.block(4)).blocks()).hasSize(4);
    }

    @Test
    void aDenseStackGrowsByTheGrowthRate() {
        // nOut + depth·growth = 3 + 4·2.
        assertThat(Variants.stack(Connection.DENSE, 4).build().block(7).outputSize())
                .isEqualTo(11);
        MultiLayerConfiguration conf = Networks.configuration(
                Networks.unchanging(), Variants.stack(Connection.DENSE, 4).build());
        assertThat(((org.deeplearning4j.nn.conf.layers.OutputLayer)
                                conf.getConf(1).getLayer())
                        .getNIn())
                .isEqualTo(11);
    }

    @Test
    void layersOfOtherSettingsAreNotEqual() {
        assertThat(Variants.highway(4).build())
                .isEqualTo(Variants.highway(4).build())
                .hasSameHashCodeAs(Variants.highway(4).build())
                .isNotEqualTo(Variants.highway(4).transformGateBias(-2).build())
                .isNotEqualTo(Variants.highway(5).build())
                .isNotEqualTo(Variants.highway(4).layerNorm(true).build());
    }

    @Test
    void refusesAnInputThatIsNoRow() {
        assertThatThrownBy(() -> Variants.highway(4).nIn(4).build().getOutputType(2, InputType.recurrent(4)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("(index 2) reads rows of features; it needs a feed-forward input");
    }
}
