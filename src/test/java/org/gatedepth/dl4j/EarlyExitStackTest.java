package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Block;
import org.gatedepth.block.Connection;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Params;
import org.gatedepth.block.Stack;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.ops.transforms.Transforms;

@ExtendWith(DoublePrecision.class)
class EarlyExitStackTest {
    private static final int ROWS = 40;
    static final Loss SOFTMAX = Loss.softmaxCrossEntropy();
    private static final InputType ROW = InputType.feedForward(Networks.INPUTS);

    /** Blocks of a {@link NotingStack} whose ops were put into a graph: one that was not cannot have run. */
    private static final List<Integer> DEFINED = new ArrayList<>();

    @BeforeEach
    void forget() {
        DEFINED.clear();
    }

    private record Noting(int position, Block inner) implements Block {
        @Override
        public long inputSize() {
            return inner.inputSize();
        }

        @Override
        public long outputSize() {
            return inner.outputSize();
        }

        @Override
        public List<ParamSpec> params() {
            return inner.params();
        }

        @Override
        public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
            DEFINED.add(position);
            return inner.apply(sd, x, p);
        }
    }

    /** A stack that notes which of its blocks are put into a graph. */
    private static final class NotingStack extends GatedStack {
        @Override
        Stack stack(long inputs) {
            List<Block> noting = new ArrayList<>();
            for (Block block : super.stack(inputs).blocks()) {
                noting.add(new Noting(noting.size(), block));
            }
            return new Stack(noting);
        }
    }

    static GatedStack.Builder stack(Connection connection, int width) {
        return Variants.stack(connection, 5).nOut(width).taps(1, 3);
    }

    /** Heads on both taps that predict what the output does, and between them one on another target. */
    private static DeepSupervisionOutputLayer output(GatedStack stack) {
        return new DeepSupervisionOutputLayer.Builder(SOFTMAX, stack)
                .nOut(Networks.CLASSES)
                .head(1, Head.of(SOFTMAX, Networks.CLASSES))
                .head(1, 3, Head.of(Loss.squaredError(), 2))
                .head(3, Head.of(SOFTMAX, Networks.CLASSES))
                .build();
    }

    static MultiLayerNetwork network(DataType type, InputType input, GatedStack stack, Layer... below) {
        NeuralNetConfiguration.ListBuilder list =
                Networks.builder(new Adam(0.01)).dataType(type).list();
        for (Layer layer : below) {
            list.layer(layer);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(
                list.layer(stack).layer(output(stack)).setInputType(input).build());
        net.init();
        for (int i = 0; i < net.getnLayers(); i++) {
            if (net.getLayer(i).numParams() > 0 && !(net.getLayer(i).conf().getLayer() instanceof BatchNormalization)) {
                net.getLayer(i)
                        .params()
                        .assign(normal(5 + i, type, net.getLayer(i).params().shape())
                                .muli(0.6));
            }
        }
        return net;
    }

    static MultiLayerNetwork network(Connection connection, int width) {
        return network(DataType.DOUBLE, ROW, stack(connection, width).build());
    }

    /** What a head predicts, written out: the softmax of a linear map of its tap. */
    private static INDArray prediction(MultiLayerNetwork net, INDArray x, String head, int tap) {
        int top = net.getnLayers() - 1;
        INDArray taps = net.feedForward(x).get(top);
        List<Long> sizes = ((GatedStack) net.getLayer(top - 1).conf().getLayer()).tapSizes();
        long from = sizes.subList(0, tap).stream().mapToLong(Long::longValue).sum();
        INDArray own = taps.get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + sizes.get(tap)));
        INDArray w = net.getLayer(top).getParam(head + "/W");
        INDArray b = net.getLayer(top).getParam(head + "/b");
        return Transforms.softmax(own.dup('c').mmul(w).addRowVector(b));
    }

    private static List<INDArray> predictions(MultiLayerNetwork net, INDArray x) {
        return List.of(prediction(net, x, "head1", 0), prediction(net, x, "head3", 1), prediction(net, x, "main", 2));
    }

    private static void assertEachRowLeftWhereItShould(
            MultiLayerNetwork net, double confidence, INDArray x, double tolerance) {
        EarlyExit.Result result = new EarlyExit(net, confidence).predict(x);
        List<INDArray> all = predictions(net, x);
        assertThat(result.heads()).containsExactly("head1", "head3", "main");
        assertThat(result.output().size(0)).isEqualTo(x.size(0));
        for (int i = 0; i < x.size(0); i++) {
            int expected = 0;
            while (expected < 2 && all.get(expected).getRow(i).maxNumber().doubleValue() < confidence) {
                expected++;
            }
            assertThat(result.exits()[i]).isEqualTo(expected);
            assertClose(result.output().getRow(i, true), all.get(expected).getRow(i, true), tolerance);
        }
    }

    /** A confidence with which rows leave at each of the two heads and at the output. */
    private static double mixing(MultiLayerNetwork net, INDArray x) {
        for (int percent = 34; percent < 100; percent++) {
            int[] exits = new EarlyExit(net, percent / 100.0).predict(x).exits();
            if (Arrays.stream(exits).distinct().count() == 3) {
                return percent / 100.0;
            }
        }
        throw new AssertionError("no confidence makes rows leave everywhere");
    }

    static Stream<Arguments> stacks() {
        // With a projection of the four inputs and without.
        return Stream.of(Connection.values()).flatMap(c -> Stream.of(arguments(c, 3), arguments(c, 4)));
    }

    @ParameterizedTest
    @MethodSource("stacks")
    void aConfidenceThatNoHeadReachesGivesTheNetworksOutput(Connection connection, int width) {
        MultiLayerNetwork net = network(connection, width);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        EarlyExit.Result result = new EarlyExit(net, 1).predict(x);
        assertClose(result.output(), net.output(x), 1e-12);
        assertThat(result.exits()).containsOnly(2);
    }

    @ParameterizedTest
    @MethodSource("stacks")
    void aConfidenceThatEveryRowReachesGivesTheFirstHeadsOutput(Connection connection, int width) {
        MultiLayerNetwork net = network(connection, width);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        EarlyExit.Result result = new EarlyExit(net, 0.01).predict(x);
        assertClose(result.output(), prediction(net, x, "head1", 0), 1e-12);
        assertThat(result.exits()).containsOnly(0);
    }

    @ParameterizedTest
    @MethodSource("stacks")
    void eachRowHasTheAnswerOfTheFirstHeadThatIsSure(Connection connection, int width) {
        MultiLayerNetwork net = network(connection, width);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        for (double confidence : new double[] {0.5, mixing(net, x), 0.9}) {
            assertEachRowLeftWhereItShould(net, confidence, x, 1e-12);
        }
    }

    @Test
    void inSinglePrecision() {
        MultiLayerNetwork net =
                network(DataType.FLOAT, ROW, stack(Connection.HIGHWAY, 3).build());
        INDArray x = normal(1, DataType.FLOAT, ROWS, Networks.INPUTS);
        assertEachRowLeftWhereItShould(net, mixing(net, x), x, 1e-5);
    }

    static Stream<Arguments> below() {
        DenseLayer dense =
                new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build();
        InputType image = InputType.convolutional(3, 3, 1);
        ConvolutionLayer convolution =
                new ConvolutionLayer.Builder(2, 2).nOut(2).build();
        return Stream.of(
                arguments("one layer", ROW, new Layer[] {dense}),
                arguments("two layers", ROW, new Layer[] {dense, new BatchNormalization()}),
                arguments("a pre-processor", image, new Layer[0]),
                arguments("a layer and a pre-processor", image, new Layer[] {convolution}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("below")
    void withLayersBelowTheStack(String name, InputType input, Layer[] below) {
        MultiLayerNetwork net =
                network(DataType.DOUBLE, input, stack(Connection.HIGHWAY, 3).build(), below);
        INDArray x = input == ROW ? normal(1, ROWS, Networks.INPUTS) : normal(1, ROWS, 1, 3, 3);
        assertEachRowLeftWhereItShould(net, mixing(net, x), x, 1e-12);
        assertClose(new EarlyExit(net, 1).predict(x).output(), net.output(x), 1e-12);
    }

    private static MultiLayerNetwork noting() {
        NotingStack stack = new NotingStack();
        stack.setConnection(Connection.HIGHWAY);
        stack.setActivation(Activation.TANH);
        stack.setDepth(5);
        stack.setNOut(3);
        stack.setTaps(List.of(1, 3));
        MultiLayerNetwork net = network(DataType.DOUBLE, ROW, stack);
        DEFINED.clear();
        return net;
    }

    @Test
    void blocksBehindAHeadDoNotRunWhenAllRowsHaveLeft() {
        MultiLayerNetwork net = noting();
        new EarlyExit(net, 0.01).predict(normal(1, ROWS, Networks.INPUTS));
        // The projection and the first block.
        assertThat(DEFINED).containsExactly(0, 1);
    }

    @Test
    void eachBlockIsComputedInOnePartOnly() {
        MultiLayerNetwork net = noting();
        EarlyExit exit = new EarlyExit(net, 1);
        exit.predict(normal(1, ROWS, Networks.INPUTS));
        exit.predict(normal(2, 3, Networks.INPUTS));
        assertThat(DEFINED).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void takesOneRow() {
        MultiLayerNetwork net = network(Connection.HIGHWAY, 3);
        for (double confidence : new double[] {0.01, 0.6, 1}) {
            for (int i = 0; i < 4; i++) {
                assertEachRowLeftWhereItShould(net, confidence, normal(i, 1, Networks.INPUTS), 1e-12);
            }
        }
    }

    @Test
    void anotherNumberOfRowsAfterTheFirst() {
        MultiLayerNetwork net = network(Connection.WEIGHTED, 3);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        EarlyExit exit = new EarlyExit(net, mixing(net, x));
        INDArray first = exit.predict(x).output().dup();
        exit.predict(normal(2, 3, Networks.INPUTS));
        assertClose(exit.predict(x).output(), first, 0);
    }

    @Test
    void sharesSumToOne() {
        MultiLayerNetwork net = network(Connection.HIGHWAY, 3);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        EarlyExit.Result result = new EarlyExit(net, mixing(net, x)).predict(x);
        assertThat(result.shares()).containsOnlyKeys("head1", "head3", "main");
        assertThat(result.shares().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum())
                .isCloseTo(1, within(1e-12));
    }

    @Test
    void theNetworkPredictsAndTrainsAsIfNothingHadBeen() {
        DenseLayer dense = new DenseLayer.Builder().nOut(5).build();
        MultiLayerNetwork used =
                network(DataType.DOUBLE, ROW, stack(Connection.HIGHWAY, 3).build(), dense);
        MultiLayerNetwork other =
                network(DataType.DOUBLE, ROW, stack(Connection.HIGHWAY, 3).build(), dense);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        INDArray y = Nd4j.hstack(oneHot(ROWS, 3), normal(2, ROWS, 2));
        for (int i = 0; i < 3; i++) {
            new EarlyExit(used, 0.7).predict(normal(9, 5, Networks.INPUTS));
            assertClose(used.output(x), other.output(x), 0);
            new EarlyExit(used, 0.01).predict(normal(8, 7, Networks.INPUTS));
            used.fit(new DataSet(x, y));
            other.fit(new DataSet(x, y));
        }
        assertClose(used.params(), other.params(), 0);
    }

    @Test
    void readsTheParametersThatTheNetworkHasNow() {
        MultiLayerNetwork net = network(Connection.HIGHWAY, 3);
        EarlyExit exit = new EarlyExit(net, 1);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        exit.predict(x);
        net.params().muli(0.5);
        assertClose(exit.predict(x).output(), net.output(x), 1e-12);
    }
}
