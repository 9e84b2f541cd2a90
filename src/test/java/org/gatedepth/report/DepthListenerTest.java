package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.DenseSkipLayer;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.HighwayLayer;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.dl4j.TransformGates;
import org.gatedepth.report.recording.DepthRecord;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

@ExtendWith(DoublePrecision.class)
class DepthListenerTest {
    private static final int ROWS = 8;

    private static GatedStack stack(Connection connection, int depth) {
        return new GatedStack.Builder()
                .connection(connection)
                .depth(depth)
                .nOut(5)
                .activation(Activation.TANH)
                .build();
    }

    private static DepthListener.Builder everyIteration() {
        return new DepthListener.Builder().every(1);
    }

    private static double norm(INDArray... arrays) {
        double squares = 0;
        for (INDArray array : arrays) {
            for (double value : array.dup().data().asDouble()) {
                squares += value * value;
            }
        }
        return Math.sqrt(squares);
    }

    private static INDArray[] block(Layer stack, int block) {
        return List.of("H/W", "H/b", "T/W", "T/b").stream()
                .map(name -> stack.getParam("b" + block + "/" + name).dup())
                .toArray(INDArray[]::new);
    }

    @Test
    void givesTheGradientThatPlainGradientDescentFollows() {
        MultiLayerNetwork network = Networks.network(Networks.builder(new Sgd(0.5)), stack(Connection.HIGHWAY, 3));
        DepthListener listener = everyIteration().build();
        network.setListeners(listener);
        INDArray[][] before = new INDArray[4][];
        for (int b = 1; b <= 3; b++) {
            before[b] = block(network.getLayer(0), b);
        }

        network.fit(Networks.data(ROWS, 1));

        List<DepthRecord.Block> blocks = listener.records().get(0).blocks();
        assertThat(blocks).extracting(DepthRecord.Block::block).containsExactly("layer0/1", "layer0/2", "layer0/3");
        for (int b = 1; b <= 3; b++) {
            INDArray[] after = block(network.getLayer(0), b);
            assertThat(blocks.get(b - 1).parameters()).isCloseTo(norm(after), within(1e-10));
            for (int p = 0; p < after.length; p++) {
                after[p].subi(before[b][p]);
            }
            assertThat(blocks.get(b - 1).gradient()).isCloseTo(norm(after) / 0.5, within(1e-10));
        }
    }

    @Test
    void givesTheSameInAGraph() {
        MultiLayerNetwork network = Networks.network(Networks.builder(new Sgd(0.5)), stack(Connection.HIGHWAY, 3));
        ComputationGraph graph = Networks.graph(Networks.builder(new Sgd(0.5)), stack(Connection.HIGHWAY, 3));
        graph.params().assign(network.params());
        DepthListener ofNetwork = everyIteration().build();
        DepthListener ofGraph = everyIteration().build();
        network.setListeners(ofNetwork);
        graph.setListeners(ofGraph);

        network.fit(Networks.data(ROWS, 1));
        graph.fit(Networks.data(ROWS, 1));

        assertThat(ofGraph.records().get(0).blocks())
                .isEqualTo(ofNetwork.records().get(0).blocks());
    }

    @Test
    void givesTheMeanGateBiasOfEachBlock() {
        MultiLayerNetwork network = Networks.network(Networks.builder(new Sgd(0)), stack(Connection.HIGHWAY, 2));
        network.getLayer(0).getParam("b1/T/b").assign(-2);
        network.getLayer(0).getParam("b2/T/b").assign(Nd4j.create(new double[] {-3, -3, -3, -3, 2}, new long[] {1, 5}));
        DepthListener listener = everyIteration().build();
        network.setListeners(listener);

        network.fit(Networks.data(ROWS, 1));

        assertThat(listener.records().get(0).blocks())
                .extracting(DepthRecord.Block::transformGateBias)
                .containsExactly(-2.0, -2.0);
        assertThat(listener.records().get(0).blocks()).allSatisfy(block -> {
            assertThat(block.alpha()).isNull();
            assertThat(block.beta()).isNull();
            assertThat(block.gate()).isNull();
        });
    }

    @Test
    void givesTheWeightOfEachBranch() {
        MultiLayerNetwork network = Networks.network(Networks.builder(new Sgd(0)), stack(Connection.WEIGHTED, 2));
        network.getLayer(0).getParam("b2/beta").assign(0.25);
        DepthListener listener = everyIteration().build();
        network.setListeners(listener);

        network.fit(Networks.data(ROWS, 1));

        assertThat(listener.records().get(0).blocks())
                .extracting(DepthRecord.Block::beta)
                .containsExactly(0.0, 0.25);
    }

    @Test
    void knowsLayersOfTheirOwn() {
        MultiLayerNetwork network = Networks.network(
                Networks.builder(new Sgd(0.5)),
                new HighwayLayer.Builder().name("gated").nOut(5).build(),
                new DenseSkipLayer.Builder().growthRate(2).build());
        INDArray before = network.getLayer(0).params().dup();
        DepthListener listener = everyIteration().build();
        network.setListeners(listener);

        network.fit(Networks.data(ROWS, 1));

        List<DepthRecord.Block> blocks = listener.records().get(0).blocks();
        assertThat(blocks).extracting(DepthRecord.Block::block).containsExactly("gated", "layer1");
        assertThat(blocks.get(0).gradient())
                .isCloseTo(norm(network.getLayer(0).params().sub(before)) / 0.5, within(1e-10));
    }

