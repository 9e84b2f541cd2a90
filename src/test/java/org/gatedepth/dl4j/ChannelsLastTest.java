package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Weighting;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * Vertices on images and sequences whose channels are in the last dimension compute what they do with channels first.
 */
@ExtendWith(DoublePrecision.class)
class ChannelsLastTest {
    private static final int CHANNELS = 4;

    private static WeightedSkipVertex.Builder perUnit() {
        return new WeightedSkipVertex.Builder().weighting(Weighting.PER_UNIT);
    }

    static Stream<GraphVertex> vertices() {
        return Stream.of(
                perUnit().build(),
                perUnit().learnSkip(true).build(),
                new WeightedSkipVertex.Builder().weighting(Weighting.SCALAR).build(),
                new WeightedSkipVertex(),
                new HighwayGateVertex());
    }

    private static String[] joined(GraphVertex vertex) {
        return vertex instanceof HighwayGateVertex ? new String[] {"b", "b", "a"} : new String[] {"a", "b"};
    }

    private static ConvolutionLayer convolution(CNN2DFormat format) {
        return new ConvolutionLayer.Builder(3, 3)
                .convolutionMode(ConvolutionMode.Same)
                .nOut(CHANNELS)
                .dataFormat(format)
                .activation(Activation.TANH)
                .build();
    }

    private static ComputationGraph images(CNN2DFormat format, GraphVertex vertex) {
        return Networks.init(Networks.builder(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .addLayer("a", convolution(format), "in")
                .addLayer("b", convolution(format), "a")
                .addVertex("v", vertex.clone(), joined(vertex))
                .addLayer("p", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "v")
                .addLayer("out", Networks.output(), "p")
                .setOutputs("out")
                .setInputTypes(InputType.convolutional(6, 5, 3, format)));
    }

    private static LSTM lstm(RNNFormat format) {
        return new LSTM.Builder().nOut(CHANNELS).dataFormat(format).build();
    }

    private static ComputationGraph sequences(RNNFormat format, GraphVertex vertex) {
        return Networks.init(Networks.builder(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .addLayer("a", lstm(format), "in")
                .addLayer("b", lstm(format), "a")
                .addVertex("v", vertex.clone(), joined(vertex))
                .addLayer(
                        "out",
                        new RnnOutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .nOut(Networks.CLASSES)
                                .dataFormat(format)
                                .build(),
                        "v")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(3, 7, format)));
    }

    /** Gives both graphs the same parameters, other ones in each channel. */
    private static void alike(ComputationGraph first, ComputationGraph last) {
        last.paramTable().forEach((name, array) -> {
            INDArray other = first.paramTable().get(name);
            assertThat(array.shape()).as(name).isEqualTo(other.shape());
            INDArray values = normal(name.hashCode(), array.shape());
            array.assign(values);
            other.assign(values);
        });
    }

    @ParameterizedTest
    @MethodSource("vertices")
    void imagesOfEitherFormatGiveTheSame(GraphVertex vertex) {
        ComputationGraph first = images(CNN2DFormat.NCHW, vertex);
        ComputationGraph last = images(CNN2DFormat.NHWC, vertex);
        alike(first, last);
        INDArray x = normal(1, 2, 3, 6, 5);
        INDArray turned = x.permute(0, 2, 3, 1).dup('c');
        INDArray y = org.gatedepth.testing.Arrays.oneHot(2, Networks.CLASSES);
        for (int i = 0; i < 3; i++) {
            assertClose(last.outputSingle(turned), first.outputSingle(x), 1e-10);
            first.fit(new MultiDataSet(x, y));
            last.fit(new MultiDataSet(turned, y));
        }
    }

    @ParameterizedTest
    @MethodSource("vertices")
    void sequencesOfEitherFormatGiveTheSameAtAnyLength(GraphVertex vertex) {
        ComputationGraph first = sequences(RNNFormat.NCW, vertex);
        ComputationGraph last = sequences(RNNFormat.NWC, vertex);
        alike(first, last);
        for (int length : new int[] {7, 9, CHANNELS}) {
            INDArray x = normal(1, 2, 3, length);
            INDArray turned = x.permute(0, 2, 1).dup('c');
            assertClose(last.outputSingle(turned), first.outputSingle(x).permute(0, 2, 1), 1e-10);
        }
    }

    @Test
    void theFormatSurvivesJson() {
        ComputationGraphConfiguration conf =
                images(CNN2DFormat.NHWC, perUnit().build()).getConfiguration();
        ComputationGraphConfiguration again = ComputationGraphConfiguration.fromJson(conf.toJson());
        assertThat(again).isEqualTo(conf);
        assertThat(((WeightedSkipVertex) again.getVertices().get("v")).isChannelsLast())
                .isTrue();
    }

    @Test
    void refusesBranchesOfDifferentFormats() {
        assertThatThrownBy(() -> new WeightedSkipVertex()
                        .getOutputType(
                                0,
                                InputType.convolutional(4, 4, 4, CNN2DFormat.NCHW),
                                InputType.convolutional(4, 4, 4, CNN2DFormat.NHWC)))
                .hasMessageStartingWith(
                        "WeightedSkipVertex needs inputs of one format, channels first or channels last, got ");
    }

    @Test
    void refusesUnitsThatTheInputsDoNotHave() {
        assertThatThrownBy(() -> images(CNN2DFormat.NHWC, perUnit().units(6).build()))
                .hasStackTraceContaining("a WeightedSkipVertex of 6 units has inputs with 4 features or channels");
    }
}
