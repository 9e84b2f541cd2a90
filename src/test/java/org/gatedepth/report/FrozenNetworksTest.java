package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.gatedepth.dl4j.AuxiliaryOutputLayer;
import org.gatedepth.dl4j.DeepSupervisionOutputLayer;
import org.gatedepth.dl4j.EarlyExit;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.HighwayGateVertex;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.dl4j.TransformGates;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.FixedSchedule;

/** Networks whose layers and vertices are frozen are measured, shortened and used like others. */
class FrozenNetworksTest {
    private static final int WIDTH = 6;
    private static final INDArray X = normal(1, DataType.FLOAT, 40, WIDTH);
    private static final INDArray Y = oneHot(40, 3).castTo(DataType.FLOAT);
    private static final DataSet DATA = new DataSet(X, Y);
    private static final MultiDataSet TWO_OUTPUTS = new MultiDataSet(new INDArray[] {X}, new INDArray[] {Y, Y});

    private static GatedStack.Builder stack(int depth) {
        return new GatedStack.Builder().depth(depth).nOut(WIDTH);
    }

    private static NeuralNetConfiguration.Builder builder() {
        return new NeuralNetConfiguration.Builder().seed(1).updater(new Sgd(0.01));
    }

    private static MultiLayerNetwork network(Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = builder().list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork network = new MultiLayerNetwork(
                list.setInputType(InputType.feedForward(WIDTH)).build());
        network.init();
        return network;
    }

    private static MultiLayerNetwork frozen(MultiLayerNetwork network, int top) {
        return new TransferLearning.Builder(network).setFeatureExtractor(top).build();
    }

    private static ComputationGraph frozen(ComputationGraph network, String top) {
        return new TransferLearning.GraphBuilder(network)
                .setFeatureExtractor(top)
                .build();
    }

    @Test
    void aReportSaysTheSameOfAFrozenNetwork() {
        MultiLayerNetwork network = network(stack(4).build(), stack(2).build(), Networks.output());

        assertThat(DepthReport.of(frozen(network, 0), DATA)).isEqualTo(DepthReport.of(network, DATA));
        assertThat(DepthReport.of(frozen(network, 1), DATA)).isEqualTo(DepthReport.of(network, DATA));
    }

    @Test
    void aReportReachesWhatIsBelowFrozenBatchNormalisation() {
        MultiLayerNetwork network =
                network(stack(2).build(), new BatchNormalization(), stack(2).build(), Networks.output());

        assertThat(DepthReport.of(frozen(network, 2), DATA)).isEqualTo(DepthReport.of(network, DATA));
    }

    @Test
    void shrinkTakesTheReportOfAFrozenNetwork() {
        MultiLayerNetwork network =
                frozen(network(stack(4).transformGateBias(-20).build(), Networks.output()), 0);
        INDArray before = network.output(X);

        Shrink.Result<MultiLayerNetwork> lean = Shrink.without(network, DepthReport.of(network, DATA));

        assertThat(lean.removed()).hasSize(3);
        assertThat(lean.kept()).hasSize(1);
        assertThat(lean.network().getLayerWiseConfigurations().getConf(0).getLayer())
                .isInstanceOf(FrozenLayer.class);
        assertClose(lean.network().output(X), before, 1e-6);
    }

    @Test
    void shrinkGoesBelowAndAboveFrozenLayers() {
        for (Layer middle : List.of(
                stack(3).build(), new FrozenLayer(stack(3).build()), new FrozenLayerWithBackprop(stack(3).build()))) {
            MultiLayerNetwork network =
                    network(new DenseLayer.Builder().nOut(WIDTH).build(), middle, stack(3).build(), Networks.output());

            Shrink.Result<MultiLayerNetwork> lean =
                    Shrink.without(network, List.of("layer1/1", "layer1/3", "layer2/2"));

            assertThat(lean.removed()).containsExactly("layer1/1", "layer1/3", "layer2/2");
            assertThat(lean.network().getLayer(1).getParam("b0/H/W"))
                    .isEqualTo(network.getLayer(1).getParam("b1/H/W"));
        }
    }

