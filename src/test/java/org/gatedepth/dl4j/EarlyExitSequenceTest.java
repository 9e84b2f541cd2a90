package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.dl4j.SequenceNetworks.input;
import static org.gatedepth.dl4j.SequenceNetworks.mask;
import static org.gatedepth.dl4j.SequenceNetworks.stack;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Early exit of whole sequences. */
@ExtendWith(DoublePrecision.class)
class EarlyExitSequenceTest {
    private static final int SEQUENCES = 12;
    private static final Loss SOFTMAX = Loss.softmaxCrossEntropy();

    private static Layer head() {
        return new AuxiliaryOutputLayer.Builder(SOFTMAX).nOut(2).build();
    }

    private static ComputationGraph graph(RNNFormat format, Layer below, Layer above, Layer top, Layer low, Layer out) {
        ComputationGraph graph = Networks.init(Networks.unchanging()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(Networks.INPUTS, format))
                .addLayer("a", below, "in")
                .addLayer("b", above, "a")
                .addLayer("c", top, "a")
                .addLayer("low", low, "b")
                .addLayer("out", out, "c")
                .setOutputs("out", "low"));
        graph.setParams(normal(6, graph.params().shape()));
        return graph;
    }

    private static ComputationGraph bySteps(RNNFormat format) {
        Layer same = stack(Connection.HIGHWAY).build();
        return graph(format, same.clone(), same.clone(), same.clone(), head(), head());
    }

    /** The lowest of the highest probabilities at the steps of a sequence that count. */
    private static double confidence(INDArray prediction, int sequence, @Nullable INDArray mask) {
        double lowest = 1;
        for (int t = 0; t < prediction.size(2); t++) {
            if (mask == null || mask.getDouble(sequence, t) != 0) {
                lowest = Math.min(
                        lowest, Math.max(prediction.getDouble(sequence, 0, t), prediction.getDouble(sequence, 1, t)));
            }
        }
        return lowest;
    }

    @ParameterizedTest
    @EnumSource
    void aSequenceLeavesWhereEveryStepIsSure(RNNFormat format) {
        ComputationGraph graph = bySteps(format);
        boolean nwc = format == RNNFormat.NWC;
        INDArray x = input(1, SEQUENCES, 5);
        INDArray given = nwc ? x.permute(0, 2, 1).dup('c') : x;
        for (INDArray mask : new INDArray[] {null, mask(SEQUENCES, 5)}) {
            INDArray[] masks = mask == null ? null : new INDArray[] {mask};
            INDArray[] all = graph.output(false, new INDArray[] {given}, masks, null);
            graph.clearLayerMaskArrays();
            INDArray low = nwc ? all[1].permute(0, 2, 1) : all[1];
            double[] sorted = new double[SEQUENCES];
            Arrays.setAll(sorted, i -> confidence(low, i, mask));
            Arrays.sort(sorted);
            double confidence = (sorted[5] + sorted[6]) / 2;
            EarlyExit.Result result = new EarlyExit(graph, List.of("low"), confidence).predict(given, mask);
            assertThat(result.shares()).containsEntry("low", .5).containsEntry("out", .5);
            for (int i = 0; i < SEQUENCES; i++) {
                int exit = confidence(low, i, mask) >= confidence ? 0 : 1;
                assertThat(result.exits()[i]).isEqualTo(exit);
                assertClose(
                        result.output().get(NDArrayIndex.point(i)), all[1 - exit].get(NDArrayIndex.point(i)), 1e-12);
            }
            assertClose(
                    new EarlyExit(graph, List.of("low"), 1).predict(given, mask).output(), all[0], 1e-12);
        }
    }

    @Test
    void aSequenceThatIsPredictedAsAWholeLeavesAsARowDoes() {
        Layer last = new LastTimeStep(stack(Connection.HIGHWAY).build());
        Layer out =
                new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build();
        ComputationGraph graph =
                graph(RNNFormat.NCW, stack(Connection.RESIDUAL).build(), last.clone(), last.clone(), head(), out);
        INDArray x = input(1, SEQUENCES, 5);
        INDArray mask = mask(SEQUENCES, 5);
        INDArray[] all = graph.output(false, new INDArray[] {x}, new INDArray[] {mask}, null);
        graph.clearLayerMaskArrays();
        double confidence = all[1].max(1).medianNumber().doubleValue();
        EarlyExit.Result result = new EarlyExit(graph, List.of("low"), confidence).predict(x, mask);
        assertThat(Arrays.stream(result.exits()).distinct().count()).isEqualTo(2);
        for (int i = 0; i < SEQUENCES; i++) {
            assertClose(result.output().getRow(i), all[1 - result.exits()[i]].getRow(i), 1e-12);
        }
    }

    @Test
    void refusesWhatItCannotDo() {
        Layer last = new LastTimeStep(stack(Connection.HIGHWAY).build());
        Layer steps = stack(Connection.HIGHWAY).build();
        ComputationGraph mixed = graph(RNNFormat.NCW, stack(Connection.RESIDUAL).build(), last, steps, head(), head());
        assertThatThrownBy(() -> new EarlyExit(mixed, List.of("low"), .9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("of the head \"low\" and the output \"out\" one predicts each step and the other whole"
                        + " sequences: sequences can leave only at heads that predict what the output predicts");
        ComputationGraph graph = bySteps(RNNFormat.NCW);
        assertThatThrownBy(() -> new EarlyExit(graph, List.of("low"), .9).predict(input(1, 3, 5), mask(3, 4)))
                .isInstanceOf(IllegalArgumentException.class);
        TemporalStack tapped = stack(Connection.HIGHWAY).taps(1).build();
        MultiLayerNetwork list = SequenceNetworks.network(
                Networks.unchanging(),
                tapped,
                new DeepSupervisionOutputLayer.Builder(SOFTMAX, tapped)
                        .nOut(2)
                        .head(1, Head.of(SOFTMAX, 2))
                        .build());
        assertThatThrownBy(() -> new EarlyExit(list, .9))
                .hasMessage("early exit needs a network whose last layers are a GatedStack with taps and a"
                        + " DeepSupervisionOutputLayer, for it computes such a stack part by part; for a TemporalStack,"
                        + " build a ComputationGraph with AuxiliaryOutputLayers");
    }
}
