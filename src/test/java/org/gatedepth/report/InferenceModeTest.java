package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.preprocessors.ReshapePreprocessor;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Signal and gradients are those of inference, whatever the other layers do in training. What they must be comes from
 * forward passes alone.
 */
@ExtendWith(DoublePrecision.class)
class InferenceModeTest {
    private static final int WIDTH = 8;
    private static final int FEW = 3;

    private static INDArray few() {
        return normal(2, DataType.DOUBLE, FEW, WIDTH).add(4);
    }

    private static DataSet data() {
        return new DataSet(few(), oneHot(FEW, 3));
    }

    static Stream<Arguments> layers() {
        return Stream.of(
                Arguments.of("batch normalisation", new BatchNormalization.Builder().decay(.5)),
                Arguments.of(
                        "batch normalisation with the logarithm of its deviation",
                        new BatchNormalization.Builder().decay(.5).useLogStd(true)),
                Arguments.of(
                        "batch normalisation of fixed scale",
                        new BatchNormalization.Builder()
                                .decay(.5)
                                .lockGammaBeta(true)
                                .gamma(2)
                                .beta(.5)),
                Arguments.of(
                        "batch normalisation of fixed scale without a shift",
                        new BatchNormalization.Builder()
                                .decay(.5)
                                .lockGammaBeta(true)
                                .gamma(2)),
                Arguments.of(
                        "noise on weights", new DenseLayer.Builder().nOut(WIDTH).weightNoise(new DropConnect(.5))),
                Arguments.of("dropout", new DenseLayer.Builder().nOut(WIDTH).dropOut(.5)),
                Arguments.of("noise", new DenseLayer.Builder().nOut(WIDTH).dropOut(new GaussianNoise(1))),
                Arguments.of("layer of dropout", new DropoutLayer.Builder(.5)));
    }

    private static NeuralNetConfiguration.ListBuilder list(Layer below, Layer above) {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(.01))
                .list()
                .layer(below)
                .layer(new GatedStack.Builder().depth(2).nOut(WIDTH).build())
                .layer(above)
                .layer(new OutputLayer.Builder()
                        .nIn(WIDTH)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build());
    }

    private static MultiLayerNetwork trained(NeuralNetConfiguration.ListBuilder list) {
        MultiLayerNetwork network = new MultiLayerNetwork(
                list.setInputType(InputType.feedForward(WIDTH)).build());
        network.init();
        DataSet data = new DataSet(normal(1, DataType.DOUBLE, 40, WIDTH).mul(5).add(3), oneHot(40, 3));
        for (int i = 0; i < 20; i++) {
            network.fit(data);
        }
        return network;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void everyNumberIsThatOfInference(String name, Layer.Builder<?> layer) {
        MultiLayerNetwork network =
                trained(list(layer.build().clone(), layer.build().clone()));
        Flow flow = assertInference(network);
        assertThat(DepthReport.of(network.toComputationGraph(), data())
                        .chains()
                        .get(0)
                        .now())
                .isEqualTo(flow);
    }

    @Test
    void frozenBatchNormalisationIsMeasuredToo() {
        BatchNormalization layer = new BatchNormalization.Builder().build();
        MultiLayerNetwork network = trained(list(layer.clone(), layer.clone()));
        MultiLayerNetwork frozen =
                new MultiLayerNetwork(list(new FrozenLayer(layer.clone()), new FrozenLayer(layer.clone()))
                        .setInputType(InputType.feedForward(WIDTH))
                        .build());
        frozen.init();
        frozen.setParams(network.params());
        assertInference(frozen);
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void gradientPassesBatchNormalisationOfImages(CNN2DFormat format) {
        BatchNormalization layer = new BatchNormalization.Builder()
                .nOut(2)
                .decay(.5)
                .dataFormat(format)
                .build();
        MultiLayerNetwork network = trained(list(
                        new DenseLayer.Builder().nOut(WIDTH).build(), layer)
                .inputPreProcessor(2, new ReshapePreprocessor(new long[] {WIDTH}, new long[] {2, 2, 2}, false))
                .inputPreProcessor(3, new ReshapePreprocessor(new long[] {2, 2, 2}, new long[] {WIDTH}, false)));
        assertInference(network);
    }

    private static Flow assertInference(MultiLayerNetwork network) {
        List<INDArray> activations = network.feedForward(few(), false);
        Flow flow = DepthReport.of(network, data()).chains().get(0).now();
        assertThat(flow.activation().get(0)).isCloseTo(norm(activations.get(1)), within(1e-9));
        assertThat(flow.activation().get(2)).isCloseTo(norm(activations.get(2)), within(1e-9));
        assertThat(flow.gradient().get(0)).isCloseTo(numericGradient(network, 1, activations.get(1)), within(1e-7));
        assertThat(flow.gradient().get(2)).isCloseTo(numericGradient(network, 2, activations.get(2)), within(1e-7));
        return flow;
    }

    /** The norm of the gradient of an example's loss with respect to what a layer reads. */
    private static double numericGradient(MultiLayerNetwork network, int layer, INDArray at) {
        double step = 1e-5;
        INDArray gradient = Nd4j.zeros(DataType.DOUBLE, at.shape());
        for (long column = 0; column < at.size(1); column++) {
            INDArray change = Nd4j.zeros(DataType.DOUBLE, at.shape());
            change.getColumn(column).assign(step);
            INDArray difference = losses(network, layer, at.add(change)).sub(losses(network, layer, at.sub(change)));
            gradient.putColumn((int) column, difference.div(2 * step));
        }
        return norm(gradient);
    }

    private static INDArray losses(MultiLayerNetwork network, int layer, INDArray read) {
        INDArray output = network.activateSelectedLayers(layer, network.getnLayers() - 1, read);
        return Transforms.log(output).mul(oneHot(FEW, 3)).sum(1).neg();
    }

    private static double norm(INDArray rows) {
        return rows.norm2(1).meanNumber().doubleValue();
    }
}
