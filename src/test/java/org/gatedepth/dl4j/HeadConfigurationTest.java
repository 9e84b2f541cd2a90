package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.File;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.LinearDecay;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Builders, refusals and what is stored of heads. */
@ExtendWith(DoublePrecision.class)
class HeadConfigurationTest {
    private static final Loss SOFTMAX = Loss.softmaxCrossEntropy();

    static Stream<Arguments> heads() {
        return Stream.of(
                arguments("softmax", head(SOFTMAX).build()),
                arguments(
                        "smoothed, weighted, hidden, falling",
                        head(Loss.softmaxCrossEntropy().withLabelSmoothing(0.1).withClassWeights(1, 2, 3))
                                .hidden(4)
                                .activation(Activation.SELU)
                                .layerNorm(true)
                                .weight(new LinearDecay(0.3, 0, 7))
                                .build()),
                arguments(
                        "binary with a threshold",
                        head(Loss.binaryCrossEntropy().withLabelSmoothing(0.1))
                                .threshold(0.2)
                                .build()),
                arguments(
                        "squared error, exponential",
                        head(Loss.squaredError())
                                .weight(new ExponentialSchedule(ScheduleType.EPOCH, 0.3, 0.9))
                                .build()),
                arguments("Huber", head(Loss.huber(0.5)).build()));
    }

    static AuxiliaryOutputLayer.Builder head(Loss loss) {
        return new AuxiliaryOutputLayer.Builder(loss).nOut(3);
    }

