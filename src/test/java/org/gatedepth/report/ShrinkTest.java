package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.block.Connection;
import org.gatedepth.block.Weighting;
import org.gatedepth.dl4j.AuxiliaryHead;
import org.gatedepth.dl4j.DeepSupervisionOutputLayer;
import org.gatedepth.dl4j.DenseSkipLayer;
import org.gatedepth.dl4j.EarlyExit;
import org.gatedepth.dl4j.Embedding;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.HighwayLayer;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.dl4j.WeightedSkipLayer;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

@ExtendWith(DoublePrecision.class)
class ShrinkTest {
    private static final int ROWS = 7;
    private static final int WIDTH = 5;

    private static INDArray x() {
        return normal(1, ROWS, Networks.INPUTS);
    }

    private static NeuralNetConfiguration.Builder builder() {
        return Networks.builder(new Adam(0.01));
    }

    private static GatedStack.Builder stack(Connection connection, int depth) {
        return new GatedStack.Builder()
                .connection(connection)
                .depth(depth)
                .nOut(WIDTH)
                .activation(Activation.TANH);
    }

    /** A graph in, stack, out whose parameters are all normal numbers. */
    private static ComputationGraph graph(GatedStack stack) {
        ComputationGraph graph = Networks.init(builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("stack", stack, "in")
                .addLayer("out", Networks.output(), "stack")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(Networks.INPUTS)));
        graph.params().assign(normal(3, 1, graph.numParams()).muli(0.5));
        return graph;
    }

    /** Makes a block hand on its input. */
    private static void bypass(Layer layer, String scope, Connection connection) {
        switch (connection) {
            case HIGHWAY -> {
                layer.getParam(scope + "T/W").assign(0);
                layer.getParam(scope + "T/b").assign(-100);
            }
            case WEIGHTED -> layer.getParam(scope + "beta").assign(0);
            case RESIDUAL -> {
                layer.getParam(scope + "F/W").assign(0);
                layer.getParam(scope + "F/b").assign(0);
            }
            case PLAIN -> {
                layer.getParam(scope + "W").assign(Nd4j.eye(WIDTH).castTo(DataType.DOUBLE));
                layer.getParam(scope + "b").assign(0);
            }
            default -> throw new IllegalArgumentException(connection + " has no block that gives its input");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PLAIN", "RESIDUAL", "WEIGHTED", "HIGHWAY"})
    void predictsWhatTheNetworkPredictsWithTheBlocksBypassed(Connection connection) {
        Activation activation = connection == Connection.PLAIN ? Activation.IDENTITY : Activation.TANH;
        ComputationGraph graph =
                graph(stack(connection, 5).activation(activation).build());
        // nIn differs from nOut: b0 is the projection.
        bypass(graph.getLayer("stack"), "b2/", connection);
        bypass(graph.getLayer("stack"), "b5/", connection);

        Shrink.Result<ComputationGraph> lean = Shrink.without(graph, List.of("stack/2", "stack/5"));

        assertThat(lean.removed()).containsExactly("stack/2", "stack/5");
        assertThat(lean.kept()).isEmpty();
        assertThat(((GatedStack) lean.network().getLayer("stack").conf().getLayer()).getDepth())
                .isEqualTo(3);
        assertThat(lean.network().numParams()).isLessThan(graph.numParams());
        assertClose(lean.network().outputSingle(x()), graph.outputSingle(x()), 1e-12);
    }

    @Test
    void numbersTheBlocksAnew() {
        ComputationGraph graph =
                graph(stack(Connection.HIGHWAY, 4).layerNorm(true).build());

        ComputationGraph lean = Shrink.without(graph, List.of("stack/2")).network();

        Layer before = graph.getLayer("stack");
        Layer after = lean.getLayer("stack");
        Map<String, String> origins = Map.of("b0", "b0", "b1", "b1", "b2", "b3", "b3", "b4");
        origins.forEach((now, then) -> {
            for (String name : now.equals("b0") ? List.of("/W", "/b") : List.of("/H/W", "/T/W", "/H/gain", "/T/b")) {
                assertThat(after.getParam(now + name)).isEqualTo(before.getParam(then + name));
            }
        });
    }

    @Test
    void leavesTheGivenNetworkAlone() {
        ComputationGraph graph = graph(stack(Connection.HIGHWAY, 4).build());
        INDArray params = graph.params().dup();
        String conf = graph.getConfiguration().toJson();

        Shrink.without(graph, List.of("stack/1", "stack/3")).network().fit(Networks.data(ROWS, 1));

        assertThat(graph.params()).isEqualTo(params);
        assertThat(graph.getConfiguration().toJson()).isEqualTo(conf);
    }

    @Test
    void keepsTheBlockNamedLastWhereAllAreToGo() {
        ComputationGraph graph = graph(stack(Connection.HIGHWAY, 3).build());

        Shrink.Result<ComputationGraph> lean = Shrink.without(graph, List.of("stack/3", "stack/2", "stack/1"));

        assertThat(lean.removed()).containsExactly("stack/2", "stack/3");
        assertThat(lean.kept()).containsExactly(Map.entry("stack/1", "a stack keeps at least one block"));
        assertThat(lean.network().getLayer("stack").getParam("b1/H/W"))
                .isEqualTo(graph.getLayer("stack").getParam("b1/H/W"));
    }

    @Test
    void keepsDenseBlocks() {
        ComputationGraph graph = graph(stack(Connection.DENSE, 3).growthRate(2).build());

        Shrink.Result<ComputationGraph> lean = Shrink.without(graph, List.of("stack/2"));

        assertThat(lean.removed()).isEmpty();
        assertThat(lean.kept()).containsExactly(Map.entry("stack/2", "what follows a dense block reads its features"));
        assertThat(lean.network().outputSingle(x())).isEqualTo(graph.outputSingle(x()));
    }

    @Test
    void takesTheIdleBlocksOfAReport() {
        ComputationGraph graph = graph(stack(Connection.HIGHWAY, 3).build());
        Lesions lesions = new Lesions(
                new Lesions.Outcome("", 1, null, 0),
                List.of(),
                List.of(
                        new Lesions.Outcome("stack/2", 1, null, 0),
                        new Lesions.Outcome("stack/1", 1, null, 0.01),
                        new Lesions.Outcome("stack/3", 2, null, 0.5)));
        DepthReport report =
                new DepthReport(1, "", 0, 0, List.of(), List.of(), List.of(), List.of(), lesions, List.of(), List.of());

        assertThat(Shrink.without(graph, report).removed()).containsExactly("stack/1", "stack/2");
    }

    @Test
    void refusesABlockThatTheNetworkDoesNotHave() {
        ComputationGraph graph = graph(stack(Connection.HIGHWAY, 3).build());

        assertThatThrownBy(() -> Shrink.without(graph, List.of("stack/4")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the network has no block \"stack/4\"; its blocks are stack/1 to stack/3");
    }

    @Test
    void refusesANetworkThatIsNotInitialised() {
        ComputationGraph graph = new ComputationGraph(GatedNetworks.configuration(NetworkSpec.classification(4, 3)));
        MultiLayerNetwork layers = new MultiLayerNetwork(builder()
                .list(new HighwayLayer.Builder().nIn(4).nOut(4).build(), Networks.output())
                .build());
        String sentence = "the network is not initialised: call init() on it, or load a trained one";

        assertThatThrownBy(() -> Shrink.without(graph, List.of("stack/1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
        assertThatThrownBy(() -> Shrink.without(layers, List.of("layer0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }

    @Test
    void countsAndLearnsOn() {
        ComputationGraph graph = graph(stack(Connection.HIGHWAY, 4).build());
        for (int i = 0; i < 3; i++) {
            graph.fit(Networks.data(ROWS, i));
        }
        graph.getConfiguration().setEpochCount(2);

        ComputationGraph lean = Shrink.without(graph, List.of("stack/1")).network();

        assertThat(lean.getIterationCount()).isEqualTo(3);
        assertThat(lean.getEpochCount()).isEqualTo(2);
        double before = lean.score(Networks.data(40, 9));
        for (int i = 0; i < 30; i++) {
            lean.fit(Networks.data(40, 9));
        }
        assertThat(lean.score(Networks.data(40, 9))).isLessThan(before);
    }

    @Test
    void isWrittenAndRead() throws IOException {
        ComputationGraph lean = Shrink.without(
                        graph(stack(Connection.HIGHWAY, 4).build()), List.of("stack/1", "stack/4"))
                .network();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(lean, bytes, true);

        ComputationGraph read =
                ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(bytes.toByteArray()), true);

        assertThat(read.outputSingle(x())).isEqualTo(lean.outputSingle(x()));
    }

    @Test
    void keepsHeadsAndEmbeddings() {
        Head head = Head.of(Loss.softmaxCrossEntropy(), 3);
        ComputationGraph graph = new ComputationGraph(GatedNetworks.configuration(NetworkSpec.classification(4, 3)
                .withSize(6, WIDTH)
                .withActivation(Activation.TANH)
                .withHeads(List.of(new AuxiliaryHead("low", 2, head), new AuxiliaryHead("high", 4, head)))
                .withEmbeddings(List.of(new Embedding(3, 2)))));
        graph.init();
        graph = graph.convertDataType(DataType.DOUBLE);
        // Three numbers and a vector of two are as wide as the stack: there is no projection.
        bypass(graph.getLayer("stack1"), "b1/", Connection.HIGHWAY);
        bypass(graph.getLayer("stack2"), "b0/", Connection.HIGHWAY);
        bypass(graph.getLayer("stack2"), "b1/", Connection.HIGHWAY);
        INDArray inputs = x();
        for (int i = 0; i < ROWS; i++) {
            inputs.putScalar(i, 3, i % 3);
        }

        Shrink.Result<ComputationGraph> lean = Shrink.without(graph, List.of("stack1/2", "stack2/2", "stack2/1"));

        assertThat(lean.removed()).containsExactly("stack1/2", "stack2/2");
        assertThat(lean.kept()).containsOnlyKeys("stack2/1");
        INDArray[] expected = graph.output(inputs);
        INDArray[] got = lean.network().output(inputs);
        assertThat(got).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertClose(got[i], expected[i], 1e-12);
        }
        INDArray[] labels = new INDArray[3];
        Arrays.fill(labels, oneHot(ROWS, 3));
        lean.network().fit(new MultiDataSet(new INDArray[] {inputs}, labels));
    }

    /** Taps at 2 and 4 of 5 blocks, each with a head. */
    private static MultiLayerNetwork supervised() {
        GatedStack stack = stack(Connection.HIGHWAY, 5).taps(2, 4).build();
        Head head = Head.of(Loss.softmaxCrossEntropy(), Networks.CLASSES);
        MultiLayerNetwork network = new MultiLayerNetwork(builder()
                .list()
                .layer(new DenseLayer.Builder().nOut(WIDTH).build())
                .layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(Loss.softmaxCrossEntropy(), stack)
                        .nOut(Networks.CLASSES)
                        .head(4, head)
                        .head(2, head)
                        .build())
                .setInputType(InputType.feedForward(Networks.INPUTS))
                .build());
        network.init();
        network.params().assign(normal(3, 1, network.numParams()).muli(0.5));
        return network;
    }

    @Test
    void movesTapsAndHeads() {
        MultiLayerNetwork network = supervised();
        bypass(network.getLayer(1), "b0/", Connection.HIGHWAY);
        bypass(network.getLayer(1), "b3/", Connection.HIGHWAY);

        Shrink.Result<MultiLayerNetwork> lean = Shrink.without(network, List.of("layer1/4", "layer1/1"));

        GatedStack stack = (GatedStack) lean.network().getLayer(1).conf().getLayer();
        assertThat(stack.getDepth()).isEqualTo(3);
        assertThat(stack.getTaps()).containsExactly(1, 2);
        assertClose(lean.network().output(x()), network.output(x()), 1e-12);
        assertClose(taps(lean.network()), taps(network), 1e-12);
        // The heads' losses are part of the score.
        assertThat(lean.network().score(Networks.data(ROWS, 1)))
                .isCloseTo(network.score(Networks.data(ROWS, 1)), within(1e-12));
        lean.network().fit(Networks.data(ROWS, 1));
        assertThat(new EarlyExit(lean.network(), 0.9).predict(x()).heads())
                .isEqualTo(new EarlyExit(network, 0.9).predict(x()).heads());
    }

    private static INDArray taps(MultiLayerNetwork network) {
        return network.feedForward(x(), false).get(2);
    }

    @Test
    void keepsABlockBelowEachTapAndAboveTheLast() {
        Shrink.Result<MultiLayerNetwork> lean =
                Shrink.without(supervised(), List.of("layer1/3", "layer1/5", "layer1/4"));

        assertThat(lean.removed()).containsExactly("layer1/3");
        assertThat(lean.kept())
                .containsOnlyKeys("layer1/4", "layer1/5")
                .containsValue("at least one block stays below each tap and above the last");
    }

    @Test
    void leavesOutSingleLayersOfANetwork() {
        MultiLayerNetwork network = Networks.network(
                builder(),
                new HighwayLayer.Builder().nOut(WIDTH).build(),
                new HighwayLayer.Builder().nOut(WIDTH).build(),
                new WeightedSkipLayer.Builder()
                        .nOut(WIDTH)
                        .weighting(Weighting.SCALAR)
                        .beta(0)
                        .build(),
                new WeightedSkipLayer.Builder().nOut(WIDTH).alpha(0.5).build(),
                new BatchNormalization(),
                new DenseSkipLayer.Builder().growthRate(2).build());
        bypass(network.getLayer(1), "", Connection.HIGHWAY);

        Shrink.Result<MultiLayerNetwork> lean =
                Shrink.without(network, List.of("layer0", "layer1", "layer2", "layer3", "layer5"));

        assertThat(lean.removed()).containsExactly("layer1", "layer2");
        assertThat(lean.kept())
                .containsExactly(
                        Map.entry("layer0", "it changes the number of features from 4 to 5"),
                        Map.entry("layer3", "its skip multiplies by 0.5"),
                        Map.entry("layer5", "what follows a dense block reads its features"));
        assertThat(lean.network().getnLayers()).isEqualTo(5);
        assertClose(lean.network().output(x()), network.output(x()), 1e-12);
        lean.network().fit(Networks.data(ROWS, 1));
    }

    @Test
    void leavesOutSingleLayersOfAGraph() {
        ComputationGraph graph = Networks.graph(
                builder(),
                new DenseLayer.Builder().nOut(WIDTH).build(),
                new HighwayLayer.Builder().nOut(WIDTH).build(),
                new HighwayLayer.Builder().nOut(WIDTH).build());
        bypass(graph.getLayer("layer1"), "", Connection.HIGHWAY);
        bypass(graph.getLayer("layer2"), "", Connection.HIGHWAY);

        Shrink.Result<ComputationGraph> lean = Shrink.without(graph, List.of("layer2", "layer1"));

        assertThat(lean.removed()).containsExactly("layer1", "layer2");
        assertThat(lean.network().getNumLayers()).isEqualTo(2);
        assertClose(lean.network().outputSingle(x()), graph.outputSingle(x()), 1e-12);
        lean.network().fit(Networks.data(ROWS, 1));
    }

    @Test
    void keepsALayerWhoseInputIsReadBesides() {
        ComputationGraph graph = Networks.init(builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("dense", new DenseLayer.Builder().nOut(WIDTH).build(), "in")
                .addLayer("highway1", new HighwayLayer.Builder().nOut(WIDTH).build(), "dense")
                .addLayer("highway2", new HighwayLayer.Builder().nOut(WIDTH).build(), "highway1")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "highway2", "dense")
                .addLayer("out", Networks.output(), "sum")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(Networks.INPUTS)));

        Shrink.Result<ComputationGraph> lean = Shrink.without(graph, List.of("highway1", "highway2"));

        assertThat(lean.removed()).containsExactly("highway1");
        assertThat(lean.kept()).containsExactly(Map.entry("highway2", "what reads it reads its input too"));
    }
}
