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
import static org.gatedepth.dl4j.SequenceNetworks.stack;
import static org.gatedepth.dl4j.SequenceNetworks.steps;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.block.Connection;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** What a layer over sequences computes, and which steps it depends on. */
@ExtendWith(DoublePrecision.class)
class SequenceRuntimeTest {
    private static final LayerWorkspaceMgr NONE = LayerWorkspaceMgr.noWorkspaces();

    private static INDArray activate(MultiLayerNetwork net, INDArray x, @Nullable INDArray mask) {
        Layer layer = net.getLayer(0);
        layer.feedForwardMaskArray(mask, MaskState.Active, (int) x.size(0));
        INDArray y = layer.activate(x, false, NONE).dup('c');
        layer.clear();
        return y;
    }

    private static INDArray sequence(double... values) {
        return Nd4j.create(values, new long[] {1, 1, values.length}, 'c').castTo(DataType.DOUBLE);
    }

    @Test
    void isWhatTheHandDerivedStackIs() {
        TemporalStack stack = stack(Connection.RESIDUAL)
                .nIn(1)
                .nOut(1)
                .activation(Activation.IDENTITY)
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(
                Networks.unchanging().list().layer(stack).layer(output()).build());
        net.init();
        INDArray kernel = Nd4j.create(new double[][] {{2}, {10}});
        net.getLayer(0).setParam("b0/F/W", kernel);
        net.getLayer(0).setParam("b1/F/W", kernel);
        net.getLayer(0).setParam("b1/F/b", Nd4j.ones(1, 1).muli(0.5));
        // First block: u_t = x_t + 2·x_t + 10·x_(t−1) = 3, 16, 29, 42.
        // Second: y_t = u_t + 2·u_t + 10·u_(t−2) + 0.5.
        assertClose(activate(net, sequence(1, 2, 3, 4), null), sequence(9.5, 48.5, 117.5, 286.5), 1e-12);
    }

    @Test
    void closedGatesCarryTheInputAndOpenOnesGiveThePlainStack() {
        MultiLayerNetwork net = labelling(stack(Connection.HIGHWAY).nOut(4).build());
        MultiLayerNetwork plain = labelling(stack(Connection.PLAIN).nOut(4).build());
        INDArray x = input(1, 3, 6);
        gates(net, -800);
        assertClose(activate(net, x, null), x, 0);
        gates(net, 800);
        for (int b = 0; b < 2; b++) {
            plain.getLayer(0).setParam("b" + b + "/W", net.getLayer(0).getParam("b" + b + "/H/W"));
        }
        assertClose(activate(net, x, null), activate(plain, x, null), 1e-12);
    }

    private static void gates(MultiLayerNetwork net, double bias) {
        for (int b = 0; b < 2; b++) {
            net.getLayer(0).setParam("b" + b + "/T/b", Nd4j.ones(1, 4).muli(bias));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOutputDoesNotChangeByOneBitWhenLaterInputsDo(Connection connection) {
        MultiLayerNetwork net =
                labelling(stack(connection).kernel(3).layerNorm(true).build());
        INDArray x = input(1, 3, 9);
        INDArray other = x.dup();
        other.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(5, 9))
                .assign(50);
        INDArray y = activate(net, x, null);
        INDArray changed = activate(net, other, null);
        assertClose(steps(changed, 0, 5), steps(y, 0, 5), 0);
        assertThat(steps(changed, 5, 9).equals(steps(y, 5, 9))).isFalse();
    }

    @Test
    void anOutputDependsOnAsManyStepsAsTheReceptiveFieldSays() {
        TemporalStack stack =
                stack(Connection.RESIDUAL).kernel(3).dilations(1, 3).build();
        assertThat(stack.receptiveField()).isEqualTo(9);
        MultiLayerNetwork net = labelling(stack);
        INDArray x = input(1, 1, 20);
        INDArray other = x.dup();
        other.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(4)).assign(5);
        INDArray difference =
                activate(net, other, null).sub(activate(net, x, null)).norm1(0, 1);
        for (int t = 0; t < 20; t++) {
            assertThat(difference.getDouble(t) != 0).as("step %d", t).isEqualTo(t >= 4 && t < 4 + 9);
        }
    }

