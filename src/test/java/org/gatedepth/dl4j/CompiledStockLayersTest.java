package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossFMeasure;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;

/** Networks with Deeplearning4j's layers are trained by a compiled trainer as by {@code fit}. */
class CompiledStockLayersTest {
    private static final int INPUTS = 5;
    private static final int CLASSES = 3;

    private static MultiLayerNetwork network(DataType type, Layer... layers) {
        return network(type, type == DataType.FLOAT ? new FusedAdam(1e-3) : new Adam(1e-2), layers);
    }

    private static MultiLayerNetwork network(DataType type, IUpdater updater, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .dataType(type)
                .seed(4)
                .updater(updater)
                .l2(1e-3)
                .weightDecay(1e-3)
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(.2)
                .list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork network = new MultiLayerNetwork(
                list.setInputType(InputType.feedForward(INPUTS)).build());
        network.init();
        return network;
    }

    private static DenseLayer dense() {
        return new DenseLayer.Builder().nOut(6).activation(Activation.TANH).build();
    }

    private static GatedStack stack() {
        return new GatedStack.Builder()
                .connection(Connection.HIGHWAY)
                .depth(2)
                .nOut(6)
                .build();
    }

    private static OutputLayer output() {
        return output(LossFunction.MCXENT.getILossFunction(), Activation.SOFTMAX, CLASSES);
    }

    private static OutputLayer output(ILossFunction loss, Activation activation, int outputs) {
        return new OutputLayer.Builder(loss)
                .nOut(outputs)
                .activation(activation)
                .build();
    }

    private static DataSet classes(DataType type, int number) {
        return TrainedTwice.rows(type, number, INPUTS, CLASSES, true);
    }

