package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.block.Weighting;
import org.gatedepth.dl4j.AuxiliaryHead;
import org.gatedepth.dl4j.DeepSupervisionOutputLayer;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.HighwayGateVertex;
import org.gatedepth.dl4j.HighwayLayer;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.dl4j.TransformGates;
import org.gatedepth.dl4j.WeightedSkipLayer;
import org.gatedepth.dl4j.WeightedSkipVertex;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.SoftmaxCrossEntropy;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** Holds the report to the networks and data that users have. */
class DepthReportTest {
    private static final DataSet DATA = Networks.data(60, 7);
    private static final SoftmaxCrossEntropy CROSS_ENTROPY = new SoftmaxCrossEntropy(0, List.of());

    private static GatedStack stack(Connection connection, int depth) {
        return new GatedStack.Builder()
                .connection(connection)
                .depth(depth)
                .nOut(Networks.INPUTS)
                .growthRate(2)
                .build();
    }

    private static MultiLayerNetwork highway(int depth) {
        return Networks.network(Networks.unchanging(), stack(Connection.HIGHWAY, depth));
    }

    private static ComputationGraph withHeads() {
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(NetworkSpec.classification(
                        Networks.INPUTS, Networks.CLASSES)
                .withSize(6, 8)
                .withUpdater(new Adam(.01))
                .withHeads(List.of(
                        new AuxiliaryHead("low", 2, Head.of(CROSS_ENTROPY, Networks.CLASSES)),
                        new AuxiliaryHead("middle", 4, Head.of(CROSS_ENTROPY, Networks.CLASSES))))));
        network.init();
        return network;
    }

    private static MultiDataSet threeTimes(DataSet data) {
        INDArray y = data.getLabels();
        return new MultiDataSet(new INDArray[] {data.getFeatures()}, new INDArray[] {y, y, y});
    }

    @Test
    void theNetworkIsLeftAsItIs() {
        MultiLayerNetwork network = highway(3);
        INDArray params = network.params().dup();
        INDArray output = network.output(DATA.getFeatures()).dup();

        DepthReport.of(network, DATA);

        assertThat(network.params()).isEqualTo(params);
        assertThat(network.output(DATA.getFeatures())).isEqualTo(output);
    }

    @Test
    void twoReportsOfANetworkAreEqual() {
        MultiLayerNetwork network = highway(4);

        assertThat(DepthReport.of(network, DATA)).isEqualTo(DepthReport.of(network, DATA));
    }

    @Test
    void theStartIsTheNetworkOfItsSeed() {
        MultiLayerNetwork network = Networks.network(Networks.builder(new Adam(.05)), stack(Connection.HIGHWAY, 3));
        Flow untrained = DepthReport.of(network, DATA).chains().get(0).now();
        for (int i = 0; i < 20; i++) {
            network.fit(DATA);
        }

        Chain chain = DepthReport.of(network, DATA).chains().get(0);

        assertThat(chain.start()).isEqualTo(untrained);
        assertThat(chain.now()).isNotEqualTo(untrained);
    }

    @Test
    void aNewNetworkIsNotJudged() {
        MultiLayerNetwork network = Networks.network(Networks.builder(new Adam(.05)), stack(Connection.HIGHWAY, 3));
        String train = "Measure the network again when it is trained: now it is as it was initialised.";

        assertThat(DepthReport.of(network, DATA).advice()).containsExactly(train);
        network.fit(DATA);
        assertThat(DepthReport.of(network, DATA).advice()).isNotEmpty().doesNotContain(train);
    }

    @Test
    void singleLayersInARowAreOneChain() {
        DepthReport report = DepthReport.of(
                Networks.network(
                        Networks.unchanging(),
                        new HighwayLayer.Builder().nOut(6).build(),
                        new HighwayLayer.Builder().nOut(6).build(),
                        new WeightedSkipLayer.Builder().nOut(6).build()),
                DATA);

        assertThat(report.chains())
                .singleElement()
                .extracting(Chain::blocks)
                .isEqualTo(List.of("layer0", "layer1", "layer2"));
    }

    @Test
    void aLayerBetweenEndsAChain() {
        DepthReport report = DepthReport.of(
                Networks.network(
                        Networks.unchanging(),
                        new HighwayLayer.Builder().nOut(6).build(),
                        new DenseLayer.Builder().nOut(6).build(),
                        new HighwayLayer.Builder().nOut(6).build()),
                DATA);

        assertThat(report.chains()).extracting(Chain::name).containsExactly("layer0", "layer2");
    }

    @Test
    void theProjectionIsNoBlock() {
        GatedStack wide = new GatedStack.Builder()
                .connection(Connection.HIGHWAY)
                .depth(3)
                .nOut(7)
                .build();

        Chain chain = DepthReport.of(Networks.network(Networks.unchanging(), wide), DATA)
                .chains()
                .get(0);

        assertThat(chain.blocks()).containsExactly("layer0/1", "layer0/2", "layer0/3");
        assertThat(chain.now().gradient()).hasSize(4);
    }

    @Test
    void partsBetweenHeadsAreOneChain() {
        DepthReport report = DepthReport.of(withHeads(), threeTimes(DATA));

        assertThat(report.chains()).singleElement().satisfies(chain -> {
            assertThat(chain.name()).isEqualTo("stack1 .. stack3");
            assertThat(chain.depth()).isEqualTo(6);
        });
    }

    @Test
    void gatesAreThoseOfTransformGates() {
        ComputationGraph network = Networks.graph(Networks.unchanging(), stack(Connection.HIGHWAY, 3));

        List<Gates> gates = DepthReport.of(network, DATA).gates();

        List<Double> means = new TransformGates(network).means(DATA.getFeatures());
        assertThat(gates).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(gates.get(i).mean()).isCloseTo(means.get(i), within(1e-9));
        }
    }

    @Test
    void openGatesAreOpenForEachExampleAndClass() {
        GatedStack open = new GatedStack.Builder()
                .depth(2)
                .nOut(Networks.INPUTS)
                .transformGateBias(50)
                .build();

        assertThat(DepthReport.of(Networks.network(Networks.unchanging(), open), DATA)
                        .gates())
                .allSatisfy(gates -> {
                    assertThat(gates.bias()).isEqualTo(50);
                    assertThat(gates.startBias()).isEqualTo(50);
                    assertThat(gates.open()).isEqualTo(1);
                    assertThat(gates.everOpen()).isEqualTo(1);
                    assertThat(gates.spread()).isCloseTo(0, within(1e-9));
                });
    }

    @Test
    void weightsOfSkipsAreThoseOfTheLayer() {
        WeightedSkipLayer layer = new WeightedSkipLayer.Builder()
                .nOut(Networks.INPUTS)
                .weighting(Weighting.PER_UNIT)
                .build();
        MultiLayerNetwork network = Networks.network(Networks.unchanging(), layer);
        network.getLayer(0).setParam("beta", Nd4j.create(new double[][] {{-3, 1, 1, 1}}));

        assertThat(DepthReport.of(network, DATA).skips()).containsExactly(new SkipWeights("layer0", 1, 0, 1.5));
    }

    @Test
    void denseWeightsHaveARowForEachReader() {
        MultiLayerNetwork network = Networks.network(Networks.unchanging(), stack(Connection.DENSE, 3));

        DenseWeights weights = DepthReport.of(network, DATA).dense().get(0);

        assertThat(weights.readers()).containsExactly("layer0/1", "layer0/2", "layer0/3", "layer1");
        assertThat(weights.sources()).containsExactly("input", "layer0/1", "layer0/2", "layer0/3");
        assertThat(weights.weights()).extracting(List::size).containsExactly(1, 2, 3, 4);
        double[][] output = network.getLayer(1).getParam("W").toDoubleMatrix();
        double last = Arrays.stream(Arrays.copyOfRange(output, 8, 10))
                .flatMapToDouble(Arrays::stream)
                .map(Math::abs)
                .average()
                .orElseThrow();
        assertThat(weights.weights().get(3).get(3)).isCloseTo(last, within(1e-9));
    }

    @Test
    void headsAreListedFromTheLowestToTheOutput() {
        List<HeadReport> heads = DepthReport.of(withHeads(), threeTimes(DATA)).heads();

        assertThat(heads).extracting(HeadReport::name).containsExactly("low", "middle", "out");
        assertThat(heads).extracting(HeadReport::depth).containsExactly(2, 4, 6);
        assertThat(heads.stream()
                        .mapToDouble(head -> Objects.requireNonNull(head.leaving()))
                        .sum())
                .isCloseTo(1, within(1e-9));
    }

    @Test
    void overthinkingCountsWhatOnlyTheHeadGetsRight() {
        ComputationGraph network = withHeads();
        for (int i = 0; i < 60; i++) {
            network.fit(threeTimes(DATA));
        }
        INDArray[] outputs = network.output(DATA.getFeatures());

        HeadReport low = DepthReport.of(network, threeTimes(DATA)).heads().get(0);

        int[] labels = DATA.getLabels().argMax(1).toIntVector();
        int[] atEnd = outputs[0].argMax(1).toIntVector();
        int[] atHead = outputs[1].argMax(1).toIntVector();
        double expected = 0;
        for (int i = 0; i < labels.length; i++) {
            expected += atHead[i] == labels[i] && atEnd[i] != labels[i] ? 1.0 / labels.length : 0;
        }
        assertThat(low.overthinking()).isCloseTo(expected, within(1e-9));
    }

    @Test
    void headsOfATappedStackAreMeasured() {
        GatedStack tapped =
                new GatedStack.Builder().depth(4).nOut(Networks.INPUTS).taps(2).build();
        MultiLayerNetwork network = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(tapped)
                .layer(new DeepSupervisionOutputLayer.Builder(CROSS_ENTROPY, tapped)
                        .nOut(Networks.CLASSES)
                        .head(2, Head.of(CROSS_ENTROPY, Networks.CLASSES))
                        .build())
                .setInputType(InputType.feedForward(Networks.INPUTS))
                .build());
        network.init();

        DepthReport report = DepthReport.of(network, DATA);

        assertThat(report.heads()).extracting(HeadReport::depth).containsExactly(2, 4);
        assertThat(report.lesions().single()).hasSize(4);
        assertThat(report.chains().get(0).now().gradient()).hasSize(5).allMatch(norm -> norm > 0);
    }

    @Test
    void verticesHaveGatesAndLesions() {
        ComputationGraphConfiguration.GraphBuilder graph = Networks.unchanging()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(Networks.INPUTS))
                .addLayer(
                        "h",
                        new DenseLayer.Builder()
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build(),
                        "in")
                .addLayer(
                        "g",
                        new DenseLayer.Builder()
                                .nOut(4)
                                .biasInit(-2)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "in")
                .addVertex("gate", new HighwayGateVertex(), "h", "g", "in")
                .addLayer("f", new DenseLayer.Builder().nOut(4).build(), "gate")
                .addVertex("sum", new WeightedSkipVertex(), "gate", "f")
                .addLayer("out", Networks.output(), "sum")
                .setOutputs("out");

        DepthReport report = DepthReport.of(Networks.init(graph), DATA);

        assertThat(report.chains()).isEmpty();
        assertThat(report.gates()).singleElement().satisfies(gates -> {
            assertThat(gates.block()).isEqualTo("gate");
            assertThat(gates.bias()).isNull();
            assertThat(gates.mean()).isBetween(.02, .4);
        });
        assertThat(report.skips()).containsExactly(new SkipWeights("sum", 1, 1, 1));
        assertThat(report.lesions().single()).extracting(Lesions.Outcome::block).containsExactly("gate", "sum");
        assertThat(report.verdict()).hasSizeBetween(2, 5);
    }

    @Test
    void aRegressionIsMeasuredBySquaredErrors() {
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(
                NetworkSpec.regression(Networks.INPUTS, 1).withSize(3, 8)));
        network.init();
        INDArray y = DATA.getFeatures().getColumn(0, true).castTo(DataType.FLOAT);
        DataSet data = new DataSet(DATA.getFeatures().castTo(DataType.FLOAT), y);

        Lesions.Outcome intact = DepthReport.of(network, data).lesions().intact();

        assertThat(intact.accuracy()).isNull();
        assertThat(intact.loss())
                .isCloseTo(network.outputSingle(data.getFeatures()).squaredDistance(y) / 60, within(1e-5));
    }

    @Test
    void dropOutIsOff() {
        GatedStack dropping = new GatedStack.Builder()
                .depth(3)
                .nOut(Networks.INPUTS)
                .dropOut(.5)
                .build();
        GatedStack keeping =
                new GatedStack.Builder().depth(3).nOut(Networks.INPUTS).build();

        assertThat(DepthReport.of(Networks.network(Networks.unchanging(), dropping), DATA)
                        .chains())
                .isEqualTo(DepthReport.of(Networks.network(Networks.unchanging(), keeping), DATA)
                        .chains());
    }

    @Test
    void aNetworkWithoutAGatedepthLayerIsRefused() {
        MultiLayerNetwork stock = Networks.network(
                Networks.unchanging(), new DenseLayer.Builder().nOut(4).build());

        assertThatThrownBy(() -> DepthReport.of(stock, DATA))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the network has no layer of Gatedepth that is measured, such as GatedStack, HighwayLayer or"
                                + " HighwayGateVertex, only DenseLayer, OutputLayer");
    }

    @Test
    void aNetworkThatIsNotInitialisedIsRefused() {
        MultiLayerNetwork fresh =
                new MultiLayerNetwork(Networks.configuration(Networks.unchanging(), stack(Connection.HIGHWAY, 2)));

        assertThatThrownBy(() -> DepthReport.of(fresh, DATA))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the network is not initialised: call init() on it, or load a trained one");
    }

    @Test
    void anEmptyDataSetIsRefused() {
        assertThatThrownBy(() -> DepthReport.of(highway(2), new DataSet()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the data set holds no examples: give at least one, better some hundred");
    }

    @Test
    void aDataSetOfAnotherWidthIsRefused() {
        DataSet wide = new DataSet(Nd4j.zeros(5, 9), Nd4j.zeros(5, Networks.CLASSES));

        assertThatThrownBy(() -> DepthReport.of(highway(2), wide))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the network reads 4 features, but the data set has the shape [5, 9]: give examples that were"
                                + " prepared as for training");
    }

    @Test
    void labelsOfAnotherWidthAreRefused() {
        DataSet wide = new DataSet(DATA.getFeatures(), Nd4j.zeros(60, 5));

        assertThatThrownBy(() -> DepthReport.of(highway(2), wide))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the labels have the shape [60, 5], but the network predicts [60, 3]: give the labels that it"
                                + " was trained on");
    }

    @Test
    void aGraphWithHeadsNeedsTheLabelsOfEach() {
        assertThatThrownBy(() -> DepthReport.of(withHeads(), DATA))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "the network has the outputs [out, low, middle], but the data has labels for 1:");
    }
}
