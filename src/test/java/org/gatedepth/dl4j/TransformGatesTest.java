package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.gatedepth.block.Connection;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.report.DepthReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.ops.transforms.Transforms;

class TransformGatesTest {

    private static final INDArray ROWS = Nd4j.createFromArray(new float[][] {{1, -2, 3}, {0.5f, 1, -1}});

    private static ComputationGraph network(NetworkSpec spec) {
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(spec));
        network.init();
        return network;
    }

    private static NetworkSpec spec(int depth) {
        return NetworkSpec.classification(3, 2).withSize(depth, 3);
    }

    @Test
    void areTheMeanSigmoidOfWhatTheGatesCompute() {
        ComputationGraph network = network(spec(2).withTransformGateBias(-0.5));
        INDArray first = gate(network, "b0", ROWS);
        INDArray transformed = Transforms.relu(
                ROWS.mmul(parameter(network, "b0/H/W")).addRowVector(parameter(network, "b0/H/b")), true);
        INDArray between = ROWS.add(first.mul(transformed.sub(ROWS)));

        List<Double> means = new TransformGates(network).means(ROWS);

        assertThat(means).hasSize(2);
        assertThat(means.get(0)).isCloseTo(first.meanNumber().doubleValue(), within(1e-6));
        assertThat(means.get(1))
                .isCloseTo(gate(network, "b1", between).meanNumber().doubleValue(), within(1e-6));
    }

    private static INDArray parameter(ComputationGraph network, String name) {
        return network.getLayer(GatedNetworks.STACK).getParam(name);
    }

    private static INDArray gate(ComputationGraph network, String block, INDArray x) {
        return Transforms.sigmoid(
                x.mmul(parameter(network, block + "/T/W")).addRowVector(parameter(network, block + "/T/b")), true);
    }

    @Test
    void areNearZeroWhereGatesAreClosedAndNearOneWhereTheyAreOpen() {
        assertThat(new TransformGates(network(spec(4).withTransformGateBias(-30.0))).means(ROWS))
                .hasSize(4)
                .allMatch(gate -> gate < 1e-6);
        assertThat(new TransformGates(network(spec(4).withTransformGateBias(30.0))).means(ROWS))
                .hasSize(4)
                .allMatch(gate -> gate > 1 - 1e-6);
    }

    @Test
    void areThoseOfTheWholeStackWhereHeadsCutIt() {
        AuxiliaryHead head = new AuxiliaryHead("head2", 2, Head.of(Loss.softmaxCrossEntropy(), 2));

        List<Double> means = new TransformGates(network(spec(5).withHeads(List.of(head)))).means(ROWS);

        assertThat(means).hasSize(5).allMatch(gate -> gate > 0 && gate < 1);
    }

    @Test
    void followTheParameters() {
        ComputationGraph network = network(spec(1));
        TransformGates gates = new TransformGates(network);
        double before = gates.means(ROWS).get(0);

        parameter(network, "b0/T/b").addi(1);

        assertThat(gates.means(ROWS).get(0)).isGreaterThan(before + 0.05);
    }

    private static MultiLayerNetwork list(InputType input, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.01))
                .list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork network =
                new MultiLayerNetwork(list.setInputType(input).build());
        network.init();
        return network;
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build();
    }

    private static GatedStack stack(int depth) {
        return new GatedStack.Builder().depth(depth).nOut(4).build();
    }

    @Test
    void ofANetworkOfLayersAreThoseOfTheSameGraph() {
        MultiLayerNetwork network = list(InputType.feedForward(3), stack(3), output());
        ComputationGraph graph = network.toComputationGraph();

        assertThat(new TransformGates(network).byBlock(ROWS).keySet())
                .containsExactly("layer0/1", "layer0/2", "layer0/3");
        assertThat(new TransformGates(network).means(ROWS)).isEqualTo(new TransformGates(graph).means(ROWS));
    }

    @Test
    void areNamedAsInAReport() {
        MultiLayerNetwork network = list(
                InputType.feedForward(3),
                new HighwayLayer.Builder().name("first").nOut(4).build(),
                new DenseSkipLayer.Builder().growthRate(2).build(),
                new FrozenLayer(stack(2)),
                output());
        DataSet data = new DataSet(ROWS, Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}}));
        Map<String, Double> gates = new TransformGates(network).byBlock(ROWS);

        Map<String, Double> reported = new LinkedHashMap<>();
        DepthReport.of(network, data).gates().forEach(gate -> reported.put(gate.block(), gate.mean()));

        assertThat(gates.keySet()).containsExactly("first", "layer2/1", "layer2/2");
        assertThat(reported.keySet()).containsExactlyElementsOf(gates.keySet());
        gates.forEach((block, mean) -> assertThat(reported.get(block)).isCloseTo(mean, within(1e-6)));
    }

    @Test
    void areThoseOfWhatAPreProcessorMakes() {
        MultiLayerNetwork network = list(
                InputType.convolutional(5, 5, 1),
                new ConvolutionLayer.Builder(3, 3).nOut(2).build(),
                stack(1),
                output());
        INDArray images = Nd4j.linspace(-1, 1, 2 * 25, DataType.FLOAT).reshape(2, 1, 5, 5);
        INDArray read = network.feedForward(images).get(1).dup('c').reshape(2, 18);
        INDArray projected = read.mmul(network.getLayer(1).getParam("b0/W"))
                .addRowVector(network.getLayer(1).getParam("b0/b"));
        INDArray gate = Transforms.sigmoid(projected
                .mmul(network.getLayer(1).getParam("b1/T/W"))
                .addRowVector(network.getLayer(1).getParam("b1/T/b")));

        assertThat(new TransformGates(network).byBlock(images).get("layer1/1"))
                .isCloseTo(gate.meanNumber().doubleValue(), within(1e-6));
    }

    @Test
    void areThoseOfEachTimeStep() {
        INDArray sequences = Nd4j.linspace(-1, 1, 2 * 3 * 5, DataType.FLOAT).reshape(2, 3, 5);
        HighwayLayer.Builder layer = new HighwayLayer.Builder().nIn(3).nOut(3);
        RnnOutputLayer output = new RnnOutputLayer.Builder()
                .nOut(2)
                .activation(Activation.SOFTMAX)
                .build();
        MultiLayerNetwork wrapped = list(InputType.recurrent(3), new TimeDistributed(layer.build()), output);
        MultiLayerNetwork network = list(InputType.recurrent(3), layer.build(), output);

        Map<String, Double> gates = new TransformGates(wrapped).byBlock(sequences);

        assertThat(gates).containsOnlyKeys("layer0");
        assertThat(gates.get("layer0"))
                .isCloseTo(new TransformGates(network).byBlock(sequences).get("layer0"), within(1e-6));
    }

    @Test
    void haveThoseOfVerticesAmongThem() {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("h", new DenseLayer.Builder().nOut(3).build(), "in")
                .addLayer(
                        "g",
                        new DenseLayer.Builder()
                                .nOut(3)
                                .biasInit(-30)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "in")
                .addVertex("gate", new FrozenVertex(new HighwayGateVertex()), "h", "g", "in")
                .addLayer("out", output(), "gate")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(3))
                .build());
        graph.init();

        assertThat(new TransformGates(graph).byBlock(ROWS)).containsOnlyKeys("gate");
        assertThat(new TransformGates(graph).means(ROWS).get(0)).isLessThan(1e-6);
    }

    /** Asks for the gates in the middle of each iteration. */
    private static final class Asking extends BaseTrainingListener {
        private final TransformGates gates;
        private final INDArray features;
        private final List<Map<String, Double>> answers = new ArrayList<>();

        Asking(TransformGates gates, INDArray features) {
            this.gates = gates;
            this.features = features;
        }

        @Override
        public void onGradientCalculation(Model model) {
            answers.add(gates.byBlock(features));
        }
    }

    private static DataSet sequences(int examples) {
        Random random = new Random(examples);
        INDArray features = Nd4j.zeros(DataType.FLOAT, examples, 3, 5);
        for (long i = 0; i < features.length(); i++) {
            features.putScalar(i, random.nextGaussian());
        }
        INDArray labels = Nd4j.zeros(DataType.FLOAT, examples, 2, 5);
        labels.get(NDArrayIndex.all(), NDArrayIndex.point(1), NDArrayIndex.all())
                .assign(1);
        INDArray mask = Nd4j.ones(DataType.FLOAT, examples, 5);
        mask.putScalar(0, 4, 0);
        return new DataSet(features, labels, mask, mask);
    }

    /** With dropout, masks and other rows than those of the question: whatever the question changed would show. */
    @Test
    void changeNothingInANetworkThatTrains() {
        List<MultiLayerNetwork> networks = new ArrayList<>();
        List<ComputationGraph> graphs = new ArrayList<>();
        for (int asked = 0; asked < 2; asked++) {
            MultiLayerNetwork network = list(
                    InputType.recurrent(3),
                    new LSTM.Builder().nOut(4).build(),
                    new GatedStack.Builder().depth(3).nOut(4).dropOut(0.5).build(),
                    new RnnOutputLayer.Builder()
                            .nOut(2)
                            .activation(Activation.SOFTMAX)
                            .build());
            ComputationGraph graph = network.toComputationGraph();
            INDArray others = sequences(7).getFeatures();
            if (asked == 1) {
                network.addListeners(new Asking(new TransformGates(network), others));
                graph.addListeners(new Asking(new TransformGates(graph), others));
            }
            Nd4j.getRandom().setSeed(3);
            for (int i = 0; i < 4; i++) {
                network.fit(sequences(5));
                graph.fit(sequences(5));
            }
            networks.add(network);
            graphs.add(graph);
        }

        assertThat(networks.get(1).params()).isEqualTo(networks.get(0).params());
        assertThat(graphs.get(1).params()).isEqualTo(graphs.get(0).params());
        assertThat(networks.get(1).getIterationCount()).isEqualTo(4);
        assertThat(networks.get(1).getListeners()).singleElement().isInstanceOfSatisfying(Asking.class, asking -> {
            assertThat(asking.answers).hasSize(4);
            assertThat(asking.answers.get(3)).isNotEqualTo(asking.answers.get(0));
        });
    }

    @Test
    void leaveInputsAndMasksWhereTheyWere() {
        MultiLayerNetwork network = list(
                InputType.recurrent(3),
                stack(2),
                new RnnOutputLayer.Builder()
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build());
        DataSet data = sequences(5);
        network.setInput(data.getFeatures());
        network.setLayerMaskArrays(data.getFeaturesMaskArray(), data.getLabelsMaskArray());
        network.setEpochCount(3);
        INDArray mask = network.getLayer(1).getMaskArray();

        new TransformGates(network).means(sequences(7).getFeatures());

        assertThat(network.getInput()).isSameAs(data.getFeatures());
        assertThat(network.getLayer(1).getMaskArray()).isSameAs(mask);
        assertThat(network.getEpochCount()).isEqualTo(3);
    }

    @Test
    void areNoneWhereThereIsNoLayerOfGatedepth() {
        MultiLayerNetwork network =
                list(InputType.feedForward(3), new DenseLayer.Builder().nOut(4).build(), output());

        assertThat(new TransformGates(network).byBlock(ROWS)).isEmpty();
    }

    @Test
    void needAsManyInputsAsTheNetworkHas() {
        TransformGates gates = new TransformGates(list(InputType.feedForward(3), stack(2), output()));

        assertThatThrownBy(() -> gates.means(ROWS, ROWS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the network has 1 input, got 2 arrays of features");
        assertThatThrownBy(() -> new TransformGates(network(spec(2))).means())
                .hasMessage("the network has 1 input, got 0 arrays of features");
    }

    @Test
    void needAnInitialisedNetwork() {
        assertThatThrownBy(() -> new TransformGates(new ComputationGraph(GatedNetworks.configuration(spec(2)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the network is not initialised: call init() on it, or load a trained one");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HIGHWAY")
    void areNoneOfOtherConnections(Connection connection) {
        assertThat(new TransformGates(network(spec(2).withConnection(connection))).means(ROWS))
                .isEmpty();
    }
}
