package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.block.Connection;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

@ExtendWith(DoublePrecision.class)
class WithoutHeadsTest {
    private static final int ROWS = 7;
    private static final Loss SOFTMAX = Loss.softmaxCrossEntropy();

    static Stream<Arguments> stacks() {
        return Stream.of(Connection.values())
                .flatMap(c -> Stream.of(arguments(c, DataType.DOUBLE), arguments(c, DataType.FLOAT)));
    }

    private static NeuralNetConfiguration.Builder builder(DataType type) {
        return Networks.builder(new Adam(0.01)).dataType(type);
    }

    private static AuxiliaryOutputLayer.Builder head() {
        return new AuxiliaryOutputLayer.Builder(SOFTMAX).nOut(Networks.CLASSES);
    }

    private static INDArray x(DataType type) {
        return normal(1, type, ROWS, Networks.INPUTS);
    }

    private static INDArray y(DataType type) {
        return oneHot(ROWS, Networks.CLASSES).castTo(type);
    }

    private static void fit(ComputationGraph graph) {
        DataType type = graph.params().dataType();
        INDArray[] labels = new INDArray[graph.getNumOutputArrays()];
        Arrays.fill(labels, y(type));
        graph.fit(new MultiDataSet(new INDArray[] {x(type)}, labels));
    }

