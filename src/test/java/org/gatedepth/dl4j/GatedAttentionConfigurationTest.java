package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.dl4j.SequenceNetworks.input;
import static org.gatedepth.dl4j.SequenceNetworks.labelling;
import static org.gatedepth.dl4j.SequenceNetworks.labels;
import static org.gatedepth.dl4j.SequenceNetworks.mask;
import static org.gatedepth.dl4j.SequenceNetworks.network;
import static org.gatedepth.dl4j.SequenceNetworks.output;
import static org.gatedepth.testing.Arrays.assertClose;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.memory.MemoryUseMode;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.block.Connection;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.attention.Positions;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** Builders of attention layers, what is stored of them, and what they refuse. */
@ExtendWith(DoublePrecision.class)
class GatedAttentionConfigurationTest {
    private static GatedAttentionLayer.Builder attention(Connection connection) {
        return new GatedAttentionLayer.Builder()
                .connection(connection)
                .heads(2)
                .growthRate(2)
                .nOut(6);
    }

    static Stream<org.deeplearning4j.nn.conf.layers.Layer> layers() {
        return Stream.concat(
                Stream.of(Connection.values())
                        .map(connection -> attention(connection)
                                .depth(2)
                                .layerNorm(false)
                                .dropOut(0.8)
                                .build()),
                Stream.of(
                        attention(Connection.HIGHWAY)
                                .causal(true)
                                .positions(Positions.LEARNED)
                                .maxSteps(9)
                                .feedForwardWidth(5)
                                .transformGateBias(-2)
                                .activation(Activation.SWISH)
                                .build(),
                        new Bidirectional(attention(Connection.RESIDUAL)
                                .positions(Positions.NONE)
                                .build())));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void isStoredAndGoesOnTrainingAlike(org.deeplearning4j.nn.conf.layers.Layer layer, @TempDir Path folder)
            throws Exception {
        MultiLayerConfiguration conf =
                SequenceNetworks.list(Networks.unchanging(), layer, output()).build();
        assertThat(MultiLayerConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
        assertThat(MultiLayerConfiguration.fromYaml(conf.toYaml())).isEqualTo(conf);
        MultiLayerNetwork net = network(Networks.builder(new Adam(0.01)), layer, output());
        DataSet data = new DataSet(input(1, 3, 6), labels(3, 6), mask(3, 6), mask(3, 6));
        net.fit(data);
        File file = folder.resolve("net.zip").toFile();
        ModelSerializer.writeModel(net, file, true);
        MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file, true);
        MultiLayerNetwork clone = net.clone();
        INDArray x = input(2, 2, 5);
        assertClose(restored.output(x), net.output(x), 0);
        assertClose(clone.output(x), net.output(x), 0);
        for (MultiLayerNetwork each : List.of(net, restored, clone)) {
            Nd4j.getRandom().setSeed(3);
            each.fit(data);
        }
        assertClose(restored.params(), net.params(), 1e-12);
        assertClose(clone.params(), net.params(), 1e-12);
    }

    @Test
    void isFineTunedAndItsSizesAreReplaced() {
        MultiLayerNetwork original = network(
                Networks.builder(new Sgd(0.1)),
                attention(Connection.HIGHWAY).build(),
                attention(Connection.RESIDUAL).build(),
                output());
        MultiLayerNetwork net = new TransferLearning.Builder(original)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Sgd(0.25))
                        .build())
                .nOutReplace(0, 8, WeightInit.XAVIER)
                .build();
        assertThat(((GatedAttentionLayer) net.getLayer(1).conf().getLayer()).getNIn())
                .isEqualTo(8);
        net.fit(new DataSet(input(1, 3, 6), labels(3, 6)));
        assertThat(net.output(input(1, 2, 5)).shape()).containsExactly(2, 2, 5);
    }

    @Test
    void takesTheDefaultsThatItsJavadocNames() {
        GatedAttentionLayer layer =
                new GatedAttentionLayer.Builder().depth(3).nOut(12).build();
        assertThat(layer.getConnection()).isEqualTo(Connection.HIGHWAY);
        assertThat(layer.getHeads()).isEqualTo(4);
        assertThat(layer.isCausal()).isFalse();
        assertThat(layer.isLayerNorm()).isTrue();
        assertThat(layer.getPositions()).isEqualTo(Positions.SINUSOIDAL);
        assertThat(layer.getFeedForwardWidth()).isEqualTo(32);
        assertThat(layer.getTransformGateBias()).isEqualTo(HighwayBlock.defaultTransformGateBias(6));
        assertThat(layer.transformActivation()).isEqualTo(Activation.SIGMOID);
        assertThat(layer.maxSteps()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void namesItsParametersAndItsMemory() {
        GatedAttentionLayer conf = attention(Connection.HIGHWAY)
                .positions(Positions.LEARNED)
                .maxSteps(9)
                .feedForwardWidth(5)
                .build();
        MultiLayerNetwork net = labelling(conf);
        Map<String, long[]> shapes = Map.of(
                "b0/W", new long[] {4, 6},
                "b0/P", new long[] {9, 6},
                "b1/H/W", new long[] {6, 18},
                "b1/H/O/W", new long[] {6, 6},
                "b1/H/gain", new long[] {1, 6},
                "b1/T/W", new long[] {6, 6},
                "b2/H/G/W", new long[] {6, 5},
                "b2/H/V/b", new long[] {1, 5},
                "b2/H/O/W", new long[] {5, 6});
        shapes.forEach((name, shape) ->
                assertThat(net.getLayer(0).getParam(name).shape()).as(name).containsExactly(shape));
        assertThat(net.getLayer(0).getParam("b0/P").stdNumber().doubleValue())
                .isCloseTo(Math.sqrt(1 / 6.0), within(0.1));
        InputType type = InputType.recurrent(4, 100);
        GatedAttentionLayer layer = (GatedAttentionLayer) net.getLayer(0).conf().getLayer();
        assertThat(layer.getMemoryReport(type)
                        .getTotalMemoryBytes(8, MemoryUseMode.TRAINING, CacheMode.NONE, DataType.FLOAT))
                .isGreaterThan(8L * 2 * 100 * 100 * Float.BYTES);
        assertThat(labelling(attention(Connection.DENSE).depth(2).build())
                        .getParam("1_W")
                        .size(0))
                .isEqualTo(6 + 2 * 2 * 2);
    }

    private static void refuses(String message, GatedAttentionLayer.Builder builder) {
        assertThatThrownBy(builder::build)
                .isInstanceOfAny(IllegalArgumentException.class, DL4JInvalidConfigException.class)
                .hasMessage(message);
    }

    @Test
    void refusesWhatItCannotBe() {
        refuses(
                "the number of heads must divide the width of the attention, got 4 heads and a width of 6",
                attention(Connection.HIGHWAY).heads(4));
        refuses("heads must be at least 1, got 0", attention(Connection.HIGHWAY).heads(0));
        refuses(
                "depth must be at least 1, got -1",
                attention(Connection.HIGHWAY).depth(-1));
        refuses("nOut must be at least 1, got 0", attention(Connection.HIGHWAY).nOut(0));
        refuses("nOut must be at least 1, got 0", attention(Connection.DENSE).growthRate(0));
        refuses(
                "maxSteps must be at least 1, or 0 for any number, got -3",
                attention(Connection.HIGHWAY).maxSteps(-3));
        refuses(
                "maxSteps, the number of positions that are learned, must be at least 1, got 0",
                attention(Connection.HIGHWAY).positions(Positions.LEARNED));
        refuses(
                "width of the feed-forward part must be at least 1, got 0",
                attention(Connection.HIGHWAY).feedForwardWidth(0));
        refuses(
                "transformGateBias is for HIGHWAY, but the connection is RESIDUAL",
                attention(Connection.RESIDUAL).transformGateBias(-1));
        assertThatThrownBy(() -> attention(Connection.PLAIN).nIn(4).build().getOutputType(2, InputType.feedForward(4)))
                .hasMessageStartingWith("GatedAttentionLayer \"null\" reads sequences; it needs InputType.recurrent");
    }
}
