package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.normal;

import java.util.List;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryType;
import org.deeplearning4j.nn.conf.memory.MemoryUseMode;
import org.deeplearning4j.nn.conf.memory.NetworkMemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.block.Weighting;
import org.gatedepth.dl4j.base.BlockLayer;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;

/** What summaries, memory reports, texts and messages say of the layers and vertices. */
@ExtendWith(DoublePrecision.class)
class DescriptionTest {
    private static final InputType ROWS = InputType.feedForward(Networks.INPUTS);
    private static final int BYTES = 8;

    private static ComputationGraph graph() {
        return Networks.init(Networks.builder(new Adam(0.01))
                .graphBuilder()
                .addInputs("in")
                .addLayer("a", new DenseLayer.Builder().nOut(4).build(), "in")
                .addVertex("gate", new HighwayGateVertex(), "a", "a", "in")
                .addVertex(
                        "sum",
                        new WeightedSkipVertex.Builder()
                                .weighting(Weighting.PER_UNIT)
                                .learnSkip(true)
                                .build(),
                        "gate",
                        "a")
                .addLayer("stack", Variants.stack(Connection.DENSE, 3).build(), "sum")
                .addLayer("skip", Variants.skip(4).build(), "stack")
                .addLayer(
                        "head",
                        new AuxiliaryOutputLayer.Builder(Loss.softmaxCrossEntropy())
                                .nOut(3)
                                .build(),
                        "stack")
                .addLayer("out", Networks.output(), "skip")
                .setOutputs("out", "head")
                .setInputTypes(ROWS));
    }

