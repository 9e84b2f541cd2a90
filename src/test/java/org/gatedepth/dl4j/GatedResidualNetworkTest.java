package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.util.List;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.report.DepthReport;
import org.gatedepth.report.Shrink;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

@ExtendWith(DoublePrecision.class)
class GatedResidualNetworkTest {

    private static MultiLayerNetwork overSteps(RNNFormat format) {
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(new GatedResidualNetwork.Builder().nOut(5).depth(2).build())
                .layer(new RnnOutputLayer.Builder()
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .dataFormat(format)
                        .build())
                .setInputType(InputType.recurrent(4, 6, format))
                .build());
        net.init();
        return net;
    }

    @Test
    void actsAsInThePaperUnlessSaidOtherwise() {
        GatedResidualNetwork layer = new GatedResidualNetwork.Builder().nOut(5).build();
        assertThat(layer.getActivation()).isEqualTo(Activation.ELU);
        assertThat(layer.getHiddenSize()).isEqualTo(5);
        assertThat(layer.getDepth()).isEqualTo(1);
        assertThat(layer.getTransformGateBias()).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void readsEachStepByItself(RNNFormat format) {
        MultiLayerNetwork net = overSteps(format);
        INDArray ncw = normal(1, 3, 4, 6);
        INDArray x = format == RNNFormat.NCW ? ncw : ncw.permute(0, 2, 1).dup('c');
        INDArray y = net.output(x);
        INDArray one = ncw.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(2, 3))
                .dup('c');
        INDArray alone =
                net.output(format == RNNFormat.NCW ? one : one.permute(0, 2, 1).dup('c'));
        INDArray third = format == RNNFormat.NCW
                ? y.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(2, 3))
                : y.get(NDArrayIndex.all(), NDArrayIndex.interval(2, 3), NDArrayIndex.all());
        assertClose(third.dup('c'), alone.dup('c'), 1e-12);
    }

    @Test
    void passesTheGradientCheckOverMaskedSteps() {
        MultiLayerNetwork net = overSteps(RNNFormat.NCW);
        for (int minibatch : new int[] {1, 5}) {
            INDArray labels = Nd4j.zeros(DataType.DOUBLE, minibatch, 3, 6);
            for (int t = 0; t < 6; t++) {
                labels.put(
                        new org.nd4j.linalg.indexing.INDArrayIndex[] {
                            NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(t)
                        },
                        oneHot(minibatch, 3));
            }
            INDArray mask = Nd4j.ones(DataType.DOUBLE, minibatch, 6);
            mask.putScalar(0, 5, 0);
            GradientChecks.check(net, normal(2, minibatch, 4, 6), labels, mask, mask);
        }
    }

    @Test
    void theReportShowsItsGatesAndLesions() {
        MultiLayerNetwork net = Networks.network(
                Networks.unchanging(),
                new GatedResidualNetwork.Builder().nOut(6).depth(3).build());
        INDArray bias = net.getLayer(0).getParam("b1/T/b");
        bias.assign(-40);
        DepthReport report = DepthReport.of(net, Networks.data(40, 1));

        assertThat(report.gates())
                .extracting(gates -> gates.block())
                .containsExactly("layer0/1", "layer0/2", "layer0/3");
        assertThat(report.gates().get(1).mean()).isLessThan(1e-12);
        assertThat(report.gates().get(1).startBias()).isEqualTo(-Math.log(3));
        // With its gate closed the second block is its bypass.
        assertThat(report.lesions().single().get(1).changed()).isZero();
        assertThat(report.lesions().single().get(1).block()).isEqualTo("layer0/2");
    }

    @Test
    void aBlockIsNotRemoved() {
        MultiLayerNetwork stack = Networks.network(
                Networks.unchanging(),
                new GatedResidualNetwork.Builder().nOut(4).depth(2).build());
        assertThat(Shrink.without(stack, List.of("layer0/1")).kept())
                .containsEntry(
                        "layer0/1",
                        "only a GatedStack, a TemporalStack or a GatedConvolution2D can be shortened,"
                                + " and its layer is a GatedResidualNetwork");
    }

    @Test
    void refusesBadSettings() {
        assertThatThrownBy(() ->
                        new GatedResidualNetwork.Builder().nOut(4).hiddenSize(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("hiddenSize must be at least 1, got 0");
        assertThatThrownBy(() ->
                        new GatedResidualNetwork.Builder().nOut(4).depth(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("depth must be at least 1, got 0");
        assertThatThrownBy(() -> new GatedResidualNetwork.Builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nOut must be at least 1, got 0");
        assertThatThrownBy(() -> new GatedResidualNetwork.Builder()
                        .nOut(4)
                        .transformGateBias(Double.NaN)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("transform gate bias must be a finite number, got NaN");
    }
}
