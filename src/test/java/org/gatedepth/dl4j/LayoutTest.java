package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Weighting;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** Every layer computes the same on either layout of images and sequences. */
@ExtendWith(DoublePrecision.class)
class LayoutTest {
    private static MultiLayerNetwork network(InputType type, Layer output, Layer... layers) {
        var list = Networks.builder(new Sgd(0.1)).list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork network =
                new MultiLayerNetwork(list.layer(output).setInputType(type).build());
        network.init();
        return network;
    }

    private static RnnOutputLayer rnnOutput(RNNFormat format) {
        return new RnnOutputLayer.Builder()
                .nOut(Networks.CLASSES)
                .activation(Activation.SOFTMAX)
                .dataFormat(format)
                .build();
    }

    private static LSTM lstm(RNNFormat format) {
        return new LSTM.Builder().nOut(4).dataFormat(format).build();
    }

    private static INDArray turned(INDArray sequences) {
        return sequences.permute(0, 2, 1).dup('c');
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void aLayerOnSequencesGivesTheSameInEitherLayout(String name, Variants.Maker layer) {
        INDArray x = normal(1, 2, 4, 7);
        INDArray y = softmaxLike(2, 7);
        for (boolean behindLstm : new boolean[] {true, false}) {
            MultiLayerNetwork[] both = new MultiLayerNetwork[2];
            for (RNNFormat format : new RNNFormat[] {RNNFormat.NCW, RNNFormat.NWC}) {
                Layer[] layers = behindLstm ? new Layer[] {lstm(format), layer.get()} : new Layer[] {layer.get()};
                both[format == RNNFormat.NCW ? 0 : 1] =
                        network(InputType.recurrent(4, format), rnnOutput(format), layers);
            }
            both[1].setParams(both[0].params());
            for (int i = 0; i < 2; i++) {
                assertClose(both[1].output(turned(x)), turned(both[0].output(x)), 1e-10);
                both[0].fit(new DataSet(x, y));
                both[1].fit(new DataSet(turned(x), turned(y)));
            }
            assertClose(both[1].params(), both[0].params(), 1e-10);
        }
    }

    /** Labels of the first class. */
    private static INDArray softmaxLike(int rows, int steps) {
        INDArray y = normal(1, rows, Networks.CLASSES, steps).muli(0);
        y.tensorAlongDimension(0, 0, 2).addi(1);
        return y;
    }

    /** Images become rows in the order of their layout, as below a stock dense layer. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void aLayerOnImagesReadsThemInTheOrderOfTheirLayout(String name, Variants.Maker layer) {
        for (CNN2DFormat format : CNN2DFormat.values()) {
            InputType type = InputType.convolutional(6, 5, 2, format);
            MultiLayerNetwork images = network(type, Networks.output(), convolution(format), layer.get());
            long[] shape = format == CNN2DFormat.NCHW ? new long[] {2, 2, 6, 5} : new long[] {2, 6, 5, 2};
            List<INDArray> activations = images.feedForward(normal(1, shape));
            INDArray rows = activations.get(1).dup('c').reshape('c', 2, 5 * 4 * 3);
            MultiLayerNetwork flat = network(InputType.feedForward(5 * 4 * 3), Networks.output(), layer.get());
            flat.getLayer(0).setParams(images.getLayer(1).params());
            assertClose(flat.feedForward(rows).get(1), activations.get(2), 1e-12);
            assertThat(layer.get().getPreProcessorForInputType(type))
                    .isEqualTo(new DenseLayer.Builder().nOut(1).build().getPreProcessorForInputType(type));
        }
    }

    @Test
    void headsOnSequencesHaveLabelsByStepAndOnPooledOnesBySequence() {
        DataSet perStep = new DataSet(normal(1, 2, 4, 7), softmaxLike(2, 7));
        MultiLayerNetwork network = network(InputType.recurrent(4), head(), lstm(RNNFormat.NCW));
        network.fit(perStep);
        assertThat(network.output(normal(1, 2, 4, 5)).shape()).containsExactly(2, Networks.CLASSES, 5);
        MultiLayerNetwork pooled = network(
                InputType.recurrent(4),
                head(),
                lstm(RNNFormat.NCW),
                new GlobalPoolingLayer.Builder(PoolingType.AVG).build());
        assertThatThrownBy(() -> pooled.fit(perStep))
                .hasMessageContaining("expected labels of shape [2, 3], got [2, 3, 7]: labels with a time axis are for"
                        + " a head that reads sequences, but this one reads rows (layer name: layer2");
        INDArray labels = org.gatedepth.testing.Arrays.oneHot(2, Networks.CLASSES);
        pooled.fit(new DataSet(normal(1, 2, 4, 7), labels));
        assertThat(pooled.output(normal(1, 2, 4, 5)).shape()).containsExactly(2, Networks.CLASSES);
    }

    private static AuxiliaryOutputLayer head() {
        return new AuxiliaryOutputLayer.Builder(Loss.softmaxCrossEntropy())
                .nOut(Networks.CLASSES)
                .build();
    }

    private static ConvolutionLayer convolution(CNN2DFormat format) {
        return new ConvolutionLayer.Builder(2, 2)
                .nOut(3)
                .dataFormat(format)
                .activation(Activation.TANH)
                .build();
    }

    @Test
    void aVertexTakesItsUnitsFromAnyType() throws Exception {
        for (InputType type : new InputType[] {
            InputType.recurrent(5, RNNFormat.NCW),
            InputType.recurrent(5, RNNFormat.NWC),
            InputType.recurrent(5, 5, RNNFormat.NWC),
            InputType.convolutional(3, 4, 5, CNN2DFormat.NCHW),
            InputType.convolutional(3, 4, 5, CNN2DFormat.NHWC),
            InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 2, 3, 4, 5),
            InputType.convolutional3D(Convolution3D.DataFormat.NDHWC, 2, 3, 4, 5),
            InputType.feedForward(5)
        }) {
            WeightedSkipVertex vertex = new WeightedSkipVertex.Builder()
                    .weighting(Weighting.PER_UNIT)
                    .build();
            vertex.getOutputType(0, type, type);
            assertThat(vertex.getUnits()).as("%s", type).isEqualTo(5);
        }
    }

    private static ComputationGraph sequences(Layer middle) {
        return Networks.init(Networks.builder(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .addLayer("lstm", lstm(RNNFormat.NCW), "in")
                .addLayer("middle", middle, "lstm")
                .addVertex("sum", new WeightedSkipVertex(), "lstm", "middle")
                .addLayer("out", rnnOutput(RNNFormat.NCW), "sum")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(4)));
    }

    /** A fault of Deeplearning4j: it makes sequences of rows again by the minibatch of the last fit. */
    @Test
    void aStockLayerBetweenSequencesTakesTheMinibatchOfTheLastFit() {
        ComputationGraph graph = Networks.init(Networks.builder(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .addLayer("lstm", lstm(RNNFormat.NCW), "in")
                .addLayer("middle", new DenseLayer.Builder().nOut(4).build(), "lstm")
                .addLayer("out", rnnOutput(RNNFormat.NCW), "middle")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(4)));
        graph.fit(new DataSet(normal(1, 3, 4, 3), softmaxLike(3, 3)));
        INDArray x = normal(2, 1, 4, 9);
        assertThat(graph.outputSingle(x).shape()).containsExactly(3, Networks.CLASSES, 3); // right: 1, CLASSES, 9
    }

    /** Also a gated layer, in the wrapper that reshapes by what it reads. */
    @Test
    void aGraphOfSequencesTakesAnotherMinibatchAfterAFit() {
        ComputationGraph graph =
                sequences(new TimeDistributed(Variants.highway(4).nIn(4).build()));
        graph.fit(new DataSet(normal(1, 3, 4, 3), softmaxLike(3, 3)));
        ComputationGraph fresh = graph.clone();
        for (int rows : new int[] {1, 9, 2}) {
            INDArray x = normal(2, rows, 4, 9);
            INDArray y = graph.outputSingle(x);
            assertThat(y.shape()).containsExactly(rows, Networks.CLASSES, 9);
            assertClose(y, fresh.outputSingle(x), 1e-12);
        }
    }
}
