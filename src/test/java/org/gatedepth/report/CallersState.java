package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.AuxiliaryOutputLayer;
import org.gatedepth.dl4j.DeepSupervisionOutputLayer;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.Networks;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * What a caller has: networks that were fitted, and data.
 *
 * <p>The first layer of each network is one of Deeplearning4j's that write into what they read in inference.
 */
final class CallersState {
    private static final Loss SOFTMAX = Loss.softmaxCrossEntropy();

    /** A graph of one output. */
    final ComputationGraph graph;

    /** A graph with a head. */
    final ComputationGraph heads;

    /** A list of layers with a head. */
    final MultiLayerNetwork list;

    /** What {@link #graph} and {@link #list} were fitted on last. */
    final DataSet data = Networks.data(32, 1);

    /** What {@link #heads} was fitted on last. */
    final MultiDataSet masked;

    /** Features that no network has seen, of other rows and of another number of them. */
    final INDArray other = Networks.data(20, 2).getFeatures();

    /** Labels of 32 rows, some of them missing. */
    final INDArray missing = Networks.data(32, 3).getLabels();

    CallersState() {
        graph = Networks.graph(Networks.builder(new Sgd(0.1)), inPlace(), stack(3).build());
        heads = Networks.init(Networks.builder(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(Networks.INPUTS))
                .addLayer("first", inPlace(), "in")
                .addLayer("s1", stack(2).build(), "first")
                .addLayer(
                        "low",
                        new AuxiliaryOutputLayer.Builder(SOFTMAX)
                                .nOut(Networks.CLASSES)
                                .build(),
                        "s1")
                .addLayer("s2", stack(2).build(), "s1")
                .addLayer("out", Networks.output(), "s2")
                .setOutputs("out", "low"));
        GatedStack tapped = stack(3).taps(1).build();
        list = new MultiLayerNetwork(Networks.builder(new Sgd(0.1))
                .list()
                .layer(inPlace())
                .layer(tapped)
                .layer(new DeepSupervisionOutputLayer.Builder(SOFTMAX, tapped)
                        .nOut(Networks.CLASSES)
                        .head(1, Head.of(SOFTMAX, Networks.CLASSES))
                        .build())
                .setInputType(InputType.feedForward(Networks.INPUTS))
                .build());
        list.init();
        missing.getRow(5).assign(Double.NaN);
        DataSet own = Networks.data(32, 4);
        masked = new MultiDataSet(
                new INDArray[] {own.getFeatures()},
                new INDArray[] {own.getLabels(), own.getLabels().dup()},
                null,
                new INDArray[] {mask(), mask()});
        for (int i = 0; i < 3; i++) {
            graph.fit(data);
            list.fit(data);
            heads.fit(masked);
        }
    }

    private static GatedStack.Builder stack(int depth) {
        return new GatedStack.Builder().depth(depth).nOut(4).dropOut(0.5);
    }

    private static ActivationLayer inPlace() {
        return new ActivationLayer(Activation.RELU);
    }

    private static INDArray mask() {
        INDArray mask = Nd4j.ones(32, 1);
        mask.putScalar(3, 0, 0);
        return mask;
    }

    private List<@Nullable INDArray> arrays() {
        List<@Nullable INDArray> arrays = new ArrayList<>();
        arrays.add(other);
        arrays.add(missing);
        arrays.add(data.getFeatures());
        arrays.add(data.getLabels());
        for (INDArray[] some : List.of(masked.getFeatures(), masked.getLabels(), masked.getLabelsMaskArrays())) {
            arrays.addAll(List.of(some));
        }
        for (ComputationGraph network : List.of(graph, heads)) {
            arrays.add(network.params());
            arrays.add(network.getInput(0));
        }
        arrays.add(list.params());
        arrays.add(list.getInput());
        return arrays;
    }

    private Map<String, Object> counts() {
        return Map.of(
                "iteration of the graph", graph.getIterationCount(),
                "epoch of the graph", graph.getEpochCount(),
                "iteration of the graph with a head", heads.getIterationCount(),
                "epoch of the graph with a head", heads.getEpochCount(),
                "iteration of the list", list.getIterationCount(),
                "epoch of the list", list.getEpochCount(),
                "mask of the list", String.valueOf(list.getMask()),
                "masks of the graph", java.util.Arrays.toString(heads.getInputMaskArrays()));
    }

    /** Everything as it is now. */
    Snapshot snapshot() {
        List<@Nullable INDArray> now = arrays();
        List<@Nullable INDArray> copies = new ArrayList<>();
        now.forEach(array -> copies.add(array == null ? null : array.dup()));
        return new Snapshot(this, now, copies, counts());
    }

    /** Everything as it was. */
    record Snapshot(
            CallersState state,
            List<@Nullable INDArray> arrays,
            List<@Nullable INDArray> copies,
            Map<String, Object> counts) {

        /** Asserts that the same arrays are in the same places and hold what they held, and that no count has moved. */
        void assertUnchanged() {
            assertThat(state.counts()).isEqualTo(counts);
            List<@Nullable INDArray> now = state.arrays();
            for (int i = 0; i < now.size(); i++) {
                INDArray array = now.get(i);
                INDArray before = arrays.get(i);
                if (array == null || before == null) {
                    assertThat(array).isSameAs(before);
                    continue;
                }
                assertThat(array.data().address())
                        .as("place of array " + i)
                        .isEqualTo(before.data().address());
                assertThat(before.equalShapes(copies.get(i))).isTrue();
                assertThat(before.dup('c').data().asDouble())
                        .as("array " + i)
                        .isEqualTo(java.util.Objects.requireNonNull(copies.get(i))
                                .dup('c')
                                .data()
                                .asDouble());
            }
        }
    }
}
