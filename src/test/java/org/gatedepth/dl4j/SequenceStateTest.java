package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.dl4j.SequenceNetworks.input;
import static org.gatedepth.dl4j.SequenceNetworks.labels;
import static org.gatedepth.dl4j.SequenceNetworks.mask;
import static org.gatedepth.dl4j.SequenceNetworks.network;
import static org.gatedepth.dl4j.SequenceNetworks.output;
import static org.gatedepth.dl4j.SequenceNetworks.stack;
import static org.gatedepth.dl4j.SequenceNetworks.steps;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.ArrayList;
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
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.runtime.SequenceRuntime;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

/** Layers over sequences that are run step by step, and trained part by part. */
@ExtendWith(DoublePrecision.class)
class SequenceStateTest {
    private static final LayerWorkspaceMgr NONE = LayerWorkspaceMgr.noWorkspaces();

    private static MultiLayerNetwork stacks(WorkspaceMode mode) {
        return network(
                Networks.unchanging().trainingWorkspaceMode(mode).inferenceWorkspaceMode(mode),
                stack(Connection.HIGHWAY).kernel(3).build(),
                stack(Connection.DENSE).layerNorm(true).build(),
                output());
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkspaceMode.class,
            names = {"ENABLED", "NONE"})
    void stepByStepIsTheWholeSequence(WorkspaceMode mode) {
        MultiLayerNetwork net = stacks(mode);
        INDArray x = input(1, 2, 20);
        INDArray whole = net.output(x);
        for (int t = 0; t < 20; t++) {
            assertClose(net.rnnTimeStep(steps(x, t, t + 1)), steps(whole, t, t + 1), 1e-14);
        }
        net.rnnClearPreviousState();
        int from = 0;
        for (int length : new int[] {3, 1, 9, 7}) {
            assertClose(net.rnnTimeStep(steps(x, from, from + length)), steps(whole, from, from + length), 1e-14);
            from += length;
        }
    }

    @Test
    void stepByStepInAGraph() {
        ComputationGraph graph = SequenceNetworks.graph(
                Networks.unchanging(), stack(Connection.HIGHWAY).build(), output());
        INDArray x = input(1, 2, 6);
        INDArray whole = graph.outputSingle(x);
        for (int t = 0; t < 6; t++) {
            assertClose(graph.rnnTimeStep(steps(x, t, t + 1))[0], steps(whole, t, t + 1), 1e-14);
        }
    }

    @Test
    void aStepMayBeGivenAsRows() {
        MultiLayerNetwork net = stacks(WorkspaceMode.ENABLED);
        INDArray x = input(1, 2, 3);
        INDArray whole = net.output(x);
        for (int t = 0; t < 3; t++) {
            INDArray row = steps(x, t, t + 1).reshape(2, 4);
            assertClose(net.rnnTimeStep(row), steps(whole, t, t + 1).reshape(2, 2), 1e-14);
        }
    }

    @Test
    void theStateCanBeReadAndSet() {
        MultiLayerNetwork net = stacks(WorkspaceMode.ENABLED);
        INDArray x = input(1, 2, 9);
        INDArray whole = net.output(x);
        net.rnnTimeStep(steps(x, 0, 5));
        List<Map<String, INDArray>> states = List.of(net.rnnGetPreviousState(0), net.rnnGetPreviousState(1));
        assertThat(states.get(0).get(SequenceRuntime.STATE_INPUTS).shape()).containsExactly(2, 4, 6);
        net.rnnTimeStep(input(7, 2, 4));
        for (int i = 0; i < 2; i++) {
            net.rnnSetPreviousState(i, states.get(i));
        }
        assertClose(net.rnnTimeStep(steps(x, 5, 9)), steps(whole, 5, 9), 1e-14);
    }

    @Test
    void activatingFromTheStoredStateKeepsTheState() {
        MultiLayerNetwork net = stacks(WorkspaceMode.ENABLED);
        INDArray x = input(1, 2, 8);
        INDArray whole = net.output(x);
        net.rnnActivateUsingStoredState(steps(x, 0, 5), false, true);
        for (int i = 0; i < 2; i++) {
            INDArray last = net.rnnActivateUsingStoredState(steps(x, 5, 8), false, false)
                    .get(3);
            assertClose(last, steps(whole, 5, 8), 1e-14);
        }
    }

