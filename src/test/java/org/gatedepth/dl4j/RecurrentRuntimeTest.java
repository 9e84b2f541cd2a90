package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.dl4j.RecurrentNetworks.highway;
import static org.gatedepth.dl4j.SequenceNetworks.input;
import static org.gatedepth.dl4j.SequenceNetworks.labelling;
import static org.gatedepth.dl4j.SequenceNetworks.labels;
import static org.gatedepth.dl4j.SequenceNetworks.mask;
import static org.gatedepth.dl4j.SequenceNetworks.network;
import static org.gatedepth.dl4j.SequenceNetworks.output;
import static org.gatedepth.dl4j.SequenceNetworks.steps;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.dl4j.runtime.cell.CellRuntime;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.ops.transforms.Transforms;

/** What a recurrent highway layer computes, and which steps it depends on. */
@ExtendWith(DoublePrecision.class)
class RecurrentRuntimeTest {
    private static final LayerWorkspaceMgr NONE = LayerWorkspaceMgr.noWorkspaces();

    static Stream<RecurrentHighwayLayer.Builder> forms() {
        return RecurrentNetworks.forms();
    }

    private static INDArray activate(MultiLayerNetwork net, INDArray x, @Nullable INDArray mask) {
        Layer layer = net.getLayer(0);
        layer.feedForwardMaskArray(mask, MaskState.Active, (int) x.size(0));
        INDArray y = layer.activate(x, false, NONE).dup('c');
        layer.clear();
        return y;
    }

    private static void set(MultiLayerNetwork net, String name, double value) {
        INDArray param = net.getLayer(0).getParam(name);
        net.getLayer(0).setParam(name, Nd4j.ones(DataType.DOUBLE, param.shape()).muli(value));
    }

