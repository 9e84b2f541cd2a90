package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.normal;

import java.util.List;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.AuxiliaryOutputLayer;
import org.gatedepth.dl4j.DeepSupervisionOutputLayer;
import org.gatedepth.dl4j.GatedAttentionLayer;
import org.gatedepth.dl4j.RecurrentHighwayLayer;
import org.gatedepth.dl4j.TemporalStack;
import org.gatedepth.dl4j.TransformGates;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.report.time.Lag;
import org.gatedepth.report.time.TimeMap;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Holds the measures over time to networks of which the answer is known. */
@ExtendWith(DoublePrecision.class)
class SequenceReportTest {
    private static final int SEQUENCES = 6;
    private static final int STEPS = 9;

    private static TemporalStack.Builder stack(Connection connection, int depth, int kernel) {
        return new TemporalStack.Builder()
                .connection(connection)
                .depth(depth)
                .kernel(kernel)
                .nOut(Networks.INPUTS)
                .activation(Activation.TANH);
    }

    private static AuxiliaryOutputLayer output() {
        return new AuxiliaryOutputLayer.Builder(Loss.softmaxCrossEntropy())
                .nOut(Networks.CLASSES)
                .weight(1)
                .build();
    }

    private static MultiLayerNetwork network(RNNFormat format, Layer... layers) {
        var list = Networks.unchanging().list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(
                list.setInputType(InputType.recurrent(Networks.INPUTS, format)).build());
        net.init();
        return net;
    }

    private static MultiLayerNetwork network(Layer... layers) {
        return network(RNNFormat.NCW, layers);
    }

