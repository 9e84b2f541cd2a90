package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.dl4j.RecurrentNetworks.highway;
import static org.gatedepth.dl4j.SequenceNetworks.input;
import static org.gatedepth.dl4j.SequenceNetworks.labels;
import static org.gatedepth.dl4j.SequenceNetworks.mask;
import static org.gatedepth.dl4j.SequenceNetworks.network;
import static org.gatedepth.dl4j.SequenceNetworks.output;
import static org.gatedepth.dl4j.SequenceNetworks.steps;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.gatedepth.block.recurrence.Cell;
import org.gatedepth.dl4j.runtime.cell.CellRuntime;
import org.gatedepth.plan.Scan;
import org.gatedepth.testing.CellFunction;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Recurrent highway layers that are run step by step, and trained part by part. */
@ExtendWith(DoublePrecision.class)
class RecurrentStateTest {
    private static final LayerWorkspaceMgr NONE = LayerWorkspaceMgr.noWorkspaces();

    private static MultiLayerNetwork layers(WorkspaceMode mode, DataType type) {
        return network(
                Networks.unchanging().dataType(type).trainingWorkspaceMode(mode).inferenceWorkspaceMode(mode),
                highway().build(),
                highway(false).build(),
                output());
    }

    private static MultiLayerNetwork layers() {
        return layers(WorkspaceMode.ENABLED, DataType.DOUBLE);
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkspaceMode.class,
            names = {"ENABLED", "NONE"})
    void stepByStepIsTheWholeSequence(WorkspaceMode mode) {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            double tolerance = type == DataType.DOUBLE ? 1e-12 : 1e-6;
            MultiLayerNetwork net = layers(mode, type);
            INDArray x = input(1, 2, 20).castTo(type);
            INDArray whole = net.output(x);
            for (int t = 0; t < 20; t++) {
                assertClose(net.rnnTimeStep(steps(x, t, t + 1)), steps(whole, t, t + 1), tolerance);
            }
            net.rnnClearPreviousState();
            int from = 0;
            for (int length : new int[] {3, 1, 9, 7}) {
                assertClose(
                        net.rnnTimeStep(steps(x, from, from + length)), steps(whole, from, from + length), tolerance);
                from += length;
            }
        }
    }

    @Test
    void stepByStepInAGraphAndAsRows() {
        ComputationGraph graph =
                SequenceNetworks.graph(Networks.unchanging(), highway().build(), output());
        MultiLayerNetwork net = layers();
        INDArray x = input(1, 2, 6);
        INDArray whole = graph.outputSingle(x);
        INDArray ofNet = net.output(x);
        for (int t = 0; t < 6; t++) {
            assertClose(graph.rnnTimeStep(steps(x, t, t + 1))[0], steps(whole, t, t + 1), 1e-12);
            INDArray row = steps(x, t, t + 1).reshape(2, 4);
            assertClose(net.rnnTimeStep(row), steps(ofNet, t, t + 1).reshape(2, 2), 1e-12);
        }
    }

    @Test
    void theStateIsThatOfTheCellAndCanBeReadSetAndCleared() {
        MultiLayerNetwork net = layers();
        INDArray x = input(1, 2, 9);
        INDArray whole = net.output(x);
        net.rnnTimeStep(steps(x, 0, 5));
        List<Map<String, INDArray>> states = List.of(net.rnnGetPreviousState(0), net.rnnGetPreviousState(1));
        assertThat(states.get(0)).containsOnlyKeys(CellRuntime.STATE);
        assertClose(
                states.get(0).get(CellRuntime.STATE),
                steps(net.feedForward(x).get(1), 4, 5).reshape(2, 3),
                1e-12);
        net.rnnTimeStep(input(7, 2, 4));
        for (int i = 0; i < 2; i++) {
            net.rnnSetPreviousState(i, states.get(i));
        }
        assertClose(net.rnnTimeStep(steps(x, 5, 9)), steps(whole, 5, 9), 1e-12);
        net.rnnClearPreviousState();
        assertClose(net.rnnTimeStep(steps(x, 0, 5)), steps(whole, 0, 5), 1e-12);
    }

    @Test
    void activatingFromTheStoredStateKeepsTheState() {
        MultiLayerNetwork net = layers();
        INDArray x = input(1, 2, 8);
        INDArray whole = net.output(x);
        net.rnnActivateUsingStoredState(steps(x, 0, 5), false, true);
        for (int i = 0; i < 2; i++) {
            INDArray last = net.rnnActivateUsingStoredState(steps(x, 5, 8), false, false)
                    .get(3);
            assertClose(last, steps(whole, 5, 8), 1e-12);
        }
    }

    @Test
    void aMaskedStepLeavesTheStateByTheBit() {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            for (boolean coupled : new boolean[] {true, false}) {
                MultiLayerNetwork net = network(
                        Networks.unchanging().dataType(type),
                        highway(coupled).nOut(50).recurrenceDepth(3).build(),
                        output());
                CellRuntime layer = (CellRuntime) net.getLayer(0);
                layer.rnnTimeStep(input(1, 5, 3).castTo(type), NONE);
                INDArray state = layer.rnnGetPreviousState().get(CellRuntime.STATE);
                layer.setMaskArray(Nd4j.zeros(type, 5, 2));
                layer.rnnTimeStep(input(2, 5, 2).castTo(type), NONE);
                assertClose(layer.rnnGetPreviousState().get(CellRuntime.STATE), state, 0);
            }
        }
    }

    @Test
    void refusesOtherSequencesThanThoseOfTheState() {
        MultiLayerNetwork net = layers();
        net.rnnTimeStep(input(1, 3, 2));
        assertThatThrownBy(() -> net.rnnTimeStep(input(1, 2, 2)))
                .hasStackTraceContaining("the stored state is of a minibatch of 3, but the input's is 2: call"
                        + " rnnClearPreviousState() before other sequences");
        net.rnnClearPreviousState();
        net.rnnTimeStep(input(1, 2, 2));
    }

    /** Sums of the gradients of all parts that a minibatch is trained in. */
    private static final class Gradients extends BaseTrainingListener {
        private final List<INDArray> all = new ArrayList<>();

        @Override
        public void onGradientCalculation(Model model) {
            all.add(model.gradient().gradient().dup());
        }

        INDArray sum() {
            return all.stream().reduce(INDArray::add).orElseThrow();
        }
    }

    private static MultiLayerNetwork truncated(RecurrentHighwayLayer layer) {
        MultiLayerNetwork net =
                new MultiLayerNetwork(SequenceNetworks.list(Networks.builder(new Sgd(0)), layer, output())
                        .backpropType(BackpropType.TruncatedBPTT)
                        .tBPTTLength(4)
                        .build());
        net.init();
        return net;
    }

    /**
     * The gradient of the sum of {@code −log p} of the labels over all parts of four steps, each from the last state of
     * the part before, which counts as a constant; by hand but for the scan.
     */
    private static Map<String, INDArray> byHand(
            MultiLayerNetwork net, INDArray x, INDArray labels, @Nullable INDArray mask) {
        CellRuntime runtime = (CellRuntime) net.getLayer(0);
        Cell cell = runtime.cell();
        Map<String, INDArray> sums = new LinkedHashMap<>();
        try (Scan scan = CellFunction.scan(cell, DataType.DOUBLE, mask != null, false, runtime.named())) {
            INDArray state = Nd4j.zeros(DataType.DOUBLE, x.size(0), cell.outputSize());
            for (int from = 0; from < x.size(2); from += 4) {
                int to = (int) Math.min(from + 4, x.size(2));
                Map<String, INDArray> inputs = new LinkedHashMap<>();
                inputs.put(Scan.INPUT, steps(x, from, to).permute(2, 0, 1));
                inputs.put(Scan.STATE, state);
                INDArray weights = Nd4j.ones(DataType.DOUBLE, (to - from) * x.size(0), 1);
                if (mask != null) {
                    weights = mask.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to))
                            .transpose()
                            .dup('c')
                            .reshape('c', (to - from) * x.size(0), 1);
                    inputs.put(Scan.MASK, weights);
                }
                INDArray y = scan.forward(inputs).mul(weights);
                state = scan.infer(inputs)
                        .dup('c')
                        .get(NDArrayIndex.interval(y.size(0) - x.size(0), y.size(0)), NDArrayIndex.all())
                        .dup();
                INDArray p = Transforms.softmax(y.mmul(net.getParam("1_W")).addiRowVector(net.getParam("1_b")));
                INDArray rows =
                        steps(labels, from, to).permute(2, 0, 1).dup('c').reshape('c', y.size(0), 2);
                INDArray delta = p.sub(rows).mul(weights);
                add(sums, "1_W", y.transpose().mmul(delta));
                add(sums, "1_b", delta.sum(true, 0));
                scan.backward(delta.mmul(net.getParam("1_W").transpose()).mul(weights))
                        .forEach((name, g) -> {
                            if (runtime.named().containsKey(name)) {
                                add(sums, "0_" + name, g.dup());
                            }
                        });
            }
        }
        return sums;
    }

    private static void add(Map<String, INDArray> sums, String name, INDArray summand) {
        sums.merge(name, summand, INDArray::add);
    }

    @Test
    void truncatedBackpropagationIsThatOfThePartsByHand() {
        for (boolean coupled : new boolean[] {true, false}) {
            for (INDArray mask : new INDArray[] {null, mask(3, 10)}) {
                INDArray x = input(1, 3, 10);
                INDArray labels = labels(3, 10);
                MultiLayerNetwork net = truncated(highway(coupled).build());
                Map<String, INDArray> expected = byHand(net, x, labels, mask);
                Gradients gradients = new Gradients();
                net.setListeners(gradients);
                net.fit(new DataSet(x, labels, mask, mask));
                assertThat(gradients.all).hasSize(3);
                INDArray sum = gradients.sum();
                CellRuntime runtime = (CellRuntime) net.getLayer(0);
                long weights = net.getParam("0_W").length();
                long biases = net.getParam("0_b").length();
                Map<String, INDArray> views = ((RecurrentHighwayLayer)
                                runtime.conf().getLayer())
                        .views(Map.of(
                                "W", part(sum, 0, weights),
                                "b", part(sum, weights, weights + biases)));
                views.forEach((name, gradient) -> assertClose(gradient, expected.get("0_" + name), 1e-12));
                INDArray last = part(sum, weights + biases, sum.length());
                assertClose(part(last, 0, 6).reshape('f', 3, 2), expected.get("1_W"), 1e-12);
                assertClose(part(last, 6, 8), expected.get("1_b"), 1e-12);
            }
        }
    }

    private static INDArray part(INDArray vector, long from, long to) {
        return vector.reshape(vector.length())
                .get(NDArrayIndex.interval(from, to))
                .dup()
                .reshape(1, to - from);
    }

    @Test
    void truncatedBackpropagationInAGraphIsThatOfTheNetwork() {
        var builder = Networks.builder(new Sgd(0))
                .graphBuilder()
                .addInputs("in")
                .addLayer("memory", highway().build(), "in")
                .addLayer("out", output(), "memory")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(Networks.INPUTS))
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTForwardLength(4)
                .tBPTTBackwardLength(4);
        ComputationGraph graph = Networks.init(builder);
        MultiLayerNetwork net = truncated(highway().build());
        graph.setParams(net.params());
        DataSet data = new DataSet(input(1, 3, 10), labels(3, 10));
        Gradients ofGraph = new Gradients();
        Gradients ofNet = new Gradients();
        graph.setListeners(ofGraph);
        net.setListeners(ofNet);
        graph.fit(data);
        net.fit(data);
        assertClose(ofGraph.sum(), ofNet.sum(), 1e-12);
    }

    /** Deeplearning4j's fit always asks for the whole part; its external errors ask for the length that is set. */
    @Test
    void differentiatesTheLengthThatIsAskedFor() {
        MultiLayerNetwork net = SequenceNetworks.labelling(highway().build());
        net.fit(new DataSet(input(1, 3, 6), labels(3, 6)));
        RecurrentLayer layer = (RecurrentLayer) net.getLayer(0);
        INDArray x = input(1, 3, 6);
        INDArray epsilon = normal(2, 3, 3, 6);
        // The last two steps alone, from the state before them.
        layer.rnnActivateUsingStoredState(steps(x, 0, 4), true, true, NONE);
        layer.rnnActivateUsingStoredState(steps(x, 4, 6), true, false, NONE);
        INDArray expected =
                layer.backpropGradient(steps(epsilon, 4, 6), NONE).getSecond().dup();
        INDArray ofParams = layer.getGradientsViewArray().dup();

        layer.setInput(x, NONE);
        layer.activate(true, NONE);
        INDArray actual = layer.tbpttBackpropGradient(epsilon, 2, NONE).getSecond();
        assertClose(layer.getGradientsViewArray(), ofParams, 1e-12);
        assertClose(steps(actual, 4, 6), expected, 1e-12);
        assertThat(steps(actual, 0, 4).amaxNumber().doubleValue()).isZero();
    }
}
