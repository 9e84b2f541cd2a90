package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.dl4j.SequenceNetworks.input;
import static org.gatedepth.dl4j.SequenceNetworks.labels;
import static org.gatedepth.dl4j.SequenceNetworks.mask;
import static org.gatedepth.dl4j.SequenceNetworks.stack;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.Random;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Heads at each step of sequences against Deeplearning4j's RnnOutputLayer. */
@ExtendWith(DoublePrecision.class)
class SequenceHeadsTest {
    private static MultiLayerNetwork network(
            NeuralNetConfiguration.Builder builder, RNNFormat format, Layer below, Layer output) {
        MultiLayerNetwork net = new MultiLayerNetwork(builder.list()
                .layer(below)
                .layer(output)
                .setInputType(InputType.recurrent(Networks.INPUTS, format))
                .build());
        net.init();
        return net;
    }

    private static RnnOutputLayer stock(LossFunction loss, Activation activation) {
        return new RnnOutputLayer.Builder(loss).activation(activation).nOut(2).build();
    }

    private static AuxiliaryOutputLayer head(Loss loss) {
        return new AuxiliaryOutputLayer.Builder(loss).nOut(2).weight(1).build();
    }

    private static Layer lstm(RNNFormat format) {
        return new LSTM.Builder().nOut(3).dataFormat(format).build();
    }

    /** The same parameters: a matrix in 'f' order at the stock layer is one in 'c' order at a head. */
    private static void copy(MultiLayerNetwork from, MultiLayerNetwork to) {
        to.getLayer(0).setParams(from.getLayer(0).params());
        to.getLayer(1).setParam("W", from.getLayer(1).getParam("W"));
        to.getLayer(1).setParam("b", from.getLayer(1).getParam("b").reshape(1, 2));
    }

    private static INDArray in(RNNFormat format, INDArray ncw) {
        return format == RNNFormat.NCW ? ncw : ncw.permute(0, 2, 1).dup('c');
    }

    private static void assertEqual(MultiLayerNetwork ours, MultiLayerNetwork stock, DataSet data) {
        ours.clearLayerMaskArrays();
        stock.clearLayerMaskArrays();
        assertThat(ours.score(data, false)).isCloseTo(stock.score(data, false), offset(1e-10));
        assertThat(ours.score(data, true)).isCloseTo(stock.score(data, true), offset(1e-10));
        assertClose(ours.scoreExamples(data, true), stock.scoreExamples(data, true), 1e-10);
        assertClose(ours.output(data.getFeatures()), stock.output(data.getFeatures()), 1e-10);
        for (MultiLayerNetwork net : new MultiLayerNetwork[] {ours, stock}) {
            net.setInput(data.getFeatures());
            net.setLabels(data.getLabels());
            net.setLayerMaskArrays(data.getFeaturesMaskArray(), data.getLabelsMaskArray());
            net.computeGradientAndScore();
        }
        assertThat(ours.score()).isCloseTo(stock.score(), offset(1e-10));
        stock.gradient().gradientForVariable().forEach((name, gradient) -> {
            INDArray own = ours.gradient().getGradientFor(name);
            assertClose(own, gradient.reshape(own.shape()), 1e-10);
        });
    }

    private static org.assertj.core.data.Offset<Double> offset(double value) {
        return org.assertj.core.data.Offset.offset(value);
    }