    @Test
    void aDilationThatNoSequenceReachesReadsTheStepAlone() {
        MultiLayerNetwork net =
                labelling(stack(Connection.PLAIN).dilations(1000, 1000).build());
        INDArray x = input(1, 2, 5);
        INDArray y = activate(net, x, null);
        for (int t = 0; t < 5; t++) {
            assertClose(steps(y, t, t + 1), activate(net, steps(x, t, t + 1), null), 1e-12);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void otherPaddingChangesNoBitAndMorePaddingNothing(boolean causal) {
        MultiLayerNetwork net = labelling(stack(Connection.HIGHWAY)
                .kernel(3)
                .causal(causal)
                .layerNorm(true)
                .build());
        INDArray x = input(1, 2, 12);
        INDArray mask = mask(2, 6);
        INDArray y = activate(net, steps(x, 0, 6), mask);
        INDArray other = steps(x, 0, 6);
        other.get(NDArrayIndex.point(1), NDArrayIndex.all(), NDArrayIndex.point(5))
                .assign(77);
        assertClose(activate(net, other, mask), y, 0);

        INDArray longer = Nd4j.zeros(DataType.DOUBLE, 2, 12);
        longer.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 6)).assign(mask);
        INDArray padded = activate(net, x, longer);
        // Not by the bit: BLAS rounds products of more rows differently.
        assertClose(steps(padded, 0, 6), y, 1e-14);
        assertThat(steps(padded, 6, 12).amaxNumber().doubleValue()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMaskedSequenceIsTheShorterSequence(boolean causal) {
        MultiLayerNetwork net =
                labelling(stack(Connection.DENSE).kernel(3).causal(causal).build());
        INDArray x = input(1, 1, 7);
        INDArray mask = Nd4j.ones(DataType.DOUBLE, 1, 7);
        mask.putScalar(0, 5, 0);
        mask.putScalar(0, 6, 0);
        assertClose(steps(activate(net, x, mask), 0, 5), activate(net, steps(x, 0, 5), null), 1e-12);
    }

    @Test
    void bidirectionalReadsTheWholeSequence() {
        MultiLayerNetwork net = labelling(new Bidirectional(
                Bidirectional.Mode.CONCAT, stack(Connection.HIGHWAY).build()));
        assertThat(net.output(input(1, 2, 5)).shape()).containsExactly(2, 2, 5);
        assertThat(net.getLayer(0).paramTable().keySet()).containsExactly("fW", "fb", "bW", "bb");
        net.setParam("0_fb1/T/b", Nd4j.ones(1, 3).muli(-3));
        assertThat(net.getParam("0_fb1/T/b").meanNumber().doubleValue()).isEqualTo(-3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anyLengthAndMinibatchAfterTheFirst(boolean causal) {
        TemporalStack stack = stack(Connection.HIGHWAY).causal(causal).build();
        MultiLayerNetwork net = network(Networks.builder(new Sgd(0.1)), stack, output());
        // From the fifth length on, the stack is compiled for a longer one.
        for (int[] size : new int[][] {{3, 7}, {5, 4}, {2, 1}, {2, 30}, {3, 9}, {3, 10}, {2, 37}, {3, 7}}) {
            INDArray x = input(size[1], size[0], size[1]);
            MultiLayerNetwork fresh = network(Networks.builder(new Sgd(0.1)), stack, output());
            fresh.setParams(net.params());
            for (INDArray mask : new INDArray[] {null, mask(size[0], size[1])}) {
                assertClose(net.output(x, false, mask, null), fresh.output(x, false, mask, null), 1e-14);
                DataSet data = new DataSet(x, labels(size[0], size[1]), mask, mask);
                net.fit(data);
                fresh.fit(data);
                assertThat(net.score()).isCloseTo(fresh.score(), within(1e-12));
                assertClose(net.gradient().gradient(), fresh.gradient().gradient(), 1e-12);
            }
        }
    }

    @Test
    void theLayoutOfTheInputChangesNothing() {
        MultiLayerNetwork net = labelling(stack(Connection.HIGHWAY).build());
        INDArray x = input(1, 3, 6);
        INDArray y = activate(net, x, null);
        INDArray timeMajor = x.permute(2, 0, 1).dup('c').permute(1, 2, 0);
        assertClose(activate(net, x.dup('f'), null), y, 0);
        assertClose(activate(net, timeMajor, null), y, 0);
        assertClose(activate(net, x.castTo(DataType.FLOAT).castTo(DataType.DOUBLE), null), y, 1e-6);
    }

    @Test
    void theOutputIsAViewOfTimeMajorRows() {
        MultiLayerNetwork net = labelling(stack(Connection.HIGHWAY).build());
        net.fit(new DataSet(input(1, 3, 6), labels(3, 6)));
        INDArray y = net.getLayer(0).activate(input(1, 3, 6), true, NONE);
        INDArray epsilon = net.getLayer(0).backpropGradient(y.dup(), NONE).getSecond();
        assertThat(y.stride()).containsExactly(3, 1, 9);
        assertThat(epsilon.stride()).containsExactly(4, 1, 12);
    }

    @Test
    void aFloatNetworkComputesAlike() {
        MultiLayerNetwork net = labelling(stack(Connection.HIGHWAY).build());
        MultiLayerNetwork floats = network(
                Networks.unchanging().dataType(DataType.FLOAT),
                stack(Connection.HIGHWAY).build(),
                output());
        floats.setParams(net.params().castTo(DataType.FLOAT));
        INDArray x = input(1, 3, 6);
        assertClose(floats.output(x.castTo(DataType.FLOAT)).castTo(DataType.DOUBLE), net.output(x), 1e-5);
    }

    @Test
    void theArraysOfACallerStayAsTheyAre() {
        MultiLayerNetwork net = network(
                Networks.builder(new Sgd(0.1)),
                stack(Connection.HIGHWAY).dropOut(0.5).build(),
                stack(Connection.RESIDUAL).build(),
                output());
        DataSet data = new DataSet(input(1, 3, 6), labels(3, 6), mask(3, 6), mask(3, 6));
        DataSet before = data.copy();
        net.fit(data);
        net.output(data.getFeatures(), false, data.getFeaturesMaskArray(), data.getLabelsMaskArray());
        net.score(data);
        net.rnnTimeStep(data.getFeatures());
        assertThat(data).isEqualTo(before);
    }

    @Test
    void dropoutIsTheSameAtEveryStepAndAnotherInEachSequence() {
        TemporalStack stack = stack(Connection.PLAIN)
                .depth(1)
                .kernel(1)
                .nOut(4)
                .activation(Activation.IDENTITY)
                .dropOut(0.5)
                .build();
        MultiLayerNetwork net = labelling(stack);
        net.getLayer(0).setParam("b0/W", Nd4j.eye(4).castTo(DataType.DOUBLE));
        INDArray y = net.getLayer(0).activate(Nd4j.ones(DataType.DOUBLE, 40, 4, 5), true, NONE);
        INDArray first = steps(y, 0, 1);
        for (int t = 1; t < 5; t++) {
            assertClose(steps(y, t, t + 1), first, 0);
        }
        // The kept are doubled, and about a half of 160 are kept.
        assertThat(first.maxNumber().doubleValue()).isEqualTo(2);
        assertThat(first.meanNumber().doubleValue()).isBetween(0.7, 1.3);
        INDArray bySequence = first.reshape(40, 4);
        assertThat(bySequence.norm1(1).stdNumber().doubleValue()).isPositive();
    }

    @Test
    void theSameSeedGivesTheSameModel() {
        INDArray[] params = new INDArray[2];
        for (int i = 0; i < 2; i++) {
            Nd4j.getRandom().setSeed(i);
            MultiLayerNetwork net = network(
                    Networks.builder(new Adam(0.01)),
                    stack(Connection.HIGHWAY).dropOut(0.8).build(),
                    output());
            for (int n = 0; n < 3; n++) {
                net.fit(new DataSet(input(n, 3, 6), labels(3, 6)));
            }
            params[i] = net.params().dup();
        }
        assertClose(params[1], params[0], 0);
    }

    @Test
    void aBackwardPassWithoutAForwardPassOfTrainingGivesTheGradient() {
        MultiLayerNetwork net = labelling(stack(Connection.HIGHWAY).build());
        net.fit(new DataSet(input(1, 3, 6), labels(3, 6)));
        Layer layer = net.getLayer(0);
        INDArray x = input(1, 3, 6);
        INDArray epsilon = normal(2, 3, 3, 6);
        layer.activate(x, true, NONE);
        INDArray expected = layer.backpropGradient(epsilon, NONE).getSecond().dup();
        assertClose(layer.backpropGradient(epsilon, NONE).getSecond(), expected, 1e-12);
        layer.activate(x, false, NONE);
        assertClose(layer.backpropGradient(epsilon, NONE).getSecond(), expected, 1e-12);
    }

    @Test
    void refusesAnInputOfAnotherShapeInOneSentence() {
        MultiLayerNetwork net = labelling(stack(Connection.HIGHWAY).name("conv").build());
        assertThatThrownBy(() -> net.output(normal(1, 3, 5, 6)))
                .hasStackTraceContaining(
                        "expected input of shape [minibatch, 4, steps], got [3, 5, 6] (layer name:" + " conv");
        assertThatThrownBy(() -> net.output(normal(1, 3, 4)))
                .hasStackTraceContaining("expected input of shape [minibatch, 4, steps], got [3, 4]");
        MultiLayerNetwork nwc = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(stack(Connection.HIGHWAY).nIn(4).build())
                .layer(output())
                .setInputType(InputType.recurrent(4, RNNFormat.NWC))
                .build());
        nwc.init();
        assertThatThrownBy(() -> nwc.output(input(1, 3, 6)))
                .hasStackTraceContaining("expected input of shape [minibatch, steps, 4], got [3, 4, 6]");
    }

    @Test
    void refusesAMaskOfAnotherLength() {
        MultiLayerNetwork net = labelling(stack(Connection.HIGHWAY).build());
        assertThatThrownBy(() -> net.output(input(1, 3, 6), false, mask(3, 5), null))
                .hasStackTraceContaining(
                        "expected a mask of shape [minibatch, steps] = [3, 6] like the input's, got [3, 5]");
    }
}
