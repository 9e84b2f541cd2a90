package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Connection;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;

@ExtendWith(DoublePrecision.class)
class EarlyExitGraphTest {
    private static final int ROWS = 40;
    static final List<String> HEADS = List.of("low", "high");

    /** The number of rows of each pass through a {@link Counting} layer. */
    private static final List<Long> PASSES = new ArrayList<>();

    /** A stock layer's activation that notes how many rows it was given. */
    private static final class Counting extends ActivationIdentity {
        private static final long serialVersionUID = 1L;

        @Override
        public INDArray getActivation(INDArray in, boolean training) {
            PASSES.add(in.size(0));
            return super.getActivation(in, training);
        }
    }

    @BeforeEach
    void forget() {
        PASSES.clear();
    }

    static GraphBuilder builder(DataType type) {
        return builder(type, InputType.feedForward(Networks.INPUTS));
    }

    static GraphBuilder builder(DataType type, InputType input) {
        return Networks.builder(new Adam(0.01))
                .dataType(type)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(input)
                .setOutputs("out", "high", "low");
    }

    /** A graph whose parameters are large enough for predictions that differ from row to row. */
    static ComputationGraph init(GraphBuilder builder) {
        ComputationGraph graph = Networks.init(builder);
        graph.setParams(
                normal(6, graph.params().dataType(), graph.params().shape()).muli(0.7));
        return graph;
    }

    /** A confidence with which rows leave at each of the two heads and at the output. */
    private static double mixing(ComputationGraph graph, INDArray x) {
        for (int percent = 34; percent < 100; percent++) {
            int[] exits =
                    new EarlyExit(graph, HEADS, percent / 100.0).predict(x).exits();
            if (Arrays.stream(exits).distinct().count() == 3) {
                return percent / 100.0;
            }
        }
        throw new AssertionError("no confidence makes rows leave everywhere");
    }

    static AuxiliaryOutputLayer.Builder head() {
        return new AuxiliaryOutputLayer.Builder(Loss.softmaxCrossEntropy()).nOut(Networks.CLASSES);
    }

    /** The first stack projects its input, the second does not unless it is DENSE. */
    static ComputationGraph stacks(Connection connection) {
        return init(builder(DataType.DOUBLE)
                .addLayer("s1", Variants.stack(connection, 2).build(), "in")
                .addLayer("low", head().build(), "s1")
                .addLayer("s2", Variants.stack(connection, 2).build(), "s1")
                .addLayer("high", head().hidden(4).build(), "s2")
                .addLayer("s3", Variants.stack(connection, 1).build(), "s2")
                .addLayer("out", Networks.output(), "s3"));
    }

    /** Behind each head stand vertices that read what was computed before it, the input among it. */
    static ComputationGraph skipping(DataType type) {
        return init(builder(type)
                .addLayer("a", Variants.highway(4).build(), "in")
                .addLayer("low", head().build(), "a")
                .addLayer("b", Variants.highway(4).build(), "a")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
                .addLayer("high", head().layerNorm(true).build(), "sum")
                .addVertex("merged", new MergeVertex(), "sum", "in", "a")
                .addLayer(
                        "c",
                        new DenseLayer.Builder()
                                .nOut(5)
                                .activation(Activation.TANH)
                                .build(),
                        "merged")
                .addLayer("out", Networks.output(), "c"));
    }

