package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Deeplearning4j's gradient check on the heads: each loss, with masks, weights, hidden layers and several heads. */
@ExtendWith(DoublePrecision.class)
class HeadGradientTest {
    private static final int ROWS = 5;

    static Stream<Arguments> losses() {
        return Stream.of(
                arguments("softmax", Loss.softmaxCrossEntropy()),
                arguments(
                        "softmax, smoothed and weighted",
                        Loss.softmaxCrossEntropy().withLabelSmoothing(0.1).withClassWeights(1, 0.5, 3)),
                arguments("binary", Loss.binaryCrossEntropy()),
                arguments(
                        "binary, smoothed and weighted",
                        Loss.binaryCrossEntropy().withLabelSmoothing(0.2).withClassWeights(2, 1, 0.3)),
                arguments("squared error", Loss.squaredError()),
                arguments("Huber", Loss.huber(0.7)));
    }

    private static INDArray labels(Loss loss, int rows) {
        boolean numbers = loss.equals(Loss.squaredError()) || loss.equals(Loss.huber(0.7));
        return numbers ? normal(6, rows, 3) : oneHot(rows, 3);
    }

    /** in → highway → highway → out, with a head on each highway layer. */
    private static ComputationGraph graph(
            NeuralNetConfiguration.Builder builder, AuxiliaryOutputLayer lower, AuxiliaryOutputLayer upper) {
        return Networks.init(builder.graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(Networks.INPUTS))
                .addLayer("a", Variants.highway(4).build(), "in")
                .addLayer("lower", lower, "a")
                .addLayer("b", Variants.highway(3).build(), "a")
                .addLayer("upper", upper, "b")
                .addLayer("out", Networks.output(), "b")
                .setOutputs("out", "lower", "upper"));
    }

    private static AuxiliaryOutputLayer.Builder head(Loss loss) {
        return new AuxiliaryOutputLayer.Builder(loss).nOut(3).activation(Activation.TANH);
    }

    private static void check(ComputationGraph graph, Loss loss, int rows, @Nullable INDArray mask) {
        graph.params().addi(normal(8, graph.params().shape()).muli(0.1));
        INDArray labels = labels(loss, rows);
        assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.GraphConfig()
                        .net(graph)
                        .inputs(new INDArray[] {normal(1, rows, Networks.INPUTS)})
                        .labels(new INDArray[] {oneHot(rows, 3), labels, labels})
                        .labelMask(mask == null ? null : new INDArray[] {null, mask, mask})))
                .isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("losses")
    void inAGraph(String name, Loss loss) {
        for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.ENABLED, WorkspaceMode.NONE}) {
            NeuralNetConfiguration.Builder builder =
                    Networks.unchanging().trainingWorkspaceMode(mode).inferenceWorkspaceMode(mode);
            check(
                    graph(
                            builder,
                            head(loss).weight(0.4).build(),
                            head(loss).hidden(3).build()),
                    loss,
                    ROWS,
                    null);
        }
        check(graph(Networks.unchanging(), head(loss).build(), head(loss).build()), loss, 1, null);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("losses")
    void withWeightsOfExamplesAndOfLabels(String name, Loss loss) {
        INDArray examples = Nd4j.createFromArray(0.0, 1, 2.5, 0.3, 1).reshape(ROWS, 1);
        INDArray each = normal(9, ROWS, 3).muli(normal(9, ROWS, 3));
        ComputationGraph graph = graph(
                Networks.unchanging(), head(loss).build(), head(loss).weight(2).build());
        check(graph, loss, ROWS, examples);
        check(graph, loss, ROWS, each);
    }

    @Test
    void withRegularisationAndNormalisation() {
        Loss loss = Loss.softmaxCrossEntropy();
        NeuralNetConfiguration.Builder builder =
                Networks.unchanging().l1(0.03).l2(0.05).l1Bias(0.02).l2Bias(0.04);
        check(
                graph(
                        builder,
                        head(loss).layerNorm(true).build(),
                        head(loss).hidden(2).layerNorm(true).build()),
                loss,
                ROWS,
                null);
    }

    @Test
    void withOneOutput() {
        for (Loss loss : new Loss[] {Loss.binaryCrossEntropy(), Loss.squaredError(), Loss.huber(0.7)}) {
            ComputationGraph graph = graph(
                    Networks.unchanging(),
                    head(loss).nOut(1).build(),
                    head(loss).nOut(1).hidden(1).build());
            INDArray labels = oneHot(ROWS, 3).getColumn(1, true).dup();
            assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.GraphConfig()
                            .net(graph)
                            .inputs(new INDArray[] {normal(1, ROWS, Networks.INPUTS)})
                            .labels(new INDArray[] {oneHot(ROWS, 3), labels, labels})))
                    .isTrue();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("losses")
    void inANetwork(String name, Loss loss) {
        for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.ENABLED, WorkspaceMode.NONE}) {
            NeuralNetConfiguration.Builder builder =
                    Networks.unchanging().trainingWorkspaceMode(mode).inferenceWorkspaceMode(mode);
            MultiLayerNetwork net = network(builder, Connection.HIGHWAY, loss);
            INDArray input = normal(1, ROWS, Networks.INPUTS);
            INDArray labels = Nd4j.hstack(labels(loss, ROWS), normal(7, ROWS, 2));
            GradientChecks.check(net, input, labels);
            GradientChecks.check(
                    net,
                    input,
                    labels,
                    null,
                    Nd4j.createFromArray(0.0, 1, 2.5, 0.3, 1).reshape(ROWS, 1));
            GradientChecks.check(net, input, labels, null, normal(9, ROWS, 5).muli(normal(9, ROWS, 5)));
        }
    }

    @Test
    void onADenseStackWhoseTapsDiffer() {
        Loss loss = Loss.softmaxCrossEntropy();
        MultiLayerNetwork net = network(Networks.unchanging(), Connection.DENSE, loss);
        GradientChecks.check(net, normal(1, 1, Networks.INPUTS), Nd4j.hstack(labels(loss, 1), normal(7, 1, 2)));
    }

    /**
     * A stack of four blocks with the loss at its end and after block 1, and two numbers as another target of block 3.
     */
    private static MultiLayerNetwork network(NeuralNetConfiguration.Builder builder, Connection connection, Loss loss) {
        GatedStack stack = new GatedStack.Builder()
                .connection(connection)
                .depth(4)
                .nOut(3)
                .growthRate(2)
                .activation(Activation.TANH)
                .taps(1, 3)
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(builder.list()
                .layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(loss, stack)
                        .nOut(3)
                        .head(1, Head.of(loss, 3).withWeight(0.5).withHidden(2, Activation.TANH))
                        .head(3, 3, Head.of(Loss.squaredError(), 2))
                        .build())
                .setInputType(InputType.feedForward(Networks.INPUTS))
                .build());
        net.init();
        return net;
    }

    @Test
    void withDropout() {
        GatedStack stack = new GatedStack.Builder()
                .depth(2)
                .nOut(4)
                .activation(Activation.TANH)
                .taps(1)
                .dropOut(0.7)
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(Loss.softmaxCrossEntropy(), stack)
                        .nOut(3)
                        .dropOut(0.6)
                        .head(1, Head.of(Loss.softmaxCrossEntropy(), 3))
                        .build())
                .setInputType(InputType.feedForward(4))
                .build());
        net.init();
        GradientChecks.checkReseeded(net, normal(1, ROWS, 4), oneHot(ROWS, 3));
    }

    @Test
    void aboveItsThreshold() {
        Loss loss = Loss.softmaxCrossEntropy();
        check(
                graph(
                        Networks.unchanging(),
                        head(loss).threshold(0.3).build(),
                        head(loss).threshold(100).build()),
                loss,
                ROWS,
                Nd4j.createFromArray(0.0, 1, 2.5, 0.3, 1).reshape(ROWS, 1));
    }
}