    private static INDArray labels(int sequences, int steps) {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, sequences, Networks.CLASSES, steps);
        for (int i = 0; i < sequences; i++) {
            for (int t = 0; t < steps; t++) {
                labels.putScalar(new int[] {i, (i + 2 * t) % Networks.CLASSES, t}, 1);
            }
        }
        return labels;
    }

    private static DataSet data(@Nullable INDArray mask) {
        return new DataSet(normal(1, SEQUENCES, 4, STEPS), labels(SEQUENCES, STEPS), mask, mask);
    }

    /** All sequences but the first are shorter. */
    private static INDArray mask() {
        INDArray mask = Nd4j.ones(DataType.DOUBLE, SEQUENCES, STEPS);
        for (int i = 1; i < SEQUENCES; i++) {
            mask.get(NDArrayIndex.point(i), NDArrayIndex.interval(STEPS - i, STEPS))
                    .assign(0);
        }
        return mask;
    }

    private static Lag lag(DepthReport report) {
        return report.time().lags().get(0);
    }

    @Test
    void aKernelOfOneHasAllItsGradientAtLagZero() {
        DepthReport report =
                DepthReport.of(network(stack(Connection.HIGHWAY, 3, 1).build(), output()), data(mask()));
        Lag lag = lag(report);
        assertThat(lag.norms()).hasSize(STEPS);
        assertThat(lag.norms().get(0)).isPositive();
        assertThat(lag.norms().subList(1, STEPS)).containsOnly(0.0);
        assertThat(lag.reach()).isZero();
        assertThat(report.verdict())
                .contains("Over time, layer0 has a receptive field of 1 step, in sequences of 9: its outputs cannot"
                        + " depend on steps further back; the gradient of its last output falls below 1 % of its"
                        + " largest 1 step back.");
    }

    @Test
    void noGradientComesFromBeyondTheReceptiveField() {
        TemporalStack stack = stack(Connection.RESIDUAL, 2, 3).build();
        assertThat(stack.receptiveField()).isEqualTo(7);
        for (INDArray mask : new INDArray[] {null, mask()}) {
            Lag lag = lag(DepthReport.of(network(stack, output()), data(mask)));
            assertThat(lag.receptiveField()).isEqualTo(7);
            assertThat(lag.norms().subList(0, 7))
                    .allSatisfy(norm -> assertThat(norm).isPositive());
            assertThat(lag.norms().subList(7, STEPS)).containsOnly(0.0);
        }
    }

    @Test
    void aLinearRecurrenceForgetsByItsOwnFactor() {
        for (RNNFormat format : RNNFormat.values()) {
            SimpleRnn recurrent = new SimpleRnn.Builder()
                    .nOut(Networks.INPUTS)
                    .activation(Activation.IDENTITY)
                    .dataFormat(format)
                    .build();
            MultiLayerNetwork net =
                    network(format, recurrent, stack(Connection.RESIDUAL, 1, 2).build(), output());
            net.getLayer(0).setParam("W", Nd4j.eye(4).castTo(DataType.DOUBLE));
            net.getLayer(0).setParam("RW", Nd4j.eye(4).castTo(DataType.DOUBLE).mul(.5));
            DataSet data = data(null);
            if (format == RNNFormat.NWC) {
                data = new DataSet(
                        data.getFeatures().permute(0, 2, 1).dup('c'),
                        data.getLabels().permute(0, 2, 1).dup('c'));
            }
            DepthReport report = DepthReport.of(net, data);
            Lag lag = lag(report);
            assertThat(lag.receptiveField()).isNull();
            for (int l = 0; l < STEPS; l++) {
                assertThat(lag.norms().get(l)).isCloseTo(2 * Math.pow(.5, l), within(1e-9));
            }
            assertThat(lag.reach()).isEqualTo(6);
            assertThat(report.time().lags()).hasSize(2);
        }
    }

    @Test
    void closedGatesPassSignalAndGradientOnAtEveryStep() {
        MultiLayerNetwork net =
                network(stack(Connection.HIGHWAY, 4, 3).transformGateBias(-40).build(), output());
        DepthReport report = DepthReport.of(net, data(mask()));
        Flow flow = report.chains().get(0).now();
        assertThat(flow.effectiveDepth()).isCloseTo(0, within(1e-9));
        assertThat(flow.gradientRatio()).isCloseTo(1, within(1e-9));
        assertThat(flow.change()).allSatisfy(change -> assertThat(change).isLessThan(1e-9));
        assertThat(flow.jacobian()).allSatisfy(gain -> assertThat(gain).isCloseTo(1, within(1e-9)));
        TimeMap map = report.time().maps().get(0);
        assertThat(map.gated()).containsExactly("layer0/1", "layer0/2", "layer0/3", "layer0/4");
        assertThat(map.gates())
                .allSatisfy(row -> assertThat(row)
                        .hasSize(STEPS)
                        .allSatisfy(gate -> assertThat(gate).isLessThan(1e-9)));
        assertThat(map.gradient().get(0)).hasSize(STEPS);
        for (int t = 0; t < STEPS; t++) {
            assertThat(map.gradient().get(0).get(t))
                    .isCloseTo(map.gradient().get(3).get(t), within(1e-9));
        }
        assertThat(report.lesions().idle()).hasSize(4);
        assertThat(lag(report).norms().get(0)).isCloseTo(2, within(1e-9));
        assertThat(lag(report).norms().get(1)).isLessThan(1e-9);
    }

    @Test
    void plainBlocksArePassedByAllPaths() {
        DepthReport report =
                DepthReport.of(network(stack(Connection.PLAIN, 3, 2).build(), output()), data(mask()));
        assertThat(report.chains().get(0).now().effectiveDepth()).isCloseTo(3, within(1e-9));
        assertThat(report.chains().get(0).now().change()).containsOnly(1.0);
    }

    /** Both gates of a kernel of 1 by hand, at each step the mean over the sequences that have it. */
    @Test
    void gatesByStepAreThoseOfTheSequencesThatHaveTheStep() {
        MultiLayerNetwork net = network(stack(Connection.HIGHWAY, 1, 1).build(), output());
        INDArray mask = mask();
        DepthReport report = DepthReport.of(net, data(mask));
        INDArray w = ((org.gatedepth.dl4j.runtime.SequenceRuntime) net.getLayer(0)).getParam("b0/T/W");
        INDArray b = ((org.gatedepth.dl4j.runtime.SequenceRuntime) net.getLayer(0)).getParam("b0/T/b");
        for (int t = 0; t < STEPS; t++) {
            INDArray x = data(null).getFeatures().get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(t));
            INDArray gates = Transforms.sigmoid(x.mmul(w).addRowVector(b)).mean(1);
            INDArray counts = mask.getColumn(t);
            double mean = gates.mul(counts).sumNumber().doubleValue()
                    / counts.sumNumber().doubleValue();
            assertThat(report.time().maps().get(0).gates().get(0).get(t)).isCloseTo(mean, within(1e-9));
        }
    }

    @Test
    void transformGatesAreThoseOfTheReport() {
        MultiLayerNetwork net = network(stack(Connection.HIGHWAY, 2, 3).build(), output());
        List<Double> means = new TransformGates(net).means(data(null).getFeatures());
        List<Gates> gates = DepthReport.of(net, data(null)).gates();
        assertClose(means, gates.stream().map(Gates::mean).toList());
    }

    @Test
    void withALabelAtTheEndTheGradientOfOneStepBlocksStandsAtTheLastStep() {
        MultiLayerNetwork net =
                network(new LastTimeStep(stack(Connection.RESIDUAL, 2, 1).build()), Networks.output());
        DataSet data = new DataSet(normal(1, 5, 4, STEPS), org.gatedepth.testing.Arrays.oneHot(5, 3));
        TimeMap map = DepthReport.of(net, data).time().maps().get(0);
        for (List<Double> block : map.gradient()) {
            assertThat(block.subList(0, STEPS - 1)).containsOnly(0.0);
            assertThat(block.get(STEPS - 1)).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void paddingCountsNowhere(Connection connection) {
        MultiLayerNetwork net = network(
                stack(connection, 3, 2).growthRate(2).build(),
                stack(connection, 2, 3).growthRate(2).build(),
                output());
        DepthReport bare = DepthReport.of(net, data(mask()));
        INDArray x = Nd4j.concat(
                2, data(null).getFeatures(), normal(9, SEQUENCES, 4, 3).mul(50));
        INDArray mask = Nd4j.concat(1, mask(), Nd4j.zeros(DataType.DOUBLE, SEQUENCES, 3));
        DepthReport padded = DepthReport.of(net, new DataSet(x, labels(SEQUENCES, STEPS + 3), mask, mask));
        assertThat(padded.chains()).hasSameSizeAs(bare.chains());
        for (int i = 0; i < bare.chains().size(); i++) {
            Flow a = padded.chains().get(i).now();
            Flow b = bare.chains().get(i).now();
            assertClose(a.activation(), b.activation());
            assertClose(a.gradient(), b.gradient());
            assertClose(a.change(), b.change());
        }
        for (int i = 0; i < bare.gates().size(); i++) {
            assertClose(padded.gates().get(i).units(), bare.gates().get(i).units());
        }
        for (int i = 0; i < bare.lesions().single().size(); i++) {
            assertThat(padded.lesions().single().get(i).loss())
                    .isCloseTo(bare.lesions().single().get(i).loss(), within(1e-9));
        }
        for (int i = 0; i < bare.time().maps().size(); i++) {
            TimeMap a = padded.time().maps().get(i);
            TimeMap b = bare.time().maps().get(i);
            assertThat(a.steps()).isEqualTo(b.steps());
            for (int block = 0; block < b.blocks().size(); block++) {
                assertClose(a.gradient().get(block), b.gradient().get(block));
            }
        }
        for (int i = 0; i < bare.time().lags().size(); i++) {
            assertClose(
                    padded.time().lags().get(i).norms(),
                    bare.time().lags().get(i).norms());
        }
    }

    private static void assertClose(List<Double> a, List<Double> b) {
        assertThat(a).hasSameSizeAs(b);
        for (int i = 0; i < b.size(); i++) {
            assertThat(a.get(i)).isCloseTo(b.get(i), within(1e-9 * Math.max(1, Math.abs(b.get(i)))));
        }
    }

    @Test
    void aGraphIsMeasuredAsAListOfLayersWithItsHeads() {
        TemporalStack lower = stack(Connection.HIGHWAY, 2, 2).taps(1).build();
        MultiLayerNetwork list = network(
                lower,
                new DeepSupervisionOutputLayer.Builder(Loss.softmaxCrossEntropy(), lower)
                        .nOut(3)
                        .head(1, Head.of(Loss.softmaxCrossEntropy(), 3))
                        .build());
        DepthReport report = DepthReport.of(list, data(mask()));
        assertThat(report.heads()).extracting(HeadReport::name).containsExactly("head1", "main");
        assertThat(report.lesions().single()).hasSize(2);

        ComputationGraph graph = Networks.init(Networks.unchanging()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(Networks.INPUTS))
                .addLayer("lstm", new LSTM.Builder().nOut(4).build(), "in")
                .addLayer("a", stack(Connection.HIGHWAY, 2, 2).build(), "lstm")
                .addLayer("steps", output(), "a")
                .addLayer("b", stack(Connection.HIGHWAY, 2, 2).build(), "a")
                .addLayer("out", output(), "b")
                .setOutputs("out", "steps"));
        INDArray[] y = {labels(SEQUENCES, STEPS), labels(SEQUENCES, STEPS)};
        DepthReport both = DepthReport.of(
                graph,
                new MultiDataSet(new INDArray[] {data(null).getFeatures()}, y, new INDArray[] {mask()}, new INDArray[] {
                    mask(), mask()
                }));
        assertThat(both.chains()).extracting(Chain::name).containsExactly("a .. b");
        assertThat(both.time().lags()).extracting(Lag::layer).containsExactly("lstm", "a", "b");
        assertThat(both.heads()).extracting(HeadReport::name).containsExactly("steps", "out");
        assertThat(both.heads()).allSatisfy(head -> assertThat(head.accuracy()).isBetween(0.0, 1.0));
    }

    @Test
    void bypassingABlockIsTheNetworkWithoutIt() {
        MultiLayerNetwork net = network(stack(Connection.HIGHWAY, 3, 2).build(), output());
        DataSet data = data(mask());
        DepthReport report = DepthReport.of(net, data);
        Shrink.Result<MultiLayerNetwork> shrunk = Shrink.without(net, List.of("layer0/2"));
        assertThat(shrunk.removed()).containsExactly("layer0/2");
        TemporalStack lean = (TemporalStack) shrunk.network().getLayer(0).conf().getLayer();
        assertThat(lean.getDilations()).containsExactly(1, 4);
        DepthReport after = DepthReport.of(shrunk.network(), data);
        assertThat(after.lesions().intact().loss())
                .isCloseTo(report.lesions().single().get(1).loss(), within(1e-12));
    }

    @Test
    void attentionWithoutWeightsIsSpreadOverAllStepsBefore() {
        GatedAttentionLayer attention = new GatedAttentionLayer.Builder()
                .connection(Connection.RESIDUAL)
                .heads(2)
                .causal(true)
                .nOut(Networks.INPUTS)
                .build();
        MultiLayerNetwork net = network(attention, output());
        // Scores of 0: all earlier steps get the same weight.
        net.getLayer(0).params().assign(0);

        DepthReport report = DepthReport.of(net, data(mask()));

        TimeMap map = report.time().maps().get(0);
        assertThat(map.heads()).hasSize(2).allMatch(name -> name.matches("layer0/\\d+ head [12]"));
        for (List<Double> entropy : map.entropy()) {
            for (int t = 0; t < STEPS; t++) {
                assertThat(entropy.get(t)).isCloseTo(Math.log(t + 1.0), within(1e-12));
            }
        }
        assertThat(lag(report).receptiveField()).isNull();
        assertThat(report.verdict()).anyMatch(sentence -> sentence.contains("a receptive field of all earlier steps"));
        assertThat(report.toText()).contains("entropy of attention");
        assertThat(report.toHtml()).contains("Entropy of attention by head");
    }

    @Test
    void levelsOfARecurrentLayerTellTheirGatesByStep() {
        RecurrentHighwayLayer recurrent = new RecurrentHighwayLayer.Builder()
                .recurrenceDepth(2)
                .transformGateBias(-1.5)
                .nOut(Networks.INPUTS)
                .build();
        MultiLayerNetwork net = network(recurrent, output());
        // Without weights a gate is the sigmoid of its bias at every step.
        org.deeplearning4j.nn.api.Layer layer = net.getLayer(0);
        layer.params().assign(0);
        layer.setParam("b1/T", Nd4j.valueArrayOf(new long[] {1, Networks.INPUTS}, -1.5));
        layer.setParam("b2/T", Nd4j.valueArrayOf(new long[] {1, Networks.INPUTS}, .5));

        DepthReport report = DepthReport.of(net, data(mask()));

        TimeMap map = report.time().maps().get(0);
        assertThat(map.gated()).containsExactly("level 1", "level 2");
        for (int level = 0; level < 2; level++) {
            double bias = level == 0 ? -1.5 : .5;
            assertThat(map.gates().get(level))
                    .hasSize(STEPS)
                    .allSatisfy(gate -> assertThat(gate).isCloseTo(1 / (1 + Math.exp(-bias)), within(1e-12)));
        }
        // Half of nothing: what is carried of an input is 0, since no weight reads it.
        assertThat(lag(report).norms()).containsOnly(0.0);
        assertThat(report.toText()).contains("level 2");
    }

    @Test
    void longSequencesShareColumnsAndComeBackFromJson() {
        MultiLayerNetwork net = network(stack(Connection.HIGHWAY, 2, 2).build(), output());
        DepthReport report = DepthReport.of(net, new DataSet(normal(1, 2, 4, 130), labels(2, 130)));
        TimeMap map = report.time().maps().get(0);
        assertThat(map.width()).isEqualTo(3);
        assertThat(map.gates().get(0)).hasSize(44);
        assertThat(DepthReport.fromJson(report.toJson())).isEqualTo(report);
        assertThat(report.toText()).contains("Over time").contains("receptive field");
        assertThat(report.toHtml())
                .contains("Over time")
                .contains("Gradient by lag")
                .contains("Gates by block and step");
    }
}