    /** The head that answers each row, and its answer, taken from what the whole network gives for all rows. */
    private static void assertEachRowLeftWhereItShould(
            ComputationGraph graph, List<String> heads, double confidence, INDArray x, double tolerance) {
        EarlyExit.Result result = new EarlyExit(graph, heads, confidence).predict(x);
        List<String> outputs = graph.getConfiguration().getNetworkOutputs();
        INDArray[] all = graph.output(false, x);
        assertThat(result.heads()).hasSize(heads.size() + 1).containsAll(heads).endsWith("out");
        assertThat(result.output().size(0)).isEqualTo(x.size(0));
        for (int i = 0; i < x.size(0); i++) {
            int expected = 0;
            while (expected < heads.size()
                    && all[outputs.indexOf(heads.get(expected))]
                                    .getRow(i)
                                    .maxNumber()
                                    .doubleValue()
                            < confidence) {
                expected++;
            }
            assertThat(result.exits()[i]).isEqualTo(expected);
            INDArray answer = all[outputs.indexOf(result.heads().get(expected))];
            assertClose(result.output().getRow(i, true), answer.getRow(i, true), tolerance);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConfidenceThatNoHeadReachesGivesTheNetworksOutput(Connection connection) {
        ComputationGraph graph = stacks(connection);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        EarlyExit.Result result = new EarlyExit(graph, HEADS, 1).predict(x);
        assertClose(result.output(), graph.output(false, x)[0], 1e-12);
        assertThat(result.exits()).containsOnly(2);
    }

    @ParameterizedTest
    @EnumSource
    void aConfidenceThatEveryRowReachesGivesTheFirstHeadsOutput(Connection connection) {
        ComputationGraph graph = stacks(connection);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        EarlyExit.Result result = new EarlyExit(graph, HEADS, 0.01).predict(x);
        assertClose(result.output(), graph.output(false, x)[2], 1e-12);
        assertThat(result.exits()).containsOnly(0);
    }

    @ParameterizedTest
    @EnumSource
    void eachRowHasTheAnswerOfTheFirstHeadThatIsSure(Connection connection) {
        ComputationGraph graph = stacks(connection);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        for (double confidence : new double[] {0.5, mixing(graph, x), 0.9}) {
            assertEachRowLeftWhereItShould(graph, HEADS, confidence, x, 1e-12);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DOUBLE", "FLOAT"})
    void verticesBehindAHeadReadTheRowsThatStayOfWhatIsBeforeIt(DataType type) {
        ComputationGraph graph = skipping(type);
        INDArray x = normal(1, type, ROWS, Networks.INPUTS);
        double tolerance = type == DataType.DOUBLE ? 1e-12 : 1e-5;
        for (double confidence : new double[] {0.6, mixing(graph, x), 0.95}) {
            assertEachRowLeftWhereItShould(graph, HEADS, confidence, x, tolerance);
        }
    }

    @Test
    void aHeadMayHaveABranchOfItsOwnThatBeginsBeforeALowerHead() {
        ComputationGraph graph = init(builder(DataType.DOUBLE)
                .addLayer("a", Variants.highway(4).build(), "in")
                .addLayer("b", Variants.highway(4).build(), "a")
                .addLayer("low", head().build(), "b")
                .addLayer("side", new DenseLayer.Builder().nOut(4).build(), "a")
                .addLayer("high", head().build(), "side")
                .addLayer("out", Networks.output(), "b"));
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        assertEachRowLeftWhereItShould(graph, HEADS, mixing(graph, x), x, 1e-12);
    }

    @Test
    void headsMayBeAskedInAnyOrderAndNotAllOfThem() {
        ComputationGraph graph = skipping(DataType.DOUBLE);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        for (List<String> heads : List.of(List.of("high", "low"), List.of("high"))) {
            assertEachRowLeftWhereItShould(graph, heads, 0.7, x, 1e-12);
        }
    }

    @Test
    void aHeadMayBeAStockOutputLayer() {
        ComputationGraph graph = init(builder(DataType.DOUBLE)
                .addLayer("a", Variants.highway(4).build(), "in")
                .addLayer("low", Networks.output(), "a")
                .addLayer("b", Variants.highway(4).build(), "a")
                .addLayer("high", Networks.output(), "b")
                .addLayer("out", Networks.output(), "b"));
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        assertEachRowLeftWhereItShould(graph, HEADS, mixing(graph, x), x, 1e-12);
    }

    @Test
    void imagesLeaveEarlyToo() {
        ConvolutionLayer.Builder convolution =
                new ConvolutionLayer.Builder(2, 2).nOut(2).activation(Activation.TANH);
        ComputationGraph graph = init(builder(DataType.DOUBLE, InputType.convolutional(4, 4, 1))
                .addLayer("a", convolution.build(), "in")
                .addLayer("low", head().build(), "a")
                .addLayer("b", convolution.build(), "a")
                .addLayer("high", head().build(), "b")
                .addVertex("half", new ScaleVertex(0.5), "b")
                .addLayer("out", Networks.output(), "half"));
        INDArray x = normal(1, ROWS, 1, 4, 4);
        assertEachRowLeftWhereItShould(graph, HEADS, mixing(graph, x), x, 1e-12);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.7, 1})
    void takesOneRow(double confidence) {
        ComputationGraph graph = skipping(DataType.DOUBLE);
        for (int i = 0; i < 4; i++) {
            assertEachRowLeftWhereItShould(graph, HEADS, confidence, normal(i, 1, Networks.INPUTS), 1e-12);
        }
    }

    private static ComputationGraph counting() {
        return init(builder(DataType.DOUBLE)
                .addLayer("a", Variants.highway(4).build(), "in")
                .addLayer("low", head().build(), "a")
                .addLayer(
                        "counted",
                        new DenseLayer.Builder()
                                .nOut(4)
                                .activation(new Counting())
                                .build(),
                        "a")
                .addLayer("high", head().build(), "counted")
                .addLayer(
                        "again",
                        new DenseLayer.Builder()
                                .nOut(4)
                                .activation(new Counting())
                                .build(),
                        "counted")
                .addLayer("out", Networks.output(), "again"));
    }

    @Test
    void whatStandsBehindAHeadDoesNotRunWhenAllRowsHaveLeft() {
        new EarlyExit(counting(), HEADS, 0.01).predict(normal(1, ROWS, Networks.INPUTS));
        assertThat(PASSES).isEmpty();
    }

    @Test
    void whatStandsBehindAHeadRunsOnceAndOnTheRowsThatStay() {
        ComputationGraph graph = counting();
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        double confidence = mixing(graph, x);
        PASSES.clear();
        EarlyExit.Result result = new EarlyExit(graph, HEADS, confidence).predict(x);
        long behindLow = Arrays.stream(result.exits()).filter(e -> e > 0).count();
        long behindHigh = Arrays.stream(result.exits()).filter(e -> e > 1).count();
        assertThat(behindLow).isStrictlyBetween(behindHigh, (long) ROWS);
        assertThat(behindHigh).isPositive();
        assertThat(PASSES).containsExactly(behindLow, behindHigh);
    }

    @Test
    void sharesAreThoseOfTheRowsAndSumToOne() {
        EarlyExit.Result result =
                new EarlyExit(skipping(DataType.DOUBLE), HEADS, 0.85).predict(normal(1, ROWS, Networks.INPUTS));
        assertThat(result.shares()).containsOnlyKeys("low", "high", "out");
        double low = Arrays.stream(result.exits()).filter(e -> e == 0).count() / (double) ROWS;
        assertThat(result.shares()).containsEntry("low", low);
        assertThat(result.shares().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum())
                .isCloseTo(1, within(1e-12));
    }

    @Test
    void anotherNumberOfRowsAfterTheFirst() {
        ComputationGraph graph = skipping(DataType.DOUBLE);
        EarlyExit exit = new EarlyExit(graph, HEADS, 0.85);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        INDArray first = exit.predict(x).output().dup();
        exit.predict(normal(2, 3, Networks.INPUTS));
        assertClose(exit.predict(x).output(), first, 0);
    }

    @Test
    void theNetworkPredictsAndTrainsAsIfNothingHadBeen() {
        ComputationGraph used = skipping(DataType.DOUBLE);
        ComputationGraph other = skipping(DataType.DOUBLE);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        INDArray y = oneHot(ROWS, Networks.CLASSES);
        for (int i = 0; i < 3; i++) {
            new EarlyExit(used, HEADS, 0.85).predict(normal(9, 5, Networks.INPUTS));
            assertClose(used.output(false, x)[0], other.output(false, x)[0], 0);
            new EarlyExit(used, HEADS, 0.01).predict(normal(8, 7, Networks.INPUTS));
            used.fit(new MultiDataSet(new INDArray[] {x}, new INDArray[] {y, y, y}));
            other.fit(new MultiDataSet(new INDArray[] {x}, new INDArray[] {y, y, y}));
        }
        assertClose(used.params(), other.params(), 0);
    }

    @Test
    void readsTheParametersThatTheNetworkHasNow() {
        ComputationGraph graph = skipping(DataType.DOUBLE);
        EarlyExit exit = new EarlyExit(graph, HEADS, 1);
        INDArray x = normal(1, ROWS, Networks.INPUTS);
        exit.predict(x);
        graph.params().muli(0.5);
        assertClose(exit.predict(x).output(), graph.output(false, x)[0], 1e-12);
    }
}