    @ParameterizedTest
    @EnumSource
    void aHeadIsAnRnnOutputLayer(RNNFormat format) {
        for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.ENABLED, WorkspaceMode.NONE}) {
            for (Layer below :
                    new Layer[] {lstm(format), stack(Connection.HIGHWAY).build()}) {
                NeuralNetConfiguration.Builder builder = Networks.unchanging()
                        .l2(0.01)
                        .trainingWorkspaceMode(mode)
                        .inferenceWorkspaceMode(mode);
                MultiLayerNetwork stock =
                        network(builder, format, below.clone(), stock(LossFunction.MCXENT, Activation.SOFTMAX));
                MultiLayerNetwork ours = network(builder, format, below.clone(), head(Loss.softmaxCrossEntropy()));
                copy(stock, ours);
                for (int steps : new int[] {6, 1, 4}) {
                    INDArray x = in(format, input(steps, 3, steps));
                    INDArray y = in(format, labels(3, steps));
                    assertEqual(ours, stock, new DataSet(x, y));
                    assertEqual(ours, stock, new DataSet(x, y, null, mask(3, steps)));
                    assertEqual(ours, stock, new DataSet(x, y, mask(3, steps), mask(3, steps)));
                    assertEqual(ours, stock, new DataSet(x, y, mask(3, steps), null));
                }
            }
        }
    }

    @Test
    void masksOfSingleLabelsAndNumbersAreThoseOfAnRnnOutputLayer() {
        INDArray each = normal(5, 3, 2, 6).gt(0).castTo(org.nd4j.linalg.api.buffer.DataType.DOUBLE);
        INDArray numbers = normal(6, 3, 2, 6);
        MultiLayerNetwork stock = network(
                Networks.unchanging(),
                RNNFormat.NCW,
                lstm(RNNFormat.NCW),
                stock(LossFunction.XENT, Activation.SIGMOID));
        MultiLayerNetwork ours =
                network(Networks.unchanging(), RNNFormat.NCW, lstm(RNNFormat.NCW), head(Loss.binaryCrossEntropy()));
        copy(stock, ours);
        assertEqual(ours, stock, new DataSet(input(1, 3, 6), labels(3, 6), null, each));
        stock = network(
                Networks.unchanging(),
                RNNFormat.NCW,
                lstm(RNNFormat.NCW),
                stock(LossFunction.MSE, Activation.IDENTITY));
        ours = network(Networks.unchanging(), RNNFormat.NCW, lstm(RNNFormat.NCW), head(Loss.squaredError()));
        copy(stock, ours);
        assertEqual(ours, stock, new DataSet(input(1, 3, 6), numbers));
        assertEqual(ours, stock, new DataSet(input(1, 3, 6), numbers, null, mask(3, 6)));
    }

    @Test
    void trainingAndTruncatedBackpropagationAreThoseOfAnRnnOutputLayer() {
        for (boolean truncated : new boolean[] {false, true}) {
            MultiLayerNetwork[] both = new MultiLayerNetwork[2];
            Layer[] outputs = {stock(LossFunction.MCXENT, Activation.SOFTMAX), head(Loss.softmaxCrossEntropy())};
            for (int i = 0; i < 2; i++) {
                both[i] = new MultiLayerNetwork(Networks.builder(new Sgd(0.1))
                        .list()
                        .layer(stack(Connection.HIGHWAY).build())
                        .layer(outputs[i])
                        .backpropType(truncated ? BackpropType.TruncatedBPTT : BackpropType.Standard)
                        .tBPTTLength(3)
                        .setInputType(InputType.recurrent(Networks.INPUTS))
                        .build());
                both[i].init();
            }
            copy(both[0], both[1]);
            for (int step = 0; step < 3; step++) {
                DataSet data = new DataSet(input(step, 2, 7), labels(2, 7), mask(2, 7), mask(2, 7));
                both[0].fit(data);
                both[1].fit(data);
            }
            assertClose(both[1].getLayer(1).getParam("W"), both[0].getLayer(1).getParam("W"), 1e-10);
            assertClose(
                    both[1].getLayer(1).getParam("b"),
                    both[0].getLayer(1).getParam("b").reshape(1, 2),
                    1e-10);
            assertClose(both[1].getLayer(0).params(), both[0].getLayer(0).params(), 1e-10);
            DataSet data = new DataSet(input(9, 3, 7), labels(3, 7), mask(3, 7), mask(3, 7));
            Evaluation[] evaluated = new Evaluation[2];
            for (int i = 0; i < 2; i++) {
                evaluated[i] = new Evaluation();
                both[i].doEvaluation(
                        new org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator<>(java.util.List.of(data)),
                        evaluated[i]);
            }
            assertThat(evaluated[1].getConfusion()).isEqualTo(evaluated[0].getConfusion());
            assertThat(evaluated[1].getNumRowCounter()).isEqualTo(7 + 6 + 5);
        }
    }

    @Test
    void anyLengthAfterAnyOther() {
        MultiLayerNetwork net =
                network(Networks.unchanging(), RNNFormat.NCW, lstm(RNNFormat.NCW), head(Loss.softmaxCrossEntropy()));
        MultiLayerNetwork stock = network(
                Networks.unchanging(),
                RNNFormat.NCW,
                lstm(RNNFormat.NCW),
                stock(LossFunction.MCXENT, Activation.SOFTMAX));
        copy(stock, net);
        Random random = new Random(1);
        for (int i = 0; i < 40; i++) {
            int minibatch = 1 + random.nextInt(4);
            int steps = 1 + random.nextInt(50);
            INDArray mask = i % 2 == 0 ? null : mask(minibatch, steps);
            assertEqual(net, stock, new DataSet(input(i, minibatch, steps), labels(minibatch, steps), mask, mask));
        }
    }

    private static void assertRefused(
            MultiLayerNetwork net, INDArray x, INDArray y, @Nullable INDArray labelMask, String sentence) {
        INDArray before = net.params().dup();
        assertThatThrownBy(() -> net.fit(new DataSet(x, y, null, labelMask)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(sentence);
        assertThat(net.params()).isEqualTo(before);
        net.clear();
        net.clearLayerMaskArrays();
    }

    @Test
    void refusesWhatDoesNotFitTheSteps() {
        MultiLayerNetwork net = network(
                Networks.builder(new Sgd(0.1)), RNNFormat.NCW, lstm(RNNFormat.NCW), head(Loss.softmaxCrossEntropy()));
        INDArray x = input(1, 3, 6);
        assertRefused(
                net,
                x,
                org.gatedepth.testing.Arrays.oneHot(3, 2),
                null,
                "expected labels of shape [3, 2, 6], got [3, 2]: a head that reads sequences needs labels with a time"
                        + " axis; for one label a sequence put LastTimeStep or a GlobalPoolingLayer below it"
                        + " (layer name: layer1");
        assertRefused(net, x, labels(3, 5), null, "expected labels of shape [3, 2, 6], got [3, 2, 5] (layer name");
        assertRefused(
                net,
                x,
                labels(3, 6),
                Nd4j.ones(3, 1),
                "expected a label mask of shape [3, 6] or [3, 2, 6], got [3, 1] (layer name");
        assertRefused(net, x, labels(3, 6), Nd4j.ones(3, 6).neg(), "a label mask holds weights");
    }
}