    /** in → s1 (low) → s2 (high, behind a branch of its own) → out, trained for some steps. */
    private static ComputationGraph graph(Connection connection, DataType type) {
        ComputationGraph graph = Networks.init(builder(type)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(Networks.INPUTS))
                .addLayer("s1", Variants.stack(connection, 2).build(), "in")
                .addLayer("low", head().build(), "s1")
                .addLayer("s2", Variants.stack(connection, 2).build(), "s1")
                .addLayer("branch", new DenseLayer.Builder().nOut(4).build(), "s2")
                .addVertex("branches", new MergeVertex(), "branch", "s1")
                .addLayer("high", head().hidden(4).build(), "branches")
                .addLayer("normalised", new BatchNormalization(), "s2")
                .addLayer("out", Networks.output(), "normalised")
                .setOutputs("out", "low", "high"));
        for (int i = 0; i < 3; i++) {
            fit(graph);
        }
        return graph;
    }

    @ParameterizedTest
    @MethodSource("stacks")
    void aGraphPredictsBitByBitWhatItDid(Connection connection, DataType type) {
        ComputationGraph graph = graph(connection, type);
        ComputationGraph lean = GatedNetworks.withoutHeads(graph);
        INDArray x = x(type);
        assertClose(lean.outputSingle(x), graph.output(false, x)[0], 0);
        assertThat(lean.params().dataType()).isEqualTo(type);
    }

    @Test
    void headsAndWhatOnlyTheyReadAreGoneFromAGraph() {
        ComputationGraph graph = graph(Connection.HIGHWAY, DataType.DOUBLE);
        ComputationGraph lean = GatedNetworks.withoutHeads(graph);
        assertThat(lean.getConfiguration().getNetworkOutputs()).containsExactly("out");
        assertThat(lean.getConfiguration().getVertices()).containsOnlyKeys("s1", "s2", "normalised", "out");
        long gone = Stream.of("low", "branch", "high")
                .mapToLong(name -> graph.getLayer(name).numParams())
                .sum();
        assertThat(lean.numParams()).isEqualTo(graph.numParams() - gone);
    }

    @Test
    void theGivenGraphStaysAsItIs() {
        ComputationGraph graph = graph(Connection.HIGHWAY, DataType.DOUBLE);
        ComputationGraph same = graph(Connection.HIGHWAY, DataType.DOUBLE);
        String json = graph.getConfiguration().toJson();
        fit(GatedNetworks.withoutHeads(graph));
        assertThat(graph.getConfiguration().toJson()).isEqualTo(json);
        assertThat(graph.output(false, x(DataType.DOUBLE))).hasSize(3);
        fit(graph);
        fit(same);
        assertClose(graph.params(), same.params(), 0);
    }

    @Test
    void aLeanGraphTrainsOn() {
        ComputationGraph lean = GatedNetworks.withoutHeads(graph(Connection.HIGHWAY, DataType.DOUBLE));
        DataSet data = new DataSet(x(DataType.DOUBLE), y(DataType.DOUBLE));
        double before = lean.score(data);
        for (int i = 0; i < 20; i++) {
            fit(lean);
        }
        assertThat(lean.score(data)).isLessThan(before);
    }

    @Test
    void aLeanGraphSurvivesSavingAndLoading() throws IOException {
        ComputationGraph lean = GatedNetworks.withoutHeads(graph(Connection.DENSE, DataType.FLOAT));
        ComputationGraph loaded = ModelSerializer.restoreComputationGraph(saved(lean), true);
        assertThat(loaded.getConfiguration()).isEqualTo(lean.getConfiguration());
        assertClose(loaded.outputSingle(x(DataType.FLOAT)), lean.outputSingle(x(DataType.FLOAT)), 0);
    }

    private static ByteArrayInputStream saved(Model model) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(model, bytes, true);
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    @Test
    void aSavedGraphCanLoseItsHeadsToo() throws IOException {
        ComputationGraph graph = graph(Connection.HIGHWAY, DataType.FLOAT);
        ComputationGraph lean = GatedNetworks.withoutHeads(ModelSerializer.restoreComputationGraph(saved(graph), true));
        assertClose(lean.outputSingle(x(DataType.FLOAT)), graph.output(false, x(DataType.FLOAT))[0], 0);
    }

    @Test
    void everyNetworkOfASpecCanLoseItsHeads() {
        for (NetworkSpec spec : List.of(NetworkSpec.classification(4, 3), NetworkSpec.regression(4, 3))) {
            ComputationGraph graph = new ComputationGraph(
                    GatedNetworks.configuration(spec.withSize(4, 6).withHeadsEvery(1, new FixedSchedule(0.3))));
            graph.init();
            ComputationGraph lean = GatedNetworks.withoutHeads(graph);
            assertThat(lean.getConfiguration().getNetworkOutputs()).containsExactly(GatedNetworks.OUTPUT);
            assertClose(lean.outputSingle(x(DataType.FLOAT)), graph.output(false, x(DataType.FLOAT))[0], 0);
        }
    }

    private static NeuralNetConfiguration.Builder slowing() {
        return Networks.builder(new Sgd(new MapSchedule.Builder(ScheduleType.EPOCH)
                .add(0, 1.0)
                .add(2, 0.0)
                .build()));
    }

    @Test
    void schedulesOfAGraphGoOnWhereTheyWere() {
        ComputationGraph graph = Networks.init(slowing()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(Networks.INPUTS))
                .addLayer("a", Variants.highway(4).build(), "in")
                .addLayer("low", head().build(), "a")
                .addLayer("out", Networks.output(), "a")
                .setOutputs("out", "low"));
        graph.getConfiguration().setEpochCount(2);
        graph.getConfiguration().setIterationCount(17);
        ComputationGraph lean = GatedNetworks.withoutHeads(graph);
        assertThat(lean.getIterationCount()).isEqualTo(17);
        INDArray before = lean.params().dup();
        fit(lean);
        assertClose(lean.params(), before, 0);
    }

    @Test
    void schedulesOfANetworkGoOnWhereTheyWere() {
        MultiLayerNetwork net = network(slowing(), Connection.HIGHWAY);
        net.setEpochCount(2);
        net.setIterationCount(17);
        MultiLayerNetwork lean = GatedNetworks.withoutHeads(net);
        assertThat(lean.getIterationCount()).isEqualTo(17);
        INDArray before = lean.params().dup();
        lean.fit(x(DataType.DOUBLE), y(DataType.DOUBLE));
        assertClose(lean.params(), before, 0);
    }

    @Test
    void outputsThatAreNoHeadsStayAndSoDoesTheFirstThatIsOne() {
        ComputationGraph graph = Networks.init(builder(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(Networks.INPUTS))
                .addLayer("a", Variants.highway(4).build(), "in")
                .addLayer("first", head().build(), "a")
                .addLayer("b", Variants.highway(4).build(), "a")
                .addLayer("stock", Networks.output(), "b")
                .addLayer("head", head().build(), "b")
                .addVertex("features", new MergeVertex(), "a", "b")
                .setOutputs("first", "head", "stock", "features"));
        INDArray x = x(DataType.DOUBLE);
        INDArray[] all = graph.output(false, x);
        ComputationGraph lean = GatedNetworks.withoutHeads(graph);
        assertThat(lean.getConfiguration().getNetworkOutputs()).containsExactly("first", "stock", "features");
        INDArray[] kept = lean.output(false, x);
        assertClose(kept[0], all[0], 0);
        assertClose(kept[1], all[2], 0);
        assertClose(kept[2], all[3], 0);
    }

    @Test
    void aGraphWithoutHeadsIsCopied() {
        ComputationGraph graph =
                Networks.graph(builder(DataType.DOUBLE), Variants.highway(4).build());
        ComputationGraph lean = GatedNetworks.withoutHeads(graph);
        assertThat(lean.getConfiguration().toJson())
                .isEqualTo(graph.getConfiguration().toJson());
        lean.params().assign(0);
        assertThat(graph.params().amaxNumber().doubleValue()).isPositive();
    }

    /** A dense layer and a stack of five with heads on two taps, one on another target, trained for some steps. */
    private static MultiLayerNetwork network(NeuralNetConfiguration.Builder builder, Connection connection) {
        GatedStack stack = Variants.stack(connection, 5).taps(1, 3).build();
        MultiLayerNetwork net = new MultiLayerNetwork(builder.list()
                .layer(new DenseLayer.Builder()
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build())
                .layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(SOFTMAX, stack)
                        .nOut(Networks.CLASSES)
                        .hidden(4)
                        .head(1, Head.of(SOFTMAX, Networks.CLASSES).withHidden(2, Activation.TANH))
                        .head(3, Head.of(SOFTMAX, Networks.CLASSES))
                        .build())
                .setInputType(InputType.feedForward(Networks.INPUTS))
                .build());
        net.init();
        DataType type = net.params().dataType();
        for (int i = 0; i < 3; i++) {
            net.fit(x(type), y(type));
        }
        return net;
    }

    @ParameterizedTest
    @MethodSource("stacks")
    void aNetworkPredictsBitByBitWhatItDid(Connection connection, DataType type) {
        MultiLayerNetwork net = network(builder(type), connection);
        MultiLayerNetwork lean = GatedNetworks.withoutHeads(net);
        assertClose(lean.output(x(type)), net.output(x(type)), 0);
        assertThat(lean.params().dataType()).isEqualTo(type);
    }

    @Test
    void headsAndTapsAreGoneFromANetwork() {
        MultiLayerNetwork net = network(builder(DataType.DOUBLE), Connection.DENSE);
        MultiLayerNetwork lean = GatedNetworks.withoutHeads(net);
        // In a DENSE stack the taps have 5 and 9 features: a head of two hidden units, and a linear one.
        assertThat(net.numParams() - lean.numParams()).isEqualTo(5 * 2 + 2 + 2 * 3 + 3 + 9 * 3 + 3);
        assertThat(((GatedStack) lean.getLayer(1).conf().getLayer()).getTaps()).isEmpty();
        assertThat(((DeepSupervisionOutputLayer) lean.getLayer(2).conf().getLayer()).getAuxiliaries())
                .isEmpty();
        assertThat(lean.feedForward(x(DataType.DOUBLE)).get(2).size(1)).isEqualTo(13);
    }

    @Test
    void theGivenNetworkStaysAsItIs() {
        MultiLayerNetwork net = network(builder(DataType.DOUBLE), Connection.HIGHWAY);
        MultiLayerNetwork same = network(builder(DataType.DOUBLE), Connection.HIGHWAY);
        String json = net.getLayerWiseConfigurations().toJson();
        GatedNetworks.withoutHeads(net).fit(x(DataType.DOUBLE), y(DataType.DOUBLE));
        assertThat(net.getLayerWiseConfigurations().toJson()).isEqualTo(json);
        net.fit(x(DataType.DOUBLE), y(DataType.DOUBLE));
        same.fit(x(DataType.DOUBLE), y(DataType.DOUBLE));
        assertClose(net.params(), same.params(), 0);
    }

    @Test
    void aLeanNetworkTrainsOn() {
        MultiLayerNetwork lean = GatedNetworks.withoutHeads(network(builder(DataType.DOUBLE), Connection.HIGHWAY));
        DataSet data = new DataSet(x(DataType.DOUBLE), y(DataType.DOUBLE));
        double before = lean.score(data);
        for (int i = 0; i < 20; i++) {
            lean.fit(data);
        }
        assertThat(lean.score(data)).isLessThan(before);
    }

    @Test
    void aLeanNetworkSurvivesSavingAndLoading() throws IOException {
        MultiLayerNetwork lean = GatedNetworks.withoutHeads(network(builder(DataType.FLOAT), Connection.DENSE));
        MultiLayerNetwork loaded = ModelSerializer.restoreMultiLayerNetwork(saved(lean), true);
        assertThat(loaded.getLayerWiseConfigurations()).isEqualTo(lean.getLayerWiseConfigurations());
        assertClose(loaded.output(x(DataType.FLOAT)), lean.output(x(DataType.FLOAT)), 0);
    }

    @Test
    void aLeanNetworkHasNoHeadsToLoseAndKeepsPredicting() {
        MultiLayerNetwork lean = GatedNetworks.withoutHeads(network(builder(DataType.DOUBLE), Connection.HIGHWAY));
        MultiLayerNetwork again = GatedNetworks.withoutHeads(lean);
        assertClose(again.output(x(DataType.DOUBLE)), lean.output(x(DataType.DOUBLE)), 0);
    }

    @Test
    void refusesANetworkThatEndsOtherwise() {
        MultiLayerNetwork stock = Networks.network(
                builder(DataType.DOUBLE), Variants.stack(Connection.HIGHWAY, 3).build());
        MultiLayerNetwork one = Networks.network(builder(DataType.DOUBLE));
        for (MultiLayerNetwork net : List.of(stock, one)) {
            assertThatThrownBy(() -> GatedNetworks.withoutHeads(net))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the network's last layers must be a GatedStack or TemporalStack and a"
                            + " DeepSupervisionOutputLayer, but"
                            + " it ends with OutputLayer");
        }
    }
}
