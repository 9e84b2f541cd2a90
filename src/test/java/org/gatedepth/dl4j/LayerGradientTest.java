package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Deeplearning4j's gradient check on every layer; each network is a chain, in which a factor a layer would show. */
@ExtendWith(DoublePrecision.class)
class LayerGradientTest {

    /** The layer between two highway layers, so that its gradient passes and is passed on. */
    private static org.deeplearning4j.nn.conf.layers.Layer[] chain(Variants.Maker layer) {
        return new org.deeplearning4j.nn.conf.layers.Layer[] {
            new DenseLayer.Builder().nOut(4).activation(Activation.TANH).build(),
            layer.get(),
            Variants.highway(3).build()
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void inANetworkWithWorkspaces(String name, Variants.Maker layer) {
        MultiLayerNetwork net = Networks.network(WorkspaceMode.ENABLED, chain(layer));
        GradientChecks.check(net, normal(1, 5, 4), oneHot(5, 3));
        GradientChecks.check(net, normal(2, 1, 4), oneHot(1, 3));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void inANetworkWithoutWorkspaces(String name, Variants.Maker layer) {
        MultiLayerNetwork net = Networks.network(WorkspaceMode.NONE, chain(layer));
        GradientChecks.check(net, normal(1, 5, 4), oneHot(5, 3));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void inAGraph(String name, Variants.Maker layer) {
        for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.ENABLED, WorkspaceMode.NONE}) {
            NeuralNetConfiguration.Builder builder =
                    Networks.unchanging().trainingWorkspaceMode(mode).inferenceWorkspaceMode(mode);
            GradientChecks.check(Networks.graph(builder, chain(layer)), normal(1, 5, 4), oneHot(5, 3));
        }
        GradientChecks.check(Networks.graph(Networks.unchanging(), chain(layer)), normal(1, 1, 4), oneHot(1, 3));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void withL1AndL2(String name, Variants.Maker layer) {
        NeuralNetConfiguration.Builder builder =
                Networks.unchanging().l1(0.03).l2(0.05).l1Bias(0.02).l2Bias(0.04);
        GradientChecks.check(Networks.network(builder, chain(layer)), normal(1, 5, 4), oneHot(5, 3));
    }

    @Test
    void withL1AndL2InAGraph() {
        NeuralNetConfiguration.Builder builder = Networks.unchanging().l1(0.03).l2(0.05);
        GradientChecks.check(
                Networks.graph(
                        builder, Variants.highway(4).build(), Variants.skip(3).build()),
                normal(1, 5, 4),
                oneHot(5, 3));
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkspaceMode.class,
            names = {"ENABLED", "NONE"})
    void withDropout(WorkspaceMode mode) {
        MultiLayerNetwork net = Networks.network(
                mode,
                Variants.highway(4).dropOut(0.6).build(),
                Variants.skip(4).dropOut(0.7).build(),
                new DenseSkipLayer.Builder()
                        .growthRate(2)
                        .activation(Activation.TANH)
                        .dropOut(0.6)
                        .build(),
                Variants.stack(org.gatedepth.block.Connection.HIGHWAY, 2)
                        .dropOut(0.8)
                        .build());
        GradientChecks.checkReseeded(net, normal(1, 5, 4), oneHot(5, 3));
    }

    private static MultiLayerNetwork overSequences(org.deeplearning4j.nn.conf.layers.Layer layer) {
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(new LSTM.Builder().nOut(3).activation(Activation.TANH).build())
                .layer(layer)
                .layer(Variants.highway(3).build())
                .layer(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(2)
                        .build())
                .setInputType(InputType.recurrent(2))
                .build());
        net.init();
        return net;
    }

    private static INDArray labelsOverTime(int rows, int times) {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, rows, 2, times);
        for (int i = 0; i < rows; i++) {
            for (int t = 0; t < times; t++) {
                labels.putScalar(new int[] {i, (i + t) % 2, t}, 1);
            }
        }
        return labels;
    }

    private static INDArray mask() {
        return Nd4j.create(new double[][] {{1, 1, 1, 1}, {1, 1, 0, 0}, {1, 1, 1, 0}});
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void overSequencesWithMasks(String name, Variants.Maker layer) {
        GradientChecks.check(overSequences(layer.get()), normal(1, 3, 2, 4), labelsOverTime(3, 4), mask(), mask());
    }

    @Test
    void overSequencesWithoutMasksAndOfAnotherLength() {
        MultiLayerNetwork net = overSequences(Variants.highway(4).build());
        GradientChecks.check(net, normal(1, 3, 2, 4), labelsOverTime(3, 4));
        GradientChecks.check(net, normal(2, 2, 2, 6), labelsOverTime(2, 6));
        GradientChecks.check(net, normal(3, 1, 2, 1), labelsOverTime(1, 1));
    }

    @Test
    void overSequencesWithALabelMaskOnly() {
        GradientChecks.check(
                overSequences(Variants.highway(4).build()), normal(1, 3, 2, 4), labelsOverTime(3, 4), null, mask());
    }

    @Test
    void paddingDoesNotInfluenceTheScoreOfWhatIsNotMasked() {
        MultiLayerNetwork net = overSequences(Variants.highway(4).build());
        INDArray x = normal(1, 3, 2, 4);
        net.setLayerMaskArrays(mask(), mask());
        INDArray before = net.output(x).dup();
        INDArray other = x.dup();
        other.get(NDArrayIndex.point(1), NDArrayIndex.all(), NDArrayIndex.interval(2, 4))
                .assign(50);
        net.setLayerMaskArrays(mask(), mask());
        INDArray after = net.output(other);
        assertThat(after.get(NDArrayIndex.point(1), NDArrayIndex.all(), NDArrayIndex.interval(0, 2)))
                .isEqualTo(before.get(NDArrayIndex.point(1), NDArrayIndex.all(), NDArrayIndex.interval(0, 2)));
    }

    @Test
    void maskedRowsComeOutAsZeros() {
        MultiLayerNetwork net = overSequences(Variants.highway(4).build());
        net.setLayerMaskArrays(mask(), mask());
        INDArray activation = net.feedForward(normal(1, 3, 2, 4), false).get(2);
        // Rows are [minibatch · time, 4], as RnnToFeedForward lays them out: time is the slower axis.
        INDArray rows = activation.rank() == 2
                ? activation
                : activation.permute(2, 0, 1).dup('c').reshape(12, 4);
        assertThat(rows.norm1(1).eq(0).castTo(DataType.INT32).sumNumber().intValue())
                .isEqualTo(3);
    }
}