    @Test
    void isWhatTheHandDerivedLayerIs() {
        MultiLayerNetwork net = labelling(highway(false)
                .recurrenceDepth(1)
                .nOut(1)
                .activation(Activation.IDENTITY)
                .build());
        for (String zero : List.of("W/T", "R1/T", "W/C", "R1/C")) {
            set(net, zero, 0);
        }
        set(net, "W/H", 1);
        set(net, "R1/H", 2);
        set(net, "b1/H", 0.5);
        // t = 1/2, c = 1/4.
        set(net, "b1/T", 0);
        set(net, "b1/C", -Math.log(3));
        INDArray x = Nd4j.zeros(DataType.DOUBLE, 1, 4, 3);
        x.putScalar(0, 0, 0, 1.5);
        x.putScalar(0, 3, 2, 4);
        // s_t = (x_t + 2·s_(t−1) + 0.5)/2 + s_(t−1)/4, where the x_t are 1.5, 0, 4.
        // s_1 = 2/2 = 1; s_2 = 2.5/2 + 1/4 = 1.5; s_3 = 7.5/2 + 1.5/4 = 4.125.
        assertClose(activate(net, x, null).reshape(3), Nd4j.createFromArray(1, 1.5, 4.125), 1e-12);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void closedGatesCarryTheStateAndOpenOnesTransformIt(RecurrentHighwayLayer.Builder form) {
        RecurrentHighwayLayer layer = form.build();
        MultiLayerNetwork net = labelling(layer);
        INDArray x = input(1, 2, 5);
        INDArray state = normal(4, 2, 3);
        for (int level = 1; level <= layer.getRecurrenceDepth(); level++) {
            set(net, "b" + level + "/T", -800);
            if (!layer.isCoupled()) {
                set(net, "b" + level + "/C", 800);
            }
        }
        net.rnnSetPreviousState(0, Map.of(CellRuntime.STATE, state));
        CellRuntime runtime = (CellRuntime) net.getLayer(0);
        INDArray carried = runtime.rnnTimeStep(x, NONE);
        for (int t = 0; t < 5; t++) {
            assertClose(steps(carried, t, t + 1).reshape(2, 3), state, 0);
        }
        // Open: a plain recurrent network; of one level, one step from a state of zeros is f(W·x + b).
        for (int level = 1; level <= layer.getRecurrenceDepth(); level++) {
            set(net, "b" + level + "/T", 800);
            if (!layer.isCoupled()) {
                set(net, "b" + level + "/C", -800);
            }
        }
        INDArray s = Nd4j.zeros(DataType.DOUBLE, 2, 3);
        INDArray y = activate(net, x, null);
        for (int t = 0; t < 5; t++) {
            for (int level = 1; level <= layer.getRecurrenceDepth(); level++) {
                INDArray sum = s.mmul(runtime.getParam("R" + level + "/H"));
                if (level == 1) {
                    sum.addi(steps(x, t, t + 1).reshape(2, 4).mmul(runtime.getParam("W/H")));
                }
                s = Transforms.tanh(sum);
            }
            assertClose(steps(y, t, t + 1).reshape(2, 3), s, 1e-12);
        }
    }

    @ParameterizedTest
    @MethodSource("forms")
    void anOutputDoesNotChangeByOneBitWhenLaterInputsDo(RecurrentHighwayLayer.Builder form) {
        MultiLayerNetwork net = labelling(form.build());
        INDArray x = input(1, 3, 9);
        INDArray other = x.dup();
        other.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(5, 9))
                .assign(50);
        INDArray y = activate(net, x, null);
        INDArray changed = activate(net, other, null);
        assertClose(steps(changed, 0, 5), steps(y, 0, 5), 0);
        assertThat(steps(changed, 5, 9).equals(steps(y, 5, 9))).isFalse();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void aMaskedStepChangesNothing(RecurrentHighwayLayer.Builder form) {
        MultiLayerNetwork net = labelling(form.build());
        INDArray x = input(1, 2, 9);
        INDArray mask = Nd4j.ones(DataType.DOUBLE, 2, 9);
        mask.putScalar(0, 4, 0);
        mask.putScalar(0, 5, 0);
        INDArray y = activate(net, x, mask);
        INDArray other = x.dup();
        other.get(NDArrayIndex.point(0), NDArrayIndex.all(), NDArrayIndex.interval(4, 6))
                .assign(77);
        assertClose(activate(net, other, mask), y, 0);
        // The steps after it are those of the sequence without it.
        INDArray without = Nd4j.concat(2, steps(x, 0, 4), steps(x, 6, 9));
        INDArray shorter = activate(net, without, null);
        INDArray first = y.get(NDArrayIndex.interval(0, 1), NDArrayIndex.all(), NDArrayIndex.all());
        INDArray expected = shorter.get(NDArrayIndex.interval(0, 1), NDArrayIndex.all(), NDArrayIndex.all());
        assertClose(steps(first, 0, 4), steps(expected, 0, 4), 1e-14);
        assertClose(steps(first, 6, 9), steps(expected, 4, 7), 1e-14);
        assertThat(steps(first, 4, 6).amaxNumber().doubleValue()).isZero();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void morePaddingChangesNoBit(RecurrentHighwayLayer.Builder form) {
        MultiLayerNetwork net = labelling(form.build());
        INDArray x = input(1, 2, 12);
        INDArray y = activate(net, steps(x, 0, 6), mask(2, 6));
        INDArray longer = Nd4j.zeros(DataType.DOUBLE, 2, 12);
        longer.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 6)).assign(mask(2, 6));
        INDArray padded = activate(net, x, longer);
        assertClose(steps(padded, 0, 6), y, 1e-15);
        assertThat(steps(padded, 6, 12).amaxNumber().doubleValue()).isZero();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void anyLengthAndMinibatchAfterTheFirst(RecurrentHighwayLayer.Builder form) {
        RecurrentHighwayLayer layer = form.build();
        MultiLayerNetwork net = network(Networks.builder(new Sgd(0.1)), layer, output());
        for (int[] size : new int[][] {{3, 7}, {5, 4}, {2, 1}, {1, 30}, {3, 9}, {4, 10}, {6, 3}, {3, 7}}) {
            INDArray x = input(size[1], size[0], size[1]);
            MultiLayerNetwork fresh = network(Networks.builder(new Sgd(0.1)), layer, output());
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
    void theLayoutAndTheTypeOfTheInputChangeNothing() {
        MultiLayerNetwork net = labelling(highway().build());
        INDArray x = input(1, 3, 6);
        INDArray y = activate(net, x, null);
        INDArray timeMajor = x.permute(2, 0, 1).dup('c').permute(1, 2, 0);
        assertClose(activate(net, x.dup('f'), null), y, 0);
        assertClose(activate(net, timeMajor, null), y, 0);
        assertClose(activate(net, x.castTo(DataType.FLOAT), null), y, 1e-6);
    }

    @Test
    void aFloatNetworkComputesAlike() {
        MultiLayerNetwork net = labelling(highway().build());
        MultiLayerNetwork floats = network(
                Networks.unchanging().dataType(DataType.FLOAT), highway().build(), output());
        floats.setParams(net.params().castTo(DataType.FLOAT));
        INDArray x = input(1, 3, 6);
        assertClose(floats.output(x.castTo(DataType.FLOAT)).castTo(DataType.DOUBLE), net.output(x), 1e-5);
    }

    @Test
    void theArraysOfACallerStayAsTheyAre() {
        MultiLayerNetwork net = network(
                Networks.builder(new Sgd(0.1)),
                highway().dropOut(0.5).build(),
                highway(false).build(),
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
        MultiLayerNetwork net = labelling(highway()
                .recurrenceDepth(1)
                .nOut(4)
                .activation(Activation.IDENTITY)
                .dropOut(0.5)
                .build());
        net.getLayer(0).setParam("W/H", Nd4j.eye(4).castTo(DataType.DOUBLE));
        set(net, "R1/H", 0);
        set(net, "b1/T", 800);
        INDArray y = net.getLayer(0).activate(Nd4j.ones(DataType.DOUBLE, 40, 4, 5), true, NONE);
        INDArray first = steps(y, 0, 1);
        for (int t = 1; t < 5; t++) {
            assertClose(steps(y, t, t + 1), first, 1e-15);
        }
        // The kept are doubled, and about a half of 160 are kept.
        assertThat(first.maxNumber().doubleValue()).isEqualTo(2);
        assertThat(first.meanNumber().doubleValue()).isBetween(0.7, 1.3);
        assertThat(first.reshape(40, 4).norm1(1).stdNumber().doubleValue()).isPositive();
    }

    @Test
    void theSameSeedGivesTheSameModel() {
        INDArray[] params = new INDArray[2];
        for (int i = 0; i < 2; i++) {
            Nd4j.getRandom().setSeed(i);
            MultiLayerNetwork net = network(
                    Networks.builder(new Adam(0.01)), highway().dropOut(0.8).build(), output());
            for (int n = 0; n < 3; n++) {
                net.fit(new DataSet(input(n, 3, 6), labels(3, 6)));
            }
            params[i] = net.params().dup();
        }
        assertClose(params[1], params[0], 0);
    }

    @Test
    void aBackwardPassWithoutAForwardPassOfTrainingGivesTheGradient() {
        MultiLayerNetwork net = labelling(highway().build());
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
    void givesTheGatesOfEachLevelByTimeStep() {
        MultiLayerNetwork net = labelling(highway().build());
        CellRuntime runtime = (CellRuntime) net.getLayer(0);
        for (int length : new int[] {1, 5}) {
            INDArray x = input(1, 2, length);
            INDArray y = activate(net, x, null);
            List<INDArray> gates = List.copyOf(runtime.gates(x, null).values());
            assertThat(gates).hasSize(2);
            INDArray s = Nd4j.zeros(DataType.DOUBLE, 2, 3);
            for (int t = 0; t < length; t++) {
                INDArray own = steps(x, t, t + 1).reshape(2, 4);
                for (int level = 1; level <= 2; level++) {
                    INDArray h = s.mmul(runtime.getParam("R" + level + "/H"));
                    INDArray g = s.mmul(runtime.getParam("R" + level + "/T")).addi(-0.5);
                    if (level == 1) {
                        h.addi(own.mmul(runtime.getParam("W/H")));
                        g.addi(own.mmul(runtime.getParam("W/T")));
                    }
                    INDArray gate = Transforms.sigmoid(g);
                    assertClose(
                            gates.get(level - 1)
                                    .get(NDArrayIndex.interval(2 * t, 2 * t + 2))
                                    .dup(),
                            gate,
                            1e-12);
                    h = Transforms.tanh(h);
                    s = h.mul(gate).add(s.mul(gate.rsub(1)));
                }
                assertClose(steps(y, t, t + 1).reshape(2, 3), s, 1e-12);
            }
        }
    }

    @Test
    void refusesAnInputAndAMaskOfAnotherShapeInOneSentence() {
        MultiLayerNetwork net = labelling(highway().name("memory").build());
        assertThatThrownBy(() -> net.output(normal(1, 3, 5, 6)))
                .hasStackTraceContaining(
                        "expected input of shape [minibatch, 4, steps], got [3, 5, 6] (layer name: memory");
        assertThatThrownBy(() -> net.output(input(1, 3, 6), false, mask(3, 5), null))
                .hasStackTraceContaining(
                        "expected a mask of shape [minibatch, steps] = [3, 6] like the input's, got [3, 5]");
    }
}