    private static ComputationGraph withAGateVertex() {
        ComputationGraph graph = new ComputationGraph(builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("h", new DenseLayer.Builder().nOut(WIDTH).build(), "in")
                .addLayer(
                        "g",
                        new DenseLayer.Builder()
                                .nOut(WIDTH)
                                .biasInit(-20)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "in")
                .addVertex("gate", new HighwayGateVertex(), "h", "g", "in")
                .addLayer("stack", stack(3).transformGateBias(-20).build(), "gate")
                .addLayer("out", Networks.output(), "stack")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(WIDTH))
                .build());
        graph.init();
        return graph;
    }

    @Test
    void shrinkTakesAVertexThatAReportCallsIdle() {
        for (ComputationGraph graph : List.of(withAGateVertex(), frozen(withAGateVertex(), "stack"))) {
            DepthReport report = DepthReport.of(graph, DATA);
            assertThat(report.lesions().idle()).containsExactlyInAnyOrder("gate", "stack/1", "stack/2", "stack/3");

            Shrink.Result<ComputationGraph> lean = Shrink.without(graph, report);

            assertThat(lean.removed()).hasSize(3).startsWith("gate");
            assertThat(lean.kept()).hasSize(1).containsValue("a stack keeps at least one block");
            assertThat(lean.network().getConfiguration().getVertices()).containsOnlyKeys("stack", "out");
            assertClose(lean.network().output(X)[0], graph.output(X)[0], 1e-6);
        }
    }

    @Test
    void aFrozenVertexIsMeasured() {
        ComputationGraph graph = withAGateVertex();

        assertThat(DepthReport.of(frozen(graph, "stack"), DATA)).isEqualTo(DepthReport.of(graph, DATA));
    }

    @Test
    void theHeadsOfAFrozenStackAreUsedAndLeftOut() {
        GatedStack tapped = stack(3).taps(1).build();
        Loss loss = Loss.softmaxCrossEntropy();
        MultiLayerNetwork network = network(
                tapped,
                new DeepSupervisionOutputLayer.Builder(loss, tapped)
                        .nOut(3)
                        .head(1, Head.of(loss, 3))
                        .build());
        MultiLayerNetwork frozen = frozen(network, 0);

        assertThat(new EarlyExit(frozen, 0.4).predict(X).exits())
                .isEqualTo(new EarlyExit(network, 0.4).predict(X).exits())
                .contains(0, 1);
        assertClose(GatedNetworks.withoutHeads(frozen).output(X), frozen.output(X), 0);
        assertThat(DepthReport.of(frozen, DATA).heads())
                .extracting(HeadReport::name)
                .containsExactly("head1", "main");
    }

    private static ComputationGraph withHeads() {
        ComputationGraph graph = new ComputationGraph(GatedNetworks.configuration(
                NetworkSpec.classification(WIDTH, 3).withSize(4, WIDTH).withHeadsEvery(2, new FixedSchedule(0.3))));
        graph.init();
        return graph;
    }

    @Test
    void aGraphWithHeadsIsUsedAsBeforeWhateverIsFrozen() {
        ComputationGraph graph = withHeads();
        DepthReport report = DepthReport.of(graph, TWO_OUTPUTS);
        EarlyExit.Result exit = new EarlyExit(graph, List.of("head2"), 0.4).predict(X);
        Map<String, Double> gates = new TransformGates(graph).byBlock(X);
        for (String top : List.of("stack1", "stack2")) {
            ComputationGraph frozen = frozen(graph, top);

            assertThat(DepthReport.of(frozen, TWO_OUTPUTS)).isEqualTo(report);
            assertThat(new EarlyExit(frozen, List.of("head2"), 0.4).predict(X).exits())
                    .isEqualTo(exit.exits());
            assertThat(new TransformGates(frozen).byBlock(X)).isEqualTo(gates);
            assertClose(frozen.output(X)[0], graph.output(X)[0], 0);
            assertThat(GatedNetworks.withoutHeads(frozen).getNumOutputArrays()).isEqualTo(1);
            assertThat(Shrink.without(frozen, List.of("stack1/1", "stack2/2")).removed())
                    .containsExactly("stack1/1", "stack2/2");
        }
    }

    @Test
    void aFrozenHeadIsLeftOut() {
        ComputationGraph graph = new ComputationGraph(builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("stack", stack(2).build(), "in")
                .addLayer(
                        "head",
                        new FrozenLayerWithBackprop(new AuxiliaryOutputLayer.Builder(Loss.softmaxCrossEntropy())
                                .nOut(3)
                                .build()),
                        "stack")
                .addLayer("out", Networks.output(), "stack")
                .setOutputs("out", "head")
                .setInputTypes(InputType.feedForward(WIDTH))
                .build());
        graph.init();

        assertThat(GatedNetworks.withoutHeads(graph).getConfiguration().getNetworkOutputs())
                .containsExactly("out");
    }
}
