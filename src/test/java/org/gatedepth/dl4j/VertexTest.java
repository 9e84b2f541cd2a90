package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;
import static org.gatedepth.testing.Arrays.row;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Weighting;
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
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.linalg.schedule.FixedSchedule;

/** Both vertices over rows, sequences and images. */
@ExtendWith(DoublePrecision.class)
class VertexTest {

    static Stream<Arguments> vertices() {
        return Stream.of(
                Arguments.arguments("gate", new HighwayGateVertex()),
                Arguments.arguments(
                        "fixed",
                        new WeightedSkipVertex.Builder().alpha(0.5).beta(2).build()),
                Arguments.arguments(
                        "scalar",
                        new WeightedSkipVertex.Builder()
                                .weighting(Weighting.SCALAR)
                                .beta(0.3)
                                .build()),
                Arguments.arguments(
                        "per unit",
                        new WeightedSkipVertex.Builder()
                                .weighting(Weighting.PER_UNIT)
                                .beta(0.3)
                                .build()),
                Arguments.arguments(
                        "per unit, learned skip",
                        new WeightedSkipVertex.Builder()
                                .weighting(Weighting.PER_UNIT)
                                .learnSkip(true)
                                .build()));
    }

    private static boolean isGate(GraphVertex vertex) {
        return vertex instanceof HighwayGateVertex;
    }

    /** Two vertices, one upon the other, between dense layers: a factor in one of them would be squared below. */
    static ComputationGraph overRows(WorkspaceMode mode, IUpdater updater, GraphVertex vertex) {
        NeuralNetConfiguration.Builder settings =
                Networks.builder(updater).trainingWorkspaceMode(mode).inferenceWorkspaceMode(mode);
        return Networks.init(overRows(settings, vertex));
    }

    static ComputationGraphConfiguration.GraphBuilder overRows(
            NeuralNetConfiguration.Builder settings, GraphVertex vertex) {
        ComputationGraphConfiguration.GraphBuilder b =
                settings.graphBuilder().addInputs("in").setInputTypes(InputType.feedForward(Networks.INPUTS));
        String below = "in";
        for (int i = 0; i < 2; i++) {
            b.addLayer("h" + i, dense(Activation.TANH), below);
            b.addLayer("g" + i, dense(Activation.IDENTITY), below);
            if (isGate(vertex)) {
                b.addVertex("v" + i, vertex.clone(), "h" + i, "g" + i, below);
            } else {
                b.addVertex("v" + i, vertex.clone(), below, "h" + i);
                b.addVertex("w" + i, vertex.clone(), "g" + i, "v" + i);
            }
            below = (isGate(vertex) ? "v" : "w") + i;
        }
        return b.addLayer("out", Networks.output(), below).setOutputs("out");
    }

    private static DenseLayer dense(Activation activation) {
        return new DenseLayer.Builder().nOut(4).activation(activation).build();
    }