    static ComputationGraphConfiguration.GraphBuilder graph(AuxiliaryOutputLayer head) {
        return Networks.builder(new Adam(0.01))
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(Networks.INPUTS))
                .addLayer("trunk", Variants.highway(4).build(), "in")
                .addLayer("out", Networks.output(), "trunk")
                .addLayer("head", head, "trunk")
                .setOutputs("out", "head");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("heads")
    void survivesJsonAndYaml(String name, AuxiliaryOutputLayer head) {
        ComputationGraphConfiguration conf = graph(head).build();
        assertThat(ComputationGraphConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
        assertThat(ComputationGraphConfiguration.fromYaml(conf.toYaml())).isEqualTo(conf);
    }

    @Test
    void layersThatDifferInTheirLossAreNotEqual() {
        assertThat(head(Loss.huber(0.5)).build())
                .isNotEqualTo(head(Loss.huber(0.6)).build());
        assertThat(head(SOFTMAX).build()).isNotEqualTo(head(SOFTMAX).weight(0.4).build());
        assertThat(head(SOFTMAX).build())
                .isEqualTo(head(SOFTMAX).weight(0.3).build())
                .hasSameHashCodeAs(head(SOFTMAX).weight(0.3).build());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("heads")
    void aTrainedGraphSurvivesSavingWithTheStateOfItsUpdater(
            String name, AuxiliaryOutputLayer head, @TempDir Path folder) throws Exception {
        ComputationGraph graph = Networks.init(graph(head));
        MultiDataSet data =
                new MultiDataSet(new INDArray[] {normal(1, 5, 4)}, new INDArray[] {oneHot(5, 3), oneHot(5, 3)});
        graph.fit(data);
        File file = folder.resolve("graph.zip").toFile();
        graph.save(file, true);
        ComputationGraph again = ModelSerializer.restoreComputationGraph(file, true);
        assertClose(again.output(normal(2, 3, 4))[1], graph.output(normal(2, 3, 4))[1], 0);
        graph.fit(data);
        again.fit(data);
        assertClose(again.params(), graph.params(), 0);
    }

    static GatedStack.Builder stack() {
        return new GatedStack.Builder().depth(4).nOut(3).taps(1, 3);
    }

    static DeepSupervisionOutputLayer.Builder supervision(GatedStack stack) {
        return new DeepSupervisionOutputLayer.Builder(SOFTMAX, stack).nOut(3);
    }

    static MultiLayerConfiguration network() {
        GatedStack stack = stack().build();
        return Networks.builder(new Adam(0.01))
                .list()
                .layer(stack)
                .layer(supervision(stack)
                        .hidden(5)
                        .head(
                                1,
                                Head.of(SOFTMAX, 3)
                                        .withHidden(2, Activation.TANH)
                                        .withThreshold(0.1))
                        .head(
                                3,
                                3,
                                Head.of(Loss.huber(1), 2).withLayerNorm(true).withWeight(new LinearDecay(1, 0, 4)))
                        .build())
                .setInputType(InputType.feedForward(Networks.INPUTS))
                .build();
    }

    @Test
    void aDeepSupervisionOutputLayerSurvivesJsonAndYaml() {
        MultiLayerConfiguration conf = network();
        assertThat(MultiLayerConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
        assertThat(MultiLayerConfiguration.fromYaml(conf.toYaml())).isEqualTo(conf);
    }

    @Test
    void aDeepSupervisionOutputLayerSurvivesSavingWithTheStateOfItsUpdater(@TempDir Path folder) throws Exception {
        MultiLayerNetwork net = new MultiLayerNetwork(network());
        net.init();
        DataSet data = new DataSet(normal(1, 5, 4), org.nd4j.linalg.factory.Nd4j.hstack(oneHot(5, 3), normal(2, 5, 2)));
        net.fit(data);
        File file = folder.resolve("net.zip").toFile();
        net.save(file, true);
        MultiLayerNetwork again = ModelSerializer.restoreMultiLayerNetwork(file, true);
        net.fit(data);
        again.fit(data);
        assertClose(again.params(), net.params(), 0);
    }

    @Test
    void parametersHaveTheNamesOfTheHeads() {
        MultiLayerNetwork net = new MultiLayerNetwork(network());
        net.init();
        assertThat(net.getLayer(1).getParam("main/b0/W").shape()).containsExactly(3, 5);
        assertThat(net.getLayer(1).getParam("head1/b1/W").shape()).containsExactly(2, 3);
        assertThat(net.getLayer(1).getParam("head2/W").shape()).containsExactly(3, 2);
        assertThat(net.getLayer(1).getParam("head2/gain").shape()).containsExactly(1, 3);
    }

    @Test
    void theOutputOfATappedStackHasTheTapsBeforeTheEnd() {
        MultiLayerNetwork net = Networks.network(Networks.builder(new Adam(0.01)), stack().build());
        MultiLayerNetwork plain = Networks.network(
                Networks.builder(new Adam(0.01)),
                new GatedStack.Builder().depth(4).nOut(3).build());
        plain.getLayer(0).setParams(net.getLayer(0).params());
        INDArray x = normal(1, 5, 4);
        INDArray tapped = net.feedForward(x).get(1);
        assertThat(tapped.shape()).containsExactly(5, 9);
        assertClose(tapped.getColumns(6, 7, 8), plain.feedForward(x).get(1), 0);
    }

    @Test
    void aSpecificationCutsTheStackAtItsHeads() {
        NetworkSpec spec = NetworkSpec.classification(4, 3).withSize(10, 6).withHeadsEvery(4, new FixedSchedule(0.3));
        ComputationGraph graph = new ComputationGraph(GatedNetworks.configuration(spec));
        graph.init();
        assertThat(graph.getConfiguration().getNetworkOutputs()).containsExactly("out", "head4", "head8");
        assertThat(graph.getConfiguration().getVertexInputs().get("head8")).containsExactly("stack2");
        assertThat(graph.getConfiguration().getVertexInputs().get("out")).containsExactly("stack3");
        GatedStack last = (GatedStack) graph.getLayer("stack3").conf().getLayer();
        assertThat(last.getDepth()).isEqualTo(2);
        assertThat(last.getTransformGateBias()).isEqualTo(-Math.log(10));
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.EnumSource(Connection.class)
    void aCutStackIsTheSameFunction(Connection connection) {
        NetworkSpec spec = NetworkSpec.classification(4, 3).withSize(6, 5).withConnection(connection);
        ComputationGraph whole = new ComputationGraph(GatedNetworks.configuration(spec));
        ComputationGraph cut =
                new ComputationGraph(GatedNetworks.configuration(spec.withHeadsEvery(4, new FixedSchedule(0.3))));
        whole.init();
        cut.init();
        int projection = 1;
        for (int block = 0; block <= 6; block++) {
            BlockRuntime part = (BlockRuntime) cut.getLayer(block < 4 + projection ? "stack1" : "stack2");
            int inner = block < 4 + projection ? block : block - 4 - projection;
            String scope = "b" + inner + "/";
            for (String name : part.named().keySet()) {
                if (name.startsWith(scope)) {
                    part.setParam(
                            name, whole.getLayer("stack").getParam("b" + block + "/" + name.substring(scope.length())));
                }
            }
        }
        cut.getLayer("out").setParams(whole.getLayer("out").params());
        INDArray x = normal(1, 5, 4).castTo(whole.params().dataType());
        assertClose(cut.output(x)[0], whole.output(x)[0], 1e-6);
    }

    @Test
    void headsAtTheEndAndTwoAtOneDepthAreAllowed() {
        NetworkSpec spec = NetworkSpec.classification(4, 3)
                .withSize(3, 5)
                .withHeads(java.util.List.of(
                        new AuxiliaryHead("a", 3, Head.of(SOFTMAX, 2)),
                        new AuxiliaryHead("b", 1, Head.of(Loss.squaredError(), 1)),
                        new AuxiliaryHead("c", 1, Head.of(SOFTMAX, 4))));
        ComputationGraph graph = new ComputationGraph(GatedNetworks.configuration(spec));
        graph.init();
        assertThat(graph.output(normal(1, 5, 4))).hasSize(4);
        assertThat(graph.getConfiguration().getNetworkOutputs()).containsExactly("out", "a", "b", "c");
    }

    @Test
    void headsAreAddedInAnyOrder() {
        AuxiliaryHead other = new AuxiliaryHead("a", 3, Head.of(SOFTMAX, 2));
        NetworkSpec spec = NetworkSpec.classification(4, 3).withSize(6, 5);
        assertThat(spec.withHeadsEvery(4, new FixedSchedule(0.3))
                        .withHeads(java.util.List.of(other))
                        .heads())
                .extracting(AuxiliaryHead::name)
                .containsExactly("head4", "a");
        assertThat(spec.withHeads(java.util.List.of(other))
                        .withHeadsEvery(4, new FixedSchedule(0.3))
                        .heads())
                .extracting(AuxiliaryHead::name)
                .containsExactly("a", "head4");
    }
}