    @Test
    void refusesOtherSequencesThanThoseOfTheState() {
        MultiLayerNetwork net = stacks(WorkspaceMode.ENABLED);
        net.rnnTimeStep(input(1, 3, 2));
        assertThatThrownBy(() -> net.rnnTimeStep(input(1, 2, 2)))
                .hasStackTraceContaining("the stored state is of a minibatch of 3, but the input's is 2: call"
                        + " rnnClearPreviousState() before other sequences");
        net.rnnClearPreviousState();
        net.rnnTimeStep(input(1, 2, 2));
    }

    @Test
    void refusesStepsOfAStackThatIsNotCausal() {
        MultiLayerNetwork net = SequenceNetworks.labelling(
                stack(Connection.HIGHWAY).causal(false).build());
        assertThatThrownBy(() -> net.rnnTimeStep(input(1, 3, 2)))
                .hasStackTraceContaining("a layer that is not causal reads later steps, so it cannot be run step by"
                        + " step or trained with truncated backpropagation through time; build it with causal(true)");
    }

    /** Sums of the gradients of all parts that a minibatch is trained in, and how many there were. */
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

    private static Gradients ofNetwork(DataSet data, boolean truncated) {
        var builder = SequenceNetworks.list(
                Networks.builder(new Sgd(0)), stack(Connection.HIGHWAY).build(), output());
        if (truncated) {
            builder.backpropType(BackpropType.TruncatedBPTT).tBPTTLength(4);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(builder.build());
        net.init();
        Gradients gradients = new Gradients();
        net.setListeners(gradients);
        net.fit(data);
        return gradients;
    }

    private static Gradients ofGraph(DataSet data) {
        var builder = Networks.builder(new Sgd(0))
                .graphBuilder()
                .addInputs("in")
                .addLayer("stack", stack(Connection.HIGHWAY).build(), "in")
                .addLayer("out", output(), "stack")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(Networks.INPUTS))
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTForwardLength(4)
                .tBPTTBackwardLength(4);
        ComputationGraph graph = Networks.init(builder);
        Gradients gradients = new Gradients();
        graph.setListeners(gradients);
        graph.fit(data);
        return gradients;
    }

    @Test
    void truncatedBackpropagationGoesOnFromTheStepsBefore() {
        for (INDArray mask : new INDArray[] {null, mask(3, 10)}) {
            DataSet data = new DataSet(input(1, 3, 10), labels(3, 10), mask, mask);
            Gradients whole = ofNetwork(data, false);
            Gradients parts = ofNetwork(data, true);
            assertThat(whole.all).hasSize(1);
            assertThat(parts.all).hasSize(3);
            // The stack reads the network's input, of which no gradient is cut off.
            assertClose(parts.sum(), whole.sum(), 1e-12);
            assertClose(ofGraph(data).sum(), whole.sum(), 1e-12);
        }
    }

    /** Deeplearning4j's fit always asks for the whole part; its external errors ask for the length that is set. */
    @Test
    void differentiatesTheLengthThatIsAskedFor() {
        MultiLayerNetwork net =
                SequenceNetworks.labelling(stack(Connection.HIGHWAY).build());
        net.fit(new DataSet(input(1, 3, 6), labels(3, 6)));
        RecurrentLayer layer = (RecurrentLayer) net.getLayer(0);
        layer.rnnActivateUsingStoredState(input(2, 3, 5), true, true, NONE);
        INDArray x = input(3, 3, 6);
        INDArray epsilon = normal(4, 3, 3, 6);
        INDArray ofLast = epsilon.dup();
        ofLast.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, 4))
                .assign(0);

        layer.rnnActivateUsingStoredState(x, true, false, NONE);
        INDArray expected = layer.backpropGradient(ofLast, NONE).getSecond().dup();
        INDArray ofParams = layer.getGradientsViewArray().dup();
        INDArray actual = layer.tbpttBackpropGradient(epsilon, 2, NONE).getSecond();

        assertClose(layer.getGradientsViewArray(), ofParams, 1e-12);
        assertClose(steps(actual, 4, 6), steps(expected, 4, 6), 1e-12);
        assertThat(steps(actual, 0, 4).amaxNumber().doubleValue()).isZero();
    }
}
