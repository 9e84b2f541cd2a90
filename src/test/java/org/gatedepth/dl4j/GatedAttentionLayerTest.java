package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.dl4j.SequenceNetworks.input;
import static org.gatedepth.dl4j.SequenceNetworks.labelling;
import static org.gatedepth.dl4j.SequenceNetworks.labels;
import static org.gatedepth.dl4j.SequenceNetworks.mask;
import static org.gatedepth.dl4j.SequenceNetworks.network;
import static org.gatedepth.dl4j.SequenceNetworks.output;
import static org.gatedepth.dl4j.SequenceNetworks.steps;
import static org.gatedepth.testing.Arrays.assertClose;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.gatedepth.block.Connection;
import org.gatedepth.block.attention.Positions;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

/** What an attention layer computes, and which state it keeps. */
@ExtendWith(DoublePrecision.class)
class GatedAttentionLayerTest {
    private static final LayerWorkspaceMgr NONE = LayerWorkspaceMgr.noWorkspaces();

    private static GatedAttentionLayer.Builder attention(Connection connection) {
        return new GatedAttentionLayer.Builder()
                .connection(connection)
                .heads(2)
                .growthRate(2)
                .nOut(6);
    }

    private static INDArray activate(MultiLayerNetwork net, INDArray x, @Nullable INDArray mask) {
        Layer layer = net.getLayer(0);
        layer.feedForwardMaskArray(mask, MaskState.Active, (int) x.size(0));
        INDArray y = layer.activate(x, false, NONE).dup('c');
        layer.clear();
        return y;
    }