    private static ComputationGraph overSequences(GraphVertex vertex) {
        ComputationGraphConfiguration.GraphBuilder b = Networks.unchanging()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(3))
                .addLayer(
                        "c",
                        new LSTM.Builder().nOut(3).activation(Activation.TANH).build(),
                        "in")
                .addLayer(
                        "h",
                        new LSTM.Builder().nOut(3).activation(Activation.TANH).build(),
                        "c");
        if (isGate(vertex)) {
            b.addVertex("v", vertex.clone(), "h", "c", "in");
        } else {
            b.addVertex("v", vertex.clone(), "in", "h");
        }
        return Networks.init(b.addLayer(
                        "out",
                        new RnnOutputLayer.Builder(LossFunctions.LossFunction.MSE)
                                .activation(Activation.TANH)
                                .nOut(2)
                                .build(),
                        "v")
                .setOutputs("out"));
    }

    private static ConvolutionLayer conv(Activation activation) {
        return new ConvolutionLayer.Builder(3, 3)
                .nOut(2)
                .convolutionMode(ConvolutionMode.Same)
                .activation(activation)
                .build();
    }

    private static ComputationGraph overImages(GraphVertex vertex) {
        ComputationGraphConfiguration.GraphBuilder b = Networks.unchanging()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(4, 3, 2))
                .addLayer("h", conv(Activation.TANH), "in")
                .addLayer("g", conv(Activation.IDENTITY), "in");
        if (isGate(vertex)) {
            b.addVertex("v", vertex.clone(), "h", "g", "in");
        } else {
            b.addVertex("v", vertex.clone(), "in", "h");
            b.addVertex("w", vertex.clone(), "g", "v");
        }
        return Networks.init(
                b.addLayer("out", Networks.output(), isGate(vertex) ? "v" : "w").setOutputs("out"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vertices")
    void aLearningRateOfZeroStopsVertices(String name, GraphVertex vertex) {
        ComputationGraph graph = overRows(WorkspaceMode.ENABLED, new Adam(0.1), vertex);
        INDArray before = graph.params().dup();

        GatedNetworks.setLearningRate(graph, new FixedSchedule(0));
        graph.fit(Networks.data(5, 1));

        // Adam's step at rate 0 is its epsilon.
        assertClose(graph.params(), before, 1e-6);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vertices")
    void gradientsOverRows(String name, GraphVertex vertex) {
        for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.ENABLED, WorkspaceMode.NONE}) {
            ComputationGraph graph = overRows(mode, new NoOp(), vertex);
            GradientChecks.check(graph, normal(1, 5, 4), oneHot(5, 3));
            GradientChecks.check(graph, normal(2, 1, 4), oneHot(1, 3));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vertices")
    void gradientsOverSequencesWithAndWithoutMasks(String name, GraphVertex vertex) {
        ComputationGraph graph = overSequences(vertex);
        INDArray mask = Nd4j.create(new double[][] {{1, 1, 1, 1}, {1, 1, 0, 0}, {1, 1, 1, 0}});
        GradientChecks.check(graph, normal(1, 3, 3, 4), normal(2, 3, 2, 4), mask, mask);
        GradientChecks.check(graph, normal(3, 2, 3, 6), normal(4, 2, 2, 6));
        GradientChecks.check(graph, normal(5, 1, 3, 1), normal(6, 1, 2, 1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vertices")
    void gradientsOverImages(String name, GraphVertex vertex) {
        ComputationGraph graph = overImages(vertex);
        GradientChecks.check(graph, normal(1, 4, 2, 4, 3), oneHot(4, 3));
        GradientChecks.check(graph, normal(2, 1, 2, 4, 3), oneHot(1, 3));
    }

    /** The vertex alone: its inputs are the graph's. */
    static INDArray output(GraphVertex vertex, INDArray... inputs) {
        String[] names = new String[inputs.length];
        InputType[] types = new InputType[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            names[i] = "in" + i;
            types[i] = InputType.inferInputType(inputs[i]);
        }
        ComputationGraph graph = Networks.init(Networks.unchanging()
                .graphBuilder()
                .addInputs(names)
                .setInputTypes(types)
                .addVertex("v", vertex, names)
                .addLayer("out", Networks.output(), "v")
                .setOutputs("out"));
        return graph.feedForward(inputs, false).get("v");
    }

    @Test
    void theGateMixesTransformAndCarry() {
        // T = sigmoid(ln 3) = 3/4 and sigmoid(0) = 1/2: 3/4·8 + 1/4·4 = 7; 1/2·8 + 1/2·2 = 5.
        assertClose(output(new HighwayGateVertex(), row(8, 8), row(Math.log(3), 0), row(4, 2)), row(7, 5), 1e-12);
    }

    @Test
    void aClosedGateCarriesAndAnOpenOneTransforms() {
        INDArray h = normal(1, 3, 4);
        INDArray c = normal(2, 3, 4);
        INDArray sixty = Nd4j.ones(DataType.DOUBLE, 3, 4).mul(60);
        assertClose(output(new HighwayGateVertex(), h, sixty.neg(), c), c, 1e-12);
        assertClose(output(new HighwayGateVertex(), h, sixty, c), h, 1e-12);
    }

    @Test
    void theSumWeighsSkipAndBranch() {
        // 0.5·(4, 8) + 2·(1, -1).
        WeightedSkipVertex vertex =
                new WeightedSkipVertex.Builder().alpha(0.5).beta(2).build();
        assertClose(output(vertex, row(4, 8), row(1, -1)), row(4, 2), 1e-12);
    }

    @Test
    void theSumIsResidualByDefault() {
        assertClose(output(new WeightedSkipVertex(), row(4, 8), row(1, -1)), row(5, 7), 1e-12);
    }

    @Test
    void betaZeroIsTheSkip() {
        WeightedSkipVertex vertex = new WeightedSkipVertex.Builder()
                .weighting(Weighting.SCALAR)
                .beta(0)
                .build();
        INDArray skip = normal(1, 3, 4);
        assertClose(output(vertex, skip, normal(2, 3, 4)), skip, 0);
    }

    @Test
    void weightsPerUnitAreOnePerChannelOfAnImage() {
        ComputationGraph graph = overImages(
                new WeightedSkipVertex.Builder().weighting(Weighting.PER_UNIT).build());
        assertThat(graph.paramTable().get("v_beta").shape()).containsExactly(1, 2);
        graph.paramTable().get("v_beta").assign(row(0, 2));
        INDArray x = normal(1, 3, 2, 4, 3);
        var activations = graph.feedForward(x, false);
        // Channel 0: the skip alone; channel 1: skip + 2·branch.
        INDArray expected = x.dup('c');
        INDArray[] second = {expected, activations.get("h")};
        for (int i = 0; i < 2; i++) {
            second[i] = second[i].get(
                    NDArrayIndex.all(), NDArrayIndex.interval(1, 2), NDArrayIndex.all(), NDArrayIndex.all());
        }
        second[0].addi(second[1].mul(2));
        assertClose(activations.get("v"), expected, 1e-12);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vertices")
    void anotherMinibatchSizeSequenceLengthAndImageCount(String name, GraphVertex vertex) {
        ComputationGraph images = overImages(vertex);
        INDArray x = normal(1, 4, 2, 4, 3);
        INDArray all = images.outputSingle(x).dup();
        assertClose(images.outputSingle(x.get(NDArrayIndex.interval(0, 1))), all.getRow(0, true), 1e-10);
        ComputationGraph sequences = overSequences(vertex);
        INDArray s = normal(1, 2, 3, 6);
        INDArray full = sequences.outputSingle(s).dup();
        INDArray part = s.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, 4))
                .dup('c');
        // Nothing in the graph looks ahead.
        assertClose(
                sequences.outputSingle(part),
                full.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, 4)),
                1e-10);
    }

    @Test
    void learnedWeightsAreTrained() {
        ComputationGraph graph = overRows(
                WorkspaceMode.ENABLED,
                new Adam(0.01),
                new WeightedSkipVertex.Builder()
                        .weighting(Weighting.PER_UNIT)
                        .learnSkip(true)
                        .build());
        INDArray beta = graph.paramTable().get("v0_beta").dup();
        INDArray alpha = graph.paramTable().get("w1_alpha").dup();
        graph.fit(Networks.data(8, 1));
        assertThat(graph.paramTable().get("v0_beta").equals(beta)).isFalse();
        assertThat(graph.paramTable().get("w1_alpha").equals(alpha)).isFalse();
    }

    @Test
    void theGradientsViewIsTheVerticesOwn() {
        ComputationGraph graph = overRows(
                WorkspaceMode.NONE,
                new NoOp(),
                new WeightedSkipVertex.Builder().weighting(Weighting.SCALAR).build());
        graph.fit(Networks.data(8, 1));
        INDArray view = graph.getVertex("v0").getGradientsViewArray();
        assertThat(view).isNotNull();
        assertThat(view.length()).isEqualTo(1);
    }
}