    private static BatchNormalization normalisation(boolean logarithm, boolean locked) {
        BatchNormalization.Builder builder =
                new BatchNormalization.Builder(locked).useLogStd(logarithm).decay(.8);
        return locked ? builder.gamma(1.5).beta(.25).build() : builder.build();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void batchNormalisationFollowsItsRunningStatistics(boolean logarithm) {
        TrainedTwice.assertAlike(
                () -> network(
                        DataType.DOUBLE,
                        normalisation(logarithm, false),
                        dense(),
                        normalisation(logarithm, false),
                        stack(),
                        normalisation(logarithm, true),
                        output()),
                i -> classes(DataType.DOUBLE, i),
                1e-12);
    }

    @Test
    void batchNormalisationIsTrainedInFloat() {
        TrainedTwice.assertAlike(
                () -> network(DataType.FLOAT, new Sgd(1e-2), stack(), normalisation(true, false), output()),
                i -> classes(DataType.FLOAT, i),
                1e-6);
    }

    /**
     * Adam's first step is the learning rate times g / (|g| + epsilon), which amplifies the rounding of a gradient that
     * is not much larger than epsilon. Here one weight has such a gradient: after the first step it differs by 2e-6
     * between the two, and by 3e-6 between {@code fit} and the same training in double precision, and both stay so. All
     * other parameters differ by less than 2e-7 between the two.
     */
    @Test
    void batchNormalisationIsTrainedInFloatByAdam() {
        TrainedTwice.assertAlike(
                () -> network(DataType.FLOAT, stack(), normalisation(true, false), output()),
                i -> classes(DataType.FLOAT, i),
                5e-6);
    }

    @Test
    void batchNormalisationIsTrainedInAGraph() {
        TrainedTwice.assertAlikeGraphs(
                () -> network(DataType.DOUBLE, dense(), normalisation(true, false), stack(), output())
                        .toComputationGraph(),
                i -> classes(DataType.DOUBLE, i),
                1e-12);
    }

    @Test
    void onePassClipsAndRegularisesAsByFit() {
        TrainedTwice.assertAlike(
                () -> network(DataType.FLOAT, dense(), stack(), output()), i -> classes(DataType.FLOAT, i), 1e-6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void dropoutDrawsAsByFit(boolean gaussian) {
        DropoutLayer dropout = gaussian
                ? new DropoutLayer.Builder().dropOut(new GaussianDropout(.3)).build()
                : new DropoutLayer.Builder(.7).build();
        TrainedTwice.assertAlike(
                () -> network(
                        DataType.DOUBLE,
                        dropout.clone(),
                        dense(),
                        dropout.clone(),
                        new ActivationLayer.Builder()
                                .activation(Activation.TANH)
                                .dropOut(.5)
                                .build(),
                        dropout.clone(),
                        new DenseLayer.Builder().nOut(4).dropOut(.8).build(),
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .dropOut(.9)
                                .build()),
                i -> classes(DataType.DOUBLE, i),
                1e-12);
    }

    static Stream<Arguments> losses() {
        return Stream.of(
                Arguments.of(LossFunction.XENT.getILossFunction(), Activation.SIGMOID, CLASSES),
                Arguments.of(LossFunction.NEGATIVELOGLIKELIHOOD.getILossFunction(), Activation.SOFTMAX, CLASSES),
                Arguments.of(LossFunction.MEAN_ABSOLUTE_ERROR.getILossFunction(), Activation.IDENTITY, 2),
                Arguments.of(LossFunction.L1.getILossFunction(), Activation.TANH, 2),
                Arguments.of(LossFunction.L2.getILossFunction(), Activation.SIGMOID, 2),
                Arguments.of(LossFunction.MSE.getILossFunction(), Activation.SIGMOID, 2),
                Arguments.of(LossFunction.MSE.getILossFunction(), Activation.IDENTITY, 1),
                Arguments.of(new LossMSE(Nd4j.createFromArray(1.0, 3.0)), Activation.IDENTITY, 2),
                Arguments.of(new LossMCXENT(Nd4j.createFromArray(1.0, 3.0, .5)), Activation.SOFTMAX, CLASSES),
                Arguments.of(LossFunction.KL_DIVERGENCE.getILossFunction(), Activation.SOFTMAX, CLASSES),
                Arguments.of(LossFunction.COSINE_PROXIMITY.getILossFunction(), Activation.IDENTITY, CLASSES),
                Arguments.of(LossFunction.POISSON.getILossFunction(), Activation.SOFTPLUS, 2),
                Arguments.of(LossFunction.HINGE.getILossFunction(), Activation.TANH, 2),
                Arguments.of(LossFunction.SQUARED_HINGE.getILossFunction(), Activation.TANH, 2),
                Arguments.of(LossFunction.MEAN_SQUARED_LOGARITHMIC_ERROR.getILossFunction(), Activation.SIGMOID, 2),
                Arguments.of(LossFunction.MEAN_ABSOLUTE_PERCENTAGE_ERROR.getILossFunction(), Activation.SIGMOID, 2),
                Arguments.of(new LossFMeasure(), Activation.SIGMOID, 1));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void lossOfAnOutputLayerIsThatOfFit(ILossFunction loss, Activation activation, int outputs) {
        boolean oneHot = outputs == CLASSES || loss instanceof LossFMeasure;
        TrainedTwice.assertAlike(
                () -> network(DataType.DOUBLE, stack(), output(loss, activation, outputs)),
                i -> TrainedTwice.rows(DataType.DOUBLE, i, INPUTS, outputs, oneHot),
                1e-12);
    }

    @Test
    void sparseLabelsAreOneColumn() {
        TrainedTwice.assertAlike(
                () -> network(DataType.DOUBLE, stack(), output(new LossSparseMCXENT(), Activation.SOFTMAX, CLASSES)),
                i -> {
                    DataSet data = classes(DataType.DOUBLE, i);
                    INDArray index = data.getLabels().argMax(1).castTo(DataType.DOUBLE);
                    return new DataSet(data.getFeatures(), index.reshape(index.length(), 1));
                },
                1e-12);
    }

    @Test
    void lossLayerReadsWhatIsBelowIt() {
        TrainedTwice.assertAlike(
                () -> network(
                        DataType.DOUBLE,
                        stack(),
                        new DenseLayer.Builder()
                                .nOut(CLASSES)
                                .activation(Activation.IDENTITY)
                                .build(),
                        new LossLayer.Builder(LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .build()),
                i -> classes(DataType.DOUBLE, i),
                1e-12);
    }

    @Test
    void masksOfAStockLossAreThoseOfFit() {
        TrainedTwice.assertAlike(
                () -> network(
                        DataType.DOUBLE,
                        stack(),
                        output(LossFunction.XENT.getILossFunction(), Activation.SIGMOID, CLASSES)),
                i -> {
                    DataSet data = classes(DataType.DOUBLE, i);
                    INDArray mask = Nd4j.ones(DataType.DOUBLE, data.numExamples(), 1);
                    mask.putScalar(1, 0, 0);
                    data.setLabelsMaskArray(mask);
                    return data;
                },
                1e-12);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(
                        new DenseLayer.Builder()
                                .nOut(4)
                                .dropOut(new AlphaDropout(.5))
                                .build(),
                        "AlphaDropout (\"layer0\")"),
                Arguments.of(
                        new DenseLayer.Builder()
                                .nOut(4)
                                .weightNoise(new DropConnect(.5))
                                .build(),
                        "weight noise (\"layer0\")"),
                Arguments.of(new DenseLayer.Builder().nOut(4).hasLayerNorm(true).build(), "DenseLayer (\"layer0\")"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsNotKnownIsNamed(Layer layer, String what) {
        MultiLayerNetwork network = network(DataType.FLOAT, layer, output());
        assertThatThrownBy(() -> CompiledTrainer.of(network))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a compiled trainer does not know " + what + "; train this network with its own fit(..)");
    }
}