    private static MultiLayerNetwork supervised() {
        GatedStack stack = Variants.stack(Connection.HIGHWAY, 3).taps(1).build();
        MultiLayerNetwork network = new MultiLayerNetwork(Networks.builder(new Adam(0.01))
                .list()
                .layer(Variants.highway(4).build())
                .layer(new DenseSkipLayer.Builder().growthRate(2).build())
                .layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(Loss.softmaxCrossEntropy(), stack)
                        .nOut(3)
                        .head(1, Head.of(Loss.softmaxCrossEntropy(), 3))
                        .build())
                .setInputType(ROWS)
                .build());
        network.init();
        return network;
    }

    @Test
    void aSummaryNamesLayersAndVerticesAsTheyAreCalled() {
        assertThat(supervised().summary(ROWS))
                .contains(
                        "layer0 (HighwayLayer) ",
                        "layer1 (DenseSkipLayer) ",
                        "layer2 (GatedStack) ",
                        "layer3 (DeepSupervisionOutputLayer) ");
        assertThat(((BlockRuntime) supervised().getLayer(0)).clone().getClass().getSimpleName())
                .isEqualTo("HighwayLayer");
        assertThat(graph().summary(ROWS))
                .contains(
                        "gate (HighwayGateVertex) ",
                        "sum (WeightedSkipVertex) ",
                        "stack (GatedStack) ",
                        "skip (WeightedSkipLayer) ",
                        "head (AuxiliaryOutputLayer) ");
    }

    private static void assertMemory(MemoryReport report, long params, InputType in, InputType out) {
        for (int rows : new int[] {1, 7}) {
            assertThat(bytes(report, MemoryType.PARAMETERS, rows)).isEqualTo(params * BYTES);
            assertThat(bytes(report, MemoryType.PARAMATER_GRADIENTS, rows)).isEqualTo(params * BYTES);
            assertThat(bytes(report, MemoryType.UPDATER_STATE, rows)).isEqualTo(2 * params * BYTES); // Adam's m and v
            assertThat(bytes(report, MemoryType.ACTIVATIONS, rows))
                    .isEqualTo(rows * out.arrayElementsPerExample() * BYTES);
            assertThat(bytes(report, MemoryType.ACTIVATION_GRADIENTS, rows))
                    .isEqualTo(rows * in.arrayElementsPerExample() * BYTES);
        }
    }

    private static long bytes(MemoryReport report, MemoryType type, int rows) {
        return report.getMemoryBytes(type, rows, MemoryUseMode.TRAINING, CacheMode.NONE, DataType.DOUBLE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void theMemoryOfALayerIsThatOfItsParametersStateAndActivations(String name, Variants.Maker maker) {
        MultiLayerNetwork network = Networks.network(Networks.builder(new Adam(0.01)), maker.get());
        BlockLayer layer = (BlockLayer) network.getLayer(0).conf().getLayer();
        LayerMemoryReport report = layer.getMemoryReport(ROWS);
        assertMemory(report, network.getLayer(0).numParams(), ROWS, layer.getOutputType(0, ROWS));
        assertThat(report.getReportClass()).isEqualTo(layer.getClass());
        assertThat(report.getName()).isEqualTo("layer0");
        assertThat(bytes(report, MemoryType.WORKING_MEMORY_VARIABLE, 1)).isPositive();
    }

    @Test
    void theMemoryOfWholeNetworksAddsUp() {
        MultiLayerNetwork network = supervised();
        NetworkMemoryReport report = network.getLayerWiseConfigurations().getMemoryReport(ROWS);
        assertThat(report.toString()).contains("1 x GatedStack", "1 x DeepSupervisionOutputLayer");
        assertThat(bytes(report, MemoryType.PARAMETERS, 1))
                .isEqualTo(network.params().length() * BYTES);
        network.fit(Networks.data(8, 1));
        assertThat(bytes(report, MemoryType.UPDATER_STATE, 1))
                .isEqualTo(network.getUpdater().getStateViewArray().length() * BYTES);

        ComputationGraph graph = graph();
        NetworkMemoryReport ofGraph = graph.getConfiguration().getMemoryReport(ROWS);
        assertThat(ofGraph.toString()).contains("1 x WeightedSkipVertex", "1 x HighwayGateVertex", "1 x GatedStack");
        assertThat(bytes(ofGraph, MemoryType.PARAMETERS, 1))
                .isEqualTo(graph.params().length() * BYTES);
        MemoryReport sum = graph.getConfiguration().getVertices().get("sum").getMemoryReport(ROWS, ROWS);
        assertMemory(sum, 8, ROWS, ROWS);
    }

    @Test
    void aLayerBehindAPreProcessorHasAMemoryReport() {
        ComputationGraphConfiguration conf = Networks.builder(new Adam(0.01))
                .graphBuilder()
                .addInputs("in")
                .addLayer("conv", new ConvolutionLayer.Builder(2, 2).nOut(2).build(), "in")
                .addLayer("gated", Variants.highway(4).build(), "conv")
                .addLayer("out", Networks.output(), "gated")
                .setOutputs("out")
                .setInputTypes(InputType.convolutional(4, 4, 1))
                .build();
        NetworkMemoryReport report = conf.getMemoryReport(InputType.convolutional(4, 4, 1));
        ComputationGraph graph = new ComputationGraph(conf);
        graph.init();
        assertThat(bytes(report, MemoryType.PARAMETERS, 1)).isEqualTo(graph.numParams() * BYTES);
    }

    @Test
    void aConfigurationSaysItsNameItsSizesAndWhatItIs() {
        MultiLayerNetwork network = supervised();
        List<String> texts = network.getLayerWiseConfigurations().getConfs().stream()
                .map(conf -> conf.getLayer().toString())
                .toList();
        assertThat(texts)
                .containsExactly(
                        "HighwayLayer(name=layer0, nIn=4, nOut=4, activation=TANH)",
                        "DenseSkipLayer(name=layer1, nIn=4, nOut=2, activation=RELU)",
                        "GatedStack(name=layer2, nIn=6, nOut=3, connection=HIGHWAY, depth=3, activation=TANH)",
                        "DeepSupervisionOutputLayer(name=layer3, nIn=6, nOut=3, loss=" + Loss.softmaxCrossEntropy()
                                + ", heads=2)");
        assertThat(network.getLayer(2).toString()).isEqualTo(texts.get(2));
        assertThat(graph().getConfiguration().getVertices().get("sum").toString())
                .isEqualTo("WeightedSkipVertex(name=sum, inputs=[skip, branch], weighting=PER_UNIT, units=4)");
    }

    @Test
    void aMessageOfALayerNamesItsClassAndItsSizes() {
        assertThatThrownBy(() -> graph().getLayer("skip").setParam("x", normal(1, 1, 1)))
                .hasMessageEndingWith(
                        "(layer name: skip, layer index: 5, layer type: WeightedSkipLayer, nIn: 9, outputs: 4)");
        assertThatThrownBy(() -> supervised().output(normal(1, 2, 5)))
                .hasMessage("expected input of shape [minibatch, 4], got [2, 5] (layer name: layer0, layer index: 0,"
                        + " layer type: HighwayLayer, nIn: 4, outputs: 4)");
    }
}