    @Test
    void recordsOneOfAnInterval() {
        ComputationGraph graph = Networks.graph(Networks.builder(new Adam(0.01)), stack(Connection.HIGHWAY, 2));
        DepthListener listener = new DepthListener.Builder().every(3).build();
        graph.setListeners(listener);

        for (int i = 0; i < 8; i++) {
            graph.fit(Networks.data(ROWS, i));
        }

        assertThat(listener.records()).extracting(DepthRecord::iteration).containsExactly(0, 3, 6);
        assertThat(listener.records().get(2).score()).isPositive().isFinite();
    }

    @Test
    void keepsTheLastRecords() {
        ComputationGraph graph = Networks.graph(Networks.builder(new Adam(0.01)), stack(Connection.HIGHWAY, 2));
        DepthListener listener = everyIteration().keep(2).build();
        graph.setListeners(listener);

        for (int i = 0; i < 5; i++) {
            graph.fit(Networks.data(ROWS, i));
        }

        assertThat(listener.records()).extracting(DepthRecord::iteration).containsExactly(3, 4);
    }

    @Test
    void measuresTheGatesOnFeatures() {
        ComputationGraph graph = Networks.graph(Networks.builder(new Adam(0.01)), stack(Connection.HIGHWAY, 3));
        INDArray features = normal(7, 20, Networks.INPUTS);
        DepthListener listener = everyIteration().gatesOn(features).build();
        graph.setListeners(listener);

        graph.fit(Networks.data(ROWS, 1));
        graph.fit(Networks.data(ROWS, 2));

        assertThat(listener.records().get(1).blocks())
                .extracting(DepthRecord.Block::gate)
                .containsExactlyElementsOf(new TransformGates(graph).means(features));
    }

    private static ComputationGraph withDropout() {
        ComputationGraph graph = new ComputationGraph(GatedNetworks.configuration(
                NetworkSpec.classification(4, 3).withSize(4, 6).withRegularisation(0.3, 1e-3)));
        graph.init();
        return graph;
    }

    private static void train(ComputationGraph graph) {
        Nd4j.getRandom().setSeed(3);
        DataSet data = new DataSet(
                normal(1, ROWS, 4).castTo(graph.params().dataType()),
                oneHot(ROWS, 3).castTo(graph.params().dataType()));
        for (int i = 0; i < 6; i++) {
            graph.fit(data);
        }
    }

    @Test
    void changesNothingThatTheNetworkLearns() {
        ComputationGraph alone = withDropout();
        train(alone);
        ComputationGraph watched = withDropout();
        watched.setListeners(everyIteration()
                .gatesOn(normal(7, 20, 4).castTo(watched.params().dataType()))
                .build());
        train(watched);

        assertThat(watched.params()).isEqualTo(alone.params());
        assertThat(watched.params().data().asDouble())
                .containsExactly(alone.params().data().asDouble());
        assertThat(watched.score()).isEqualTo(alone.score());
    }

    @Test
    void leavesTheNetworkSerialisable() throws IOException {
        MultiLayerNetwork network = Networks.network(Networks.builder(new Adam(0.01)), stack(Connection.HIGHWAY, 2));
        network.setListeners(everyIteration().build());
        network.fit(Networks.data(ROWS, 1));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        ModelSerializer.writeModel(network, bytes, true);

        assertThat(ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(bytes.toByteArray()), true)
                        .params())
                .isEqualTo(network.params());
    }

    @Test
    void refusesAnIntervalBelowOne() {
        assertThatThrownBy(() -> new DepthListener.Builder().every(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the interval must be at least 1 iteration, got 0");
    }

    @Test
    void measuresTheGatesOfANetworkOfLayers() {
        MultiLayerNetwork network = Networks.network(
                Networks.builder(new Adam(0.01)),
                new HighwayLayer.Builder().name("gated").nOut(5).build(),
                new FrozenLayer(stack(Connection.HIGHWAY, 2)));
        INDArray features = normal(7, 20, Networks.INPUTS);
        DepthListener listener = everyIteration().gatesOn(features).build();
        network.setListeners(listener);

        network.fit(Networks.data(ROWS, 1));
        network.fit(Networks.data(ROWS, 2));

        List<DepthRecord.Block> blocks = listener.records().get(1).blocks();
        Map<String, Double> gates = new TransformGates(network).byBlock(features);
        assertThat(blocks).extracting(DepthRecord.Block::block).containsExactly("gated", "layer1/1", "layer1/2");
        assertThat(blocks).allSatisfy(block -> assertThat(block.gate()).isEqualTo(gates.get(block.block())));
    }

    @Test
    void givesFrozenBlocksNoGradient() {
        MultiLayerNetwork network = Networks.network(
                Networks.builder(new Sgd(0.5)),
                new FrozenLayer(stack(Connection.HIGHWAY, 2)),
                new FrozenLayerWithBackprop(new HighwayLayer.Builder().nOut(5).build()));
        DepthListener listener = everyIteration().build();
        network.setListeners(listener);

        network.fit(Networks.data(ROWS, 1));

        List<DepthRecord.Block> blocks = listener.records().get(0).blocks();
        assertThat(blocks).extracting(DepthRecord.Block::block).containsExactly("layer0/1", "layer0/2", "layer1");
        assertThat(blocks).allSatisfy(block -> {
            assertThat(block.gradient()).isZero();
            assertThat(block.parameters()).isPositive();
            assertThat(block.transformGateBias()).isNegative();
        });
    }
}
