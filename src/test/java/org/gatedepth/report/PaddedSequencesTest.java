package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.normal;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.RecursiveComparisonAssert;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.HighwayGateVertex;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

/** Steps of padding count nowhere: the report is that of the sequences without them. */
@ExtendWith(DoublePrecision.class)
class PaddedSequencesTest {
    private static final int EXAMPLES = 6;
    private static final int STEPS = 5;
    private static final int PADDED = 15;

    private static NeuralNetConfiguration.Builder settings() {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(.1));
    }

    private static LSTM lstm(RNNFormat format) {
        return new LSTM.Builder().nOut(5).dataFormat(format).build();
    }

    private static RnnOutputLayer output(RNNFormat format) {
        return new RnnOutputLayer.Builder()
                .nOut(3)
                .dataFormat(format)
                .activation(Activation.SOFTMAX)
                .build();
    }

    /** The last layer but one hands gradients from step to step. */
    private static MultiLayerNetwork network(RNNFormat format) {
        MultiLayerNetwork network = new MultiLayerNetwork(settings()
                .list()
                .layer(lstm(format))
                .layer(new GatedStack.Builder().depth(2).nOut(5).build())
                .layer(lstm(format))
                .layer(output(format))
                .setInputType(InputType.recurrent(4, format))
                .build());
        network.init();
        return network;
    }

    private static ComputationGraph vertices(RNNFormat format) {
        ComputationGraphConfiguration.GraphBuilder graph = settings().graphBuilder();
        graph.addInputs("in")
                .addLayer("carry", lstm(format), "in")
                .addLayer("gate", lstm(format), "carry")
                .addLayer("transform", lstm(format), "carry")
                .addVertex("vertex", new HighwayGateVertex(), "transform", "gate", "carry")
                .addLayer("out", output(format), "vertex")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(4, format));
        ComputationGraph network = new ComputationGraph(graph.build());
        network.init();
        return network;
    }

    private static int label(int example, int step) {
        return (example + step * step) % 3;
    }

    private static INDArray features(int steps) {
        INDArray features = normal(7, EXAMPLES, 4, steps);
        features.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, STEPS))
                .assign(normal(1, EXAMPLES, 4, STEPS));
        return features;
    }

    private static INDArray labels(int steps) {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, 3, steps);
        for (int i = 0; i < EXAMPLES; i++) {
            for (int t = 0; t < steps; t++) {
                labels.putScalar(new int[] {i, label(i, t), t}, 1);
            }
        }
        return labels;
    }

    /** Sequences of one length, or of several, with whatever numbers after their ends. */
    private static INDArray mask(int steps, boolean ragged) {
        INDArray mask = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, steps);
        for (int i = 0; i < EXAMPLES; i++) {
            int length = ragged ? 2 + i % 4 : STEPS;
            mask.get(NDArrayIndex.point(i), NDArrayIndex.interval(0, length)).assign(1);
        }
        return mask;
    }

    private static DataSet data(RNNFormat format, int steps, boolean ragged, String masks) {
        INDArray mask = mask(steps, ragged);
        INDArray x = features(steps);
        INDArray y = labels(steps);
        boolean last = format == RNNFormat.NWC;
        return new DataSet(
                last ? x.permute(0, 2, 1).dup('c') : x,
                last ? y.permute(0, 2, 1).dup('c') : y,
                masks.contains("features") ? mask : null,
                masks.contains("labels") ? mask : null);
    }

    @ParameterizedTest
    @CsvSource({"NCW,false,labels", "NCW,true,features", "NWC,false,features", "NWC,true,features and labels"})
    void paddingCountsNowhere(RNNFormat format, boolean ragged, String masks) {
        MultiLayerNetwork network = network(format);
        // Without masks if all are of one length.
        DepthReport plain = DepthReport.of(network, data(format, STEPS, ragged, ragged ? masks : ""));
        DataSet padded = data(format, PADDED, ragged, masks);
        same(DepthReport.of(network, padded), plain);
        assertThat(plain.gates())
                .hasSize(2)
                .allSatisfy(gates -> assertThat(gates.spread()).isNotNull());
    }

    @Test
    void paddingCountsNowhereInAGraph() {
        ComputationGraph network = network(RNNFormat.NCW).toComputationGraph();
        DepthReport plain = DepthReport.of(network, data(RNNFormat.NCW, STEPS, false, ""));
        same(DepthReport.of(network, data(RNNFormat.NCW, PADDED, false, "features")), plain);
    }

    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void paddingCountsNowhereAtVertices(RNNFormat format) {
        ComputationGraph network = vertices(format);
        DepthReport plain = DepthReport.of(network, data(format, STEPS, true, "features"));
        same(DepthReport.of(network, data(format, PADDED, true, "features")), plain);
        same(DepthReport.of(network, data(format, PADDED, true, "features and labels")), plain);
    }

    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void formatsGiveTheSameReport(RNNFormat format) {
        MultiLayerNetwork first = network(RNNFormat.NCW);
        MultiLayerNetwork other = network(format);
        other.setParams(first.params());
        same(
                DepthReport.of(other, data(format, PADDED, true, "features")),
                DepthReport.of(first, data(RNNFormat.NCW, PADDED, true, "features")));
    }

    /** The mean gates of the steps of each class, from the network's own activations. */
    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void spreadPairsEachStepWithItsOwnLabel(RNNFormat format) {
        ComputationGraph network = vertices(format);
        DataSet data = data(format, STEPS, false, "");
        INDArray answered = network.feedForward(data.getFeatures(), false).get("gate");
        INDArray gate = format == RNNFormat.NWC ? answered.permute(0, 2, 1) : answered;
        double expected = 0;
        List<Double> units = new ArrayList<>();
        for (int unit = 0; unit < 5; unit++) {
            double[] sums = new double[3];
            int[] counts = new int[3];
            double all = 0;
            for (int i = 0; i < EXAMPLES; i++) {
                for (int t = 0; t < STEPS; t++) {
                    double open = 1 / (1 + Math.exp(-gate.getDouble(i, unit, t)));
                    sums[label(i, t)] += open;
                    counts[label(i, t)]++;
                    all += open;
                }
            }
            units.add(all / (EXAMPLES * STEPS));
            double mean = 0;
            for (int c = 0; c < 3; c++) {
                mean += sums[c] / counts[c] / 3;
            }
            double variance = 0;
            for (int c = 0; c < 3; c++) {
                variance += Math.pow(sums[c] / counts[c] - mean, 2) / 3;
            }
            expected += Math.sqrt(variance) / 5;
        }
        Gates gates = DepthReport.of(network, data).gates().get(0);
        assertThat(gates.spread()).isCloseTo(expected, within(1e-9));
        comparing(gates.units()).isEqualTo(units);
    }

    private static void same(DepthReport actual, DepthReport expected) {
        comparing(actual.chains()).isEqualTo(expected.chains());
        comparing(actual.lesions()).isEqualTo(expected.lesions());
        comparing(actual.gates()).isEqualTo(expected.gates());
    }

    private static RecursiveComparisonAssert<?> comparing(Object measured) {
        return assertThat(measured)
                .usingRecursiveComparison()
                .withEqualsForType((a, b) -> Math.abs(a - b) < 1e-9, Double.class);
    }
}