    @ParameterizedTest
    @EnumSource
    void anOutputDoesNotChangeByOneBitWhenLaterInputsDo(Connection connection) {
        MultiLayerNetwork net =
                labelling(attention(connection).causal(true).depth(2).build());
        INDArray x = input(1, 3, 90);
        INDArray other = x.dup();
        other.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(50, 90))
                .assign(50);
        INDArray y = activate(net, x, null);
        INDArray changed = activate(net, other, null);
        assertClose(steps(changed, 0, 50), steps(y, 0, 50), 0);
        assertThat(steps(changed, 50, 90).equals(steps(y, 50, 90))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void otherPaddingChangesNoBitAndMorePaddingNothing(boolean causal) {
        MultiLayerNetwork net =
                labelling(attention(Connection.HIGHWAY).causal(causal).build());
        INDArray x = input(1, 2, 12);
        INDArray mask = mask(2, 6);
        INDArray y = activate(net, steps(x, 0, 6), mask);
        INDArray other = steps(x, 0, 6);
        other.get(NDArrayIndex.point(1), NDArrayIndex.all(), NDArrayIndex.point(5))
                .assign(77);
        assertClose(activate(net, other, mask), y, 0);
        assertThat(y.get(NDArrayIndex.point(1), NDArrayIndex.all(), NDArrayIndex.point(5))
                        .amaxNumber()
                        .doubleValue())
                .isZero();

        INDArray longer = Nd4j.zeros(DataType.DOUBLE, 2, 12);
        longer.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 6)).assign(mask);
        INDArray padded = activate(net, x, longer);
        // Not by the bit: BLAS rounds products of more rows differently.
        assertClose(steps(padded, 0, 6), y, 1e-13);
        assertThat(steps(padded, 6, 12).amaxNumber().doubleValue()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anyLengthAndMinibatchAfterTheFirst(boolean causal) {
        GatedAttentionLayer layer = attention(Connection.HIGHWAY)
                .causal(causal)
                .positions(causal ? Positions.LEARNED : Positions.SINUSOIDAL)
                .maxSteps(38)
                .build();
        MultiLayerNetwork net = network(Networks.builder(new Sgd(0.1)), layer, output());
        // From the fifth length on, the layer is compiled for a longer one, but for no more than 38.
        for (int[] size : new int[][] {{3, 7}, {5, 4}, {2, 1}, {2, 30}, {3, 9}, {3, 10}, {2, 37}, {2, 38}, {3, 7}}) {
            INDArray x = input(size[1], size[0], size[1]);
            MultiLayerNetwork fresh = network(Networks.builder(new Sgd(0.1)), layer, output());
            fresh.setParams(net.params());
            for (INDArray mask : new INDArray[] {null, mask(size[0], size[1])}) {
                assertClose(net.output(x, false, mask, null), fresh.output(x, false, mask, null), 1e-13);
                DataSet data = new DataSet(x, labels(size[0], size[1]), mask, mask);
                net.fit(data);
                fresh.fit(data);
                assertThat(net.score()).isCloseTo(fresh.score(), within(1e-12));
                assertClose(net.gradient().gradient(), fresh.gradient().gradient(), 1e-12);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void stepByStepIsTheWholeSequence(Positions positions) {
        MultiLayerNetwork net = network(
                Networks.unchanging(),
                attention(Connection.HIGHWAY)
                        .causal(true)
                        .positions(positions)
                        .maxSteps(20)
                        .build(),
                attention(Connection.DENSE).causal(true).maxSteps(21).build(),
                output());
        INDArray x = input(1, 2, 20);
        INDArray whole = net.output(x);
        for (int t = 0; t < 20; t++) {
            assertClose(net.rnnTimeStep(steps(x, t, t + 1)), steps(whole, t, t + 1), 1e-13);
        }
        assertThatThrownBy(() -> net.rnnTimeStep(steps(x, 0, 1)))
                .hasStackTraceContaining("sequences may have at most maxSteps = 20 steps, those of the stored state"
                        + " with them, got 21; build the layer with more, or call rnnClearPreviousState() before"
                        + " other sequences");
        net.rnnClearPreviousState();
        int from = 0;
        for (int length : new int[] {3, 1, 9, 7}) {
            assertClose(net.rnnTimeStep(steps(x, from, from + length)), steps(whole, from, from + length), 1e-13);
            from += length;
        }
    }

    @Test
    void refusesStepsWithoutABoundOrWhereItIsNotCausal() {
        MultiLayerNetwork endless =
                labelling(attention(Connection.HIGHWAY).causal(true).build());
        assertThatThrownBy(() -> endless.rnnTimeStep(input(1, 3, 2)))
                .hasStackTraceContaining(
                        "a layer whose outputs depend on all earlier steps stores all of them to be run"
                                + " step by step or trained with truncated backpropagation through time, so it needs"
                                + " a bound;"
                                + " build it with maxSteps(..)");
        MultiLayerNetwork around =
                labelling(attention(Connection.HIGHWAY).maxSteps(5).build());
        assertThatThrownBy(() -> around.rnnTimeStep(input(1, 3, 2)))
                .hasStackTraceContaining("a layer that is not causal reads later steps");
    }

    private static INDArray gradients(DataSet data, boolean truncated) {
        var builder = SequenceNetworks.list(
                Networks.builder(new Sgd(0)),
                attention(Connection.HIGHWAY).causal(true).maxSteps(10).build(),
                output());
        if (truncated) {
            builder.backpropType(BackpropType.TruncatedBPTT).tBPTTLength(4);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(builder.build());
        net.init();
        List<INDArray> all = new ArrayList<>();
        net.setListeners(new BaseTrainingListener() {
            @Override
            public void onGradientCalculation(Model model) {
                all.add(model.gradient().gradient().dup());
            }
        });
        net.fit(data);
        assertThat(all).hasSize(truncated ? 3 : 1);
        return all.stream().reduce(INDArray::add).orElseThrow();
    }

    @Test
    void truncatedBackpropagationGoesOnFromTheStepsBefore() {
        for (INDArray mask : new INDArray[] {null, mask(3, 10)}) {
            DataSet data = new DataSet(input(1, 3, 10), labels(3, 10), mask, mask);
            // The layer reads the network's input, of which no gradient is cut off.
            assertClose(gradients(data, true), gradients(data, false), 1e-12);
        }
    }

    @Test
    void aFloatNetworkComputesAlike() {
        MultiLayerNetwork net = labelling(attention(Connection.HIGHWAY).build());
        MultiLayerNetwork floats = network(
                Networks.unchanging().dataType(DataType.FLOAT),
                attention(Connection.HIGHWAY).build(),
                output());
        floats.setParams(net.params().castTo(DataType.FLOAT));
        INDArray x = input(1, 3, 6);
        assertClose(floats.output(x.castTo(DataType.FLOAT)).castTo(DataType.DOUBLE), net.output(x), 1e-5);
    }

    @Test
    void refusesASequenceThatIsTooLong() {
        MultiLayerNetwork net =
                labelling(attention(Connection.HIGHWAY).maxSteps(5).build());
        assertThatThrownBy(() -> net.output(input(1, 2, 6)))
                .hasStackTraceContaining("sequences may have at most maxSteps = 5 steps");
    }
}
