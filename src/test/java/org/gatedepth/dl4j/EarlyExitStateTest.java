package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.dl4j.EarlyExitGraphTest.HEADS;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Early exit leaves the network, its inputs and all arrays of the caller as they are, and predicts as the network does.
 */
@ExtendWith(DoublePrecision.class)
class EarlyExitStateTest {
    private static final int ROWS = 40;

    private static final InputType ROW = InputType.feedForward(Networks.INPUTS);

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.6, 1})
    void theDataSetThatWasFittedLastStaysAsItIs(double confidence) {
        ComputationGraph graph = EarlyExitGraphTest.skipping(DataType.DOUBLE);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        INDArray y = oneHot(ROWS, Networks.CLASSES);
        MultiDataSet data = new MultiDataSet(new INDArray[] {x}, new INDArray[] {y, y, y});
        graph.fit(data);

        new EarlyExit(graph, HEADS, confidence).predict(normal(2, ROWS - 5, Networks.INPUTS));

        assertThat(data.getFeatures(0)).isSameAs(x).isEqualTo(normal(1, ROWS, Networks.INPUTS));
        assertThat(graph.getInput(0)).isSameAs(x);
    }

    @Test
    void theInputAndTheMaskOfAListOfLayersStayAsTheyAre() {
        Layer dense = new DenseLayer.Builder().nOut(5).build();
        MultiLayerNetwork network = EarlyExitStackTest.network(
                DataType.DOUBLE,
                ROW,
                EarlyExitStackTest.stack(Connection.HIGHWAY, 5).build(),
                dense);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        INDArray expected = network.output(x).dup();
        INDArray mask = normal(3, 3, 1);
        network.setInput(x);
        network.setMask(mask);

        INDArray other = normal(2, ROWS - 5, Networks.INPUTS);
        assertThat(new EarlyExit(network, 1).predict(other).exits()).hasSize(ROWS - 5);

        assertThat(network.getInput()).isSameAs(x);
        assertThat(network.getMask()).isSameAs(mask);
        network.setMask(null);
        assertClose(network.output(x), expected, 0);
    }

    private static List<Layer> inPlace() {
        return List.of(
                new ActivationLayer(Activation.RELU),
                new PReLULayer.Builder().inputShape(4).build(),
                new DropoutLayer(0.5));
    }

    static Stream<Arguments> inPlaceByMode() {
        return inPlace().stream()
                .flatMap(layer ->
                        Stream.of(WorkspaceMode.ENABLED, WorkspaceMode.NONE).map(mode -> Arguments.of(layer, mode)));
    }

    private static GraphBuilder builder(WorkspaceMode mode) {
        return Networks.builder(new Adam(0.01))
                .inferenceWorkspaceMode(mode)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(ROW)
                .setOutputs("out", "high", "low");
    }

    private static GraphBuilder withHeads(GraphBuilder builder, String below) {
        return builder.addLayer("low", EarlyExitGraphTest.head().build(), below)
                .addLayer("s1", Variants.stack(Connection.HIGHWAY, 2).build(), below)
                .addLayer("high", EarlyExitGraphTest.head().build(), "s1")
                .addLayer("s2", Variants.stack(Connection.HIGHWAY, 2).build(), "s1")
                .addLayer("out", Networks.output(), "s2");
    }

    /** A skip reads what a layer that works in place reads. */
    @ParameterizedTest
    @MethodSource("inPlaceByMode")
    void whatLayersThatWorkInPlaceShareIsSharedAsInTheNetwork(Layer inPlace, WorkspaceMode mode) {
        ComputationGraph graph = EarlyExitGraphTest.init(withHeads(
                builder(mode)
                        .addLayer(
                                "d",
                                new DenseLayer.Builder()
                                        .nOut(4)
                                        .activation(Activation.IDENTITY)
                                        .build(),
                                "in")
                        .addLayer("r", inPlace, "d")
                        .addLayer("b", new DenseLayer.Builder().nOut(4).build(), "r")
                        .addVertex("skip", new WeightedSkipVertex(), "d", "b"),
                "skip"));
        assertPredictsAsTheNetwork(graph);
    }

    @ParameterizedTest
    @MethodSource("inPlaceByMode")
    void theFeaturesStayAsTheyAreBelowALayerThatWorksInPlace(Layer inPlace, WorkspaceMode mode) {
        assertPredictsAsTheNetwork(
                EarlyExitGraphTest.init(withHeads(builder(mode).addLayer("r", inPlace, "in"), "r")));
    }

    /** Deeplearning4j's own output writes into the features, and so it is given a copy. */
    private static void assertPredictsAsTheNetwork(ComputationGraph graph) {
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        INDArray[] all = graph.output(false, x.dup());
        INDArray before = x.dup();
        assertClose(new EarlyExit(graph, HEADS, 1).predict(x).output(), all[0], 1e-12);
        assertClose(new EarlyExit(graph, HEADS, 0.01).predict(x).output(), all[2], 1e-12);
        EarlyExit.Result mixed = new EarlyExit(graph, HEADS, 0.6).predict(x);
        for (int i = 0; i < ROWS; i++) {
            INDArray answer = all[new int[] {2, 1, 0}[mixed.exits()[i]]];
            assertClose(mixed.output().getRow(i, true), answer.getRow(i, true), 1e-12);
        }
        assertThat(x).isEqualTo(before);
    }

    @Test
    void theFeaturesStayAsTheyAreInAListOfLayersThatWorksInPlace() {
        for (Layer layer : inPlace()) {
            MultiLayerNetwork network = EarlyExitStackTest.network(
                    DataType.DOUBLE,
                    ROW,
                    EarlyExitStackTest.stack(Connection.HIGHWAY, 5).build(),
                    layer);
            INDArray x = normal(1, ROWS, Networks.INPUTS);
            INDArray expected = network.output(x.dup());
            assertClose(new EarlyExit(network, 1).predict(x).output(), expected, 1e-12);
            assertThat(x).isEqualTo(normal(1, ROWS, Networks.INPUTS));
        }
    }

    /** With one object for all threads, and with one for each of them. */
    @ParameterizedTest
    @EnumSource(names = {"HIGHWAY", "DENSE"})
    void threadsGetTheAnswersThatOneThreadGets(Connection connection) throws Exception {
        ComputationGraph graph = EarlyExitGraphTest.stacks(connection);
        MultiLayerNetwork network = EarlyExitStackTest.network(connection, 5);
        List<INDArray> inputs = new ArrayList<>();
        List<INDArray> ofGraph = new ArrayList<>();
        List<INDArray> ofList = new ArrayList<>();
        EarlyExit shared = new EarlyExit(graph, HEADS, 0.6);
        EarlyExit sharedList = new EarlyExit(network, 0.6);
        for (int i = 0; i < 4; i++) {
            INDArray x = normal(i, 10 + i, Networks.INPUTS);
            inputs.add(x);
            ofGraph.add(shared.predict(x).output());
            ofList.add(sharedList.predict(x).output());
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Void>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int own = i;
                calls.add(() -> {
                    EarlyExit alone = new EarlyExit(graph, HEADS, 0.6);
                    for (int round = 0; round < 15; round++) {
                        INDArray x = inputs.get(own);
                        assertClose(shared.predict(x).output(), ofGraph.get(own), 0);
                        assertClose(alone.predict(x).output(), ofGraph.get(own), 0);
                        assertClose(sharedList.predict(x).output(), ofList.get(own), 0);
                    }
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(calls)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
