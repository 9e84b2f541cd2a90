package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.block.Connection;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;

@ExtendWith(DoublePrecision.class)
class GatedConvolutionTest {
    private static final int HEIGHT = 4;
    private static final int WIDTH = 3;
    private static final DataSet DATA = new DataSet(images(5, 5, HEIGHT, WIDTH, CNN2DFormat.NCHW), oneHot(5, 3));

    private static GatedConvolution2D.Builder layer(Connection connection) {
        return new GatedConvolution2D.Builder()
                .connection(connection)
                .depth(2)
                .nOut(3)
                .activation(Activation.TANH);
    }

    /** Images of two channels. */
    private static INDArray images(long seed, int count, int height, int width, CNN2DFormat format) {
        INDArray images = normal(seed, count, 2, height, width);
        return format == CNN2DFormat.NCHW ? images : images.permute(0, 2, 3, 1).dup('c');
    }

    private static MultiLayerNetwork network(
            NeuralNetConfiguration.Builder builder, CNN2DFormat format, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list =
                builder.convolutionMode(ConvolutionMode.Same).list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.layer(new GlobalPoolingLayer(PoolingType.AVG))
                .layer(Networks.output())
                .setInputType(InputType.convolutional(HEIGHT, WIDTH, 2, format))
                .build());
        net.init();
        return net;
    }

    private static MultiLayerNetwork network(NeuralNetConfiguration.Builder builder, Layer... layers) {
        return network(builder, CNN2DFormat.NCHW, layers);
    }

    private static ComputationGraph graph(NeuralNetConfiguration.Builder builder, Layer layer) {
        return Networks.init(builder.convolutionMode(ConvolutionMode.Same)
                .graphBuilder()
                .addInputs("in")
                .addLayer("gated", layer, "in")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.MAX), "gated")
                .addLayer("out", Networks.output(), "pool")
                .setOutputs("out")
                .setInputTypes(InputType.convolutional(HEIGHT, WIDTH, 2)));
    }

    static Stream<Arguments> variants() {
        List<Arguments> all = new ArrayList<>();
        for (CNN2DFormat format : CNN2DFormat.values()) {
            for (Connection connection : Connection.values()) {
                if (connection != Connection.DENSE) {
                    all.add(Arguments.of(format, connection));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void passesTheGradientCheckBetweenStockLayers(CNN2DFormat format, Connection connection) {
        for (WorkspaceMode mode : List.of(WorkspaceMode.ENABLED, WorkspaceMode.NONE)) {
            MultiLayerNetwork net = network(
                    Networks.unchanging().trainingWorkspaceMode(mode).inferenceWorkspaceMode(mode),
                    format,
                    new ConvolutionLayer.Builder(3, 3)
                            .nOut(2)
                            .dataFormat(format)
                            .activation(Activation.TANH)
                            .build(),
                    layer(connection).build(),
                    new SubsamplingLayer.Builder(PoolingType.AVG)
                            .kernelSize(2, 2)
                            .stride(1, 1)
                            .dataFormat(format)
                            .build(),
                    layer(connection).depth(1).kernel(5).build());
            GradientChecks.check(net, images(1, 5, HEIGHT, WIDTH, format), oneHot(5, 3));
            GradientChecks.check(net, images(2, 1, HEIGHT, WIDTH, format), oneHot(1, 3));
        }
    }

    @Test
    void passesTheGradientCheckInAGraphWithNormalisationsAndDropOut() {
        ComputationGraph graph = graph(
                Networks.unchanging(), layer(Connection.HIGHWAY).layerNorm(true).build());
        GradientChecks.check(graph, images(1, 3, HEIGHT, WIDTH, CNN2DFormat.NCHW), oneHot(3, 3));
        MultiLayerNetwork net = network(
                Networks.unchanging(), layer(Connection.HIGHWAY).dropOut(0.7).build());
        GradientChecks.checkReseeded(net, images(1, 3, HEIGHT, WIDTH, CNN2DFormat.NCHW), oneHot(3, 3));
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void plainIsTheConvolutionOfDeeplearning4j(CNN2DFormat format) {
        MultiLayerNetwork net = network(
                Networks.unchanging(), format, layer(Connection.PLAIN).depth(1).build());
        MultiLayerNetwork stock = network(
                Networks.unchanging(),
                format,
                new ConvolutionLayer.Builder(3, 3)
                        .nOut(3)
                        .dataFormat(format)
                        .activation(Activation.TANH)
                        .build());
        INDArray w = net.getLayer(0).getParam("b0/W").dup('c');
        net.getLayer(0).setParam("b0/b", normal(3, 1, 3));
        // Theirs is [outputs, inputs, height, width].
        stock.getLayer(0)
                .setParam("W", w.reshape(3, 3, 2, 3).permute(3, 2, 0, 1).dup());
        stock.getLayer(0).setParam("b", normal(3, 1, 3));
        for (String name : List.of("W", "b")) {
            stock.getLayer(2).setParam(name, net.getLayer(2).getParam(name));
        }
        INDArray x = images(4, 6, HEIGHT, WIDTH, format);
        assertClose(net.output(x), stock.output(x), 1e-10);
        assertClose(
                net.feedForward(x).get(1).dup('c'), stock.feedForward(x).get(1).dup('c'), 1e-10);
    }

    @Test
    void aClosedGateCarriesTheImages() {
        MultiLayerNetwork net = network(
                Networks.unchanging(),
                layer(Connection.HIGHWAY).nOut(2).transformGateBias(-60).build());
        INDArray x = images(4, 3, HEIGHT, WIDTH, CNN2DFormat.NCHW);
        assertClose(net.feedForward(x).get(1).dup('c'), x, 1e-12);
    }

    @Test
    void anOpenGateIsAPlainConvolution() {
        MultiLayerNetwork open = network(
                Networks.unchanging(),
                layer(Connection.HIGHWAY).transformGateBias(60).build());
        MultiLayerNetwork plain =
                network(Networks.unchanging(), layer(Connection.PLAIN).build());
        for (String block : List.of("b0", "b1")) {
            plain.getLayer(0).setParam(block + "/W", open.getLayer(0).getParam(block + "/H/W"));
        }
        INDArray x = images(4, 3, HEIGHT, WIDTH, CNN2DFormat.NCHW);
        assertClose(
                open.feedForward(x).get(1).dup('c'), plain.feedForward(x).get(1).dup('c'), 1e-12);
    }

    @Test
    void imagesOfOtherSizesMayFollow() {
        MultiLayerNetwork net = network(
                Networks.builder(new Adam(0.01)), layer(Connection.HIGHWAY).build());
        for (int[] size : new int[][] {{4, 3, 5}, {6, 5, 2}, {3, 7, 1}, {4, 3, 5}}) {
            INDArray x = images(7, size[2], size[0], size[1], CNN2DFormat.NCHW);
            net.fit(new DataSet(x, oneHot(size[2], 3)));
            INDArray all = net.output(x).dup();
            INDArray first = net.output(images(7, size[2], size[0], size[1], CNN2DFormat.NCHW)
                    .slice(0)
                    .reshape(1, 2, size[0], size[1])
                    .dup('c'));
            assertClose(first, all.getRow(0, true), 1e-12);
        }
    }

    @Test
    void bothFormatsComputeTheSame() {
        Layer layer = layer(Connection.HIGHWAY).build();
        MultiLayerNetwork first = network(Networks.unchanging(), CNN2DFormat.NCHW, layer.clone());
        MultiLayerNetwork last = network(Networks.unchanging(), CNN2DFormat.NHWC, layer.clone());
        last.setParams(first.params());
        INDArray x = images(3, 4, HEIGHT, WIDTH, CNN2DFormat.NCHW);
        assertClose(last.output(x.permute(0, 2, 3, 1).dup('c')), first.output(x), 1e-12);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void survivesJsonYamlAndZip(CNN2DFormat format, Connection connection, @TempDir Path folder) throws Exception {
        MultiLayerNetwork net = network(
                Networks.builder(new Adam(0.01)),
                format,
                layer(connection).layerNorm(true).build());
        MultiLayerConfiguration conf = net.getLayerWiseConfigurations();
        assertThat(MultiLayerConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
        assertThat(MultiLayerConfiguration.fromYaml(conf.toYaml())).isEqualTo(conf);
        DataSet data = new DataSet(images(5, 5, HEIGHT, WIDTH, format), oneHot(5, 3));
        net.fit(data);
        File file = folder.resolve("net.zip").toFile();
        ModelSerializer.writeModel(net, file, true);
        MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file, true);
        MultiLayerNetwork clone = net.clone();
        for (MultiLayerNetwork each : List.of(net, restored, clone)) {
            each.fit(data);
        }
        assertClose(restored.params(), net.params(), 1e-12);
        assertClose(clone.params(), net.params(), 1e-12);
    }

    @Test
    void aGraphSurvivesJsonAndZip(@TempDir Path folder) throws Exception {
        ComputationGraph graph = graph(
                Networks.builder(new Adam(0.01)), layer(Connection.HIGHWAY).build());
        ComputationGraphConfiguration conf = graph.getConfiguration();
        assertThat(ComputationGraphConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
        graph.fit(DATA);
        File file = folder.resolve("graph.zip").toFile();
        ModelSerializer.writeModel(graph, file, true);
        assertClose(
                ModelSerializer.restoreComputationGraph(file, true).outputSingle(DATA.getFeatures()),
                graph.outputSingle(DATA.getFeatures()),
                0);
    }

    @Test
    void batchNormalisationMayStandBetween() {
        MultiLayerNetwork net = network(
                Networks.builder(new Adam(0.03)),
                layer(Connection.RESIDUAL).build(),
                new BatchNormalization(),
                layer(Connection.HIGHWAY).build());
        double before = net.score(DATA);
        for (int i = 0; i < 60; i++) {
            net.fit(DATA);
        }
        assertThat(net.score(DATA)).isLessThan(before / 2);
    }

    @Test
    void flatImagesGetAPreProcessor() {
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(layer(Connection.HIGHWAY).build())
                .layer(Networks.output())
                .setInputType(InputType.convolutionalFlat(HEIGHT, WIDTH, 2))
                .build());
        net.init();
        GradientChecks.check(net, normal(1, 3, HEIGHT * WIDTH * 2), oneHot(3, 3));
    }

    @Test
    void summariesNameIt() {
        MultiLayerNetwork net =
                network(Networks.unchanging(), layer(Connection.HIGHWAY).build());
        assertThat(net.summary()).contains("GatedConvolution2D");
        assertThat(net.getLayer(0).toString())
                .isEqualTo("GatedConvolution2D(name=layer0, nIn=2, nOut=3, connection=HIGHWAY, depth=2, kernel=3,"
                        + " activation=TANH)");
    }

    @Test
    void refusesBadSettings() {
        assertThatThrownBy(() -> layer(Connection.HIGHWAY).kernel(2).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the kernel must be odd, since an even one has no centre, got 2");
        assertThatThrownBy(() -> layer(Connection.HIGHWAY).kernel(0).build())
                .hasMessage("kernel must be at least 1, got 0");
        assertThatThrownBy(() -> layer(Connection.HIGHWAY).depth(0).build())
                .hasMessage("depth must be at least 1, got 0");
        assertThatThrownBy(() -> layer(Connection.HIGHWAY).nOut(0).build())
                .hasMessage("nOut must be at least 1, got 0");
        assertThatThrownBy(() -> layer(Connection.DENSE).build())
                .hasMessage("the connection must be PLAIN, RESIDUAL, WEIGHTED or HIGHWAY, got DENSE;"
                        + " join layers by a MergeVertex");
        assertThatThrownBy(
                        () -> layer(Connection.RESIDUAL).transformGateBias(-1).build())
                .hasMessage("transformGateBias is for HIGHWAY, but the connection is RESIDUAL");
    }

    @Test
    void refusesWhatIsNoImage() {
        assertThatThrownBy(() -> Networks.network(
                        Networks.unchanging(),
                        new DenseLayer.Builder().nOut(4).build(),
                        layer(Connection.HIGHWAY).build()))
                .hasMessageContaining("GatedConvolution2D");
        MultiLayerNetwork net =
                network(Networks.unchanging(), layer(Connection.HIGHWAY).build());
        assertThatThrownBy(() -> net.output(normal(1, 2, 3, HEIGHT, WIDTH)))
                .hasMessageContaining("expected input of shape [minibatch, 2, height, width], got [2, 3, 4, 3]");
        assertThatThrownBy(() -> network(
                        Networks.unchanging(),
                        layer(Connection.HIGHWAY)
                                .constrainWeights(new org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint())
                                .build()))
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessageContaining("takes no constraints");
    }
}
