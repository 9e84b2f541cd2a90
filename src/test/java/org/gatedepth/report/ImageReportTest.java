package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.GatedConvolution2D;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.HighwayGateVertex;
import org.gatedepth.dl4j.TransformGates;
import org.gatedepth.report.recording.DepthRecord;
import org.gatedepth.report.time.OverTime;
import org.gatedepth.testing.Arrays;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** Holds the measures of blocks over images to networks of which the answer is known. */
@ExtendWith(DoublePrecision.class)
class ImageReportTest {
    private static final int CHANNELS = 2;
    private static final int HEIGHT = 4;
    private static final int WIDTH = 3;
    private static final int IMAGES = 6;

    private static GatedConvolution2D.Builder layer(Connection connection, int depth) {
        return new GatedConvolution2D.Builder()
                .connection(connection)
                .depth(depth)
                .nOut(CHANNELS)
                .activation(Activation.TANH);
    }

    private static InputType images(CNN2DFormat format) {
        return InputType.convolutional(HEIGHT, WIDTH, CHANNELS, format);
    }

    /** Layers below the mean of all pixels and a softmax. */
    private static MultiLayerNetwork network(InputType type, Layer... layers) {
        ListBuilder list = Networks.builder(new Adam(.01))
                .convolutionMode(ConvolutionMode.Same)
                .list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.layer(new GlobalPoolingLayer(PoolingType.AVG))
                .layer(Networks.output())
                .setInputType(type)
                .build());
        net.init();
        return net;
    }

    private static MultiLayerNetwork network(Layer... layers) {
        return network(images(CNN2DFormat.NCHW), layers);
    }

    private static DataSet data(CNN2DFormat format) {
        INDArray x = normal(1, IMAGES, CHANNELS, HEIGHT, WIDTH);
        INDArray own = format == CNN2DFormat.NCHW ? x : x.permute(0, 2, 3, 1).dup('c');
        return new DataSet(own, oneHot(IMAGES, Networks.CLASSES));
    }

    private static DataSet data() {
        return data(CNN2DFormat.NCHW);
    }

    private static void assertClose(List<Double> actual, List<Double> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i)).isCloseTo(expected.get(i), within(1e-9));
        }
    }

    private static void assertClose(Flow actual, Flow expected) {
        assertClose(actual.activation(), expected.activation());
        assertClose(actual.gradient(), expected.gradient());
        assertClose(actual.jacobian(), expected.jacobian());
        assertClose(actual.product(), expected.product());
        assertClose(actual.change(), expected.change());
        assertClose(actual.pathShares(), expected.pathShares());
    }

    /** The names of blocks aside. */
    private static void assertClose(DepthReport actual, DepthReport expected) {
        assertThat(actual.chains()).hasSameSizeAs(expected.chains());
        for (int i = 0; i < actual.chains().size(); i++) {
            assertClose(actual.chains().get(i).now(), expected.chains().get(i).now());
            assertClose(actual.chains().get(i).start(), expected.chains().get(i).start());
        }
        assertThat(actual.gates()).hasSameSizeAs(expected.gates());
        for (int i = 0; i < actual.gates().size(); i++) {
            Gates gates = actual.gates().get(i);
            Gates others = expected.gates().get(i);
            assertClose(gates.units(), others.units());
            assertClose(
                    List.of(gates.mean(), gates.open(), gates.everOpen(), gates.spread(), gates.bias()),
                    List.of(others.mean(), others.open(), others.everOpen(), others.spread(), others.bias()));
        }
        assertClose(losses(actual.lesions().single()), losses(expected.lesions().single()));
        assertClose(
                losses(actual.lesions().cumulative()), losses(expected.lesions().cumulative()));
    }

    private static List<Double> losses(List<Lesions.Outcome> outcomes) {
        return outcomes.stream().map(Lesions.Outcome::loss).toList();
    }

    @ParameterizedTest
    @EnumSource
    void closedGatesPassImagesAndGradientOn(CNN2DFormat format) {
        MultiLayerNetwork net = network(
                images(format),
                layer(Connection.HIGHWAY, 3).transformGateBias(-40).build());
        DepthReport report = DepthReport.of(net, data(format));
        Flow flow = report.chains().get(0).now();
        assertThat(flow.change()).allSatisfy(change -> assertThat(change).isLessThan(1e-9));
        assertThat(flow.jacobian()).allSatisfy(gain -> assertThat(gain).isCloseTo(1, within(1e-9)));
        assertThat(flow.gradientRatio()).isCloseTo(1, within(1e-9));
        assertThat(flow.effectiveDepth()).isCloseTo(0, within(1e-9));
        assertThat(report.gates()).hasSize(3).allSatisfy(gates -> {
            assertThat(gates.mean()).isLessThan(1e-9);
            assertThat(gates.bias()).isEqualTo(-40);
        });
        assertThat(report.lesions().idle()).containsExactlyInAnyOrder("layer0/1", "layer0/2", "layer0/3");
        assertThat(report.time()).isEqualTo(OverTime.NONE);
    }

    /** On 3 × 3 pixels of 1, a kernel of ones counts 4 pixels at a corner, 6 at a side and 9 in the centre. */
    @Test
    void gatesChangeSignalAndGradientAreThoseWorkedOutByHand() {
        MultiLayerNetwork net = network(
                InputType.convolutional(3, 3, 1),
                layer(Connection.HIGHWAY, 2)
                        .nOut(1)
                        .activation(Activation.IDENTITY)
                        .build());
        net.getLayer(0).getParam("b0/T/W").assign(.3);
        net.getLayer(0).getParam("b0/T/b").assign(-2);
        net.getLayer(0).getParam("b0/H/W").assign(.5);
        net.getLayer(0).getParam("b0/H/b").assign(0);
        net.getLayer(0).getParam("b1/T/b").assign(-800);
        double[] counted = {4, 6, 4, 6, 9, 6, 4, 6, 4};
        double gate = 0;
        double signal = 0;
        double change = 0;
        for (double n : counted) {
            double t = 1 / (1 + Math.exp(2 - .3 * n));
            double y = t * .5 * n + (1 - t);
            gate += t / 9;
            signal += y * y;
            change += t * .5 * n * t * .5 * n;
        }
        INDArray x = Nd4j.ones(DataType.DOUBLE, 1, 1, 3, 3);
        INDArray label = Arrays.row(0, 1, 0);
        INDArray w = net.getLayer(2).getParam("W");
        double atMean = w.mmul(net.output(x).sub(label).transpose()).getDouble(0);

        DepthReport report = DepthReport.of(net, new DataSet(x, label));

        Flow flow = report.chains().get(0).now();
        assertClose(report.gates().stream().map(Gates::mean).toList(), List.of(gate, 0.0));
        assertClose(report.gates().get(0).units(), List.of(gate));
        assertClose(flow.activation(), List.of(3.0, Math.sqrt(signal), Math.sqrt(signal)));
        assertClose(flow.change(), List.of(Math.sqrt(change / signal), 0.0));
        assertClose(flow.gradient().subList(1, 3), List.of(Math.abs(atMean) / 3, Math.abs(atMean) / 3));
    }

    /** Each block is a layer of its own here, so that what is above a place is a network whose input can be moved. */
    @ParameterizedTest
    @EnumSource(names = {"PLAIN", "RESIDUAL", "WEIGHTED", "HIGHWAY"})
    void gradientsAfterEachBlockAreThoseOfNumericDifferences(Connection connection) {
        int depth = 3;
        Layer[] layers = new Layer[depth];
        for (int i = 0; i < depth; i++) {
            layers[i] = layer(connection, 1).build();
        }
        MultiLayerNetwork net = network(layers);
        net.params().assign(normal(2, 1, net.numParams()).mul(.5));
        Chain chain = DepthReport.of(net, data()).chains().get(0);
        assertThat(chain.name()).isEqualTo("layer0 .. layer2");
        List<INDArray> places = net.feedForward(data().getFeatures());
        for (int place = 0; place <= depth; place++) {
            MultiLayerNetwork above = network(java.util.Arrays.copyOfRange(layers, place, depth));
            for (int i = 0; i < depth + 2 - place; i++) {
                if (above.getLayer(i).numParams() > 0) {
                    above.getLayer(i).setParams(net.getLayer(place + i).params());
                }
            }
            INDArray slopes = slopes(above, places.get(place).dup('c'));
            double norms = slopes.reshape(IMAGES, -1).norm2(1).meanNumber().doubleValue();
            assertThat(chain.now().gradient().get(place)).isCloseTo(norms, within(1e-7));
        }
    }

    /** Of the sum of the losses of all images. */
    private static INDArray slopes(MultiLayerNetwork net, INDArray x) {
        INDArray slopes = x.dup('c');
        for (long i = 0; i < x.length(); i++) {
            double value = x.getDouble(i);
            x.putScalar(i, value + 1e-5);
            double higher = net.score(new DataSet(x, data().getLabels()));
            x.putScalar(i, value - 1e-5);
            double lower = net.score(new DataSet(x, data().getLabels()));
            x.putScalar(i, value);
            slopes.putScalar(i, (higher - lower) / 2e-5 * IMAGES);
        }
        return slopes;
    }

    /** The blocks of one layer are measured as those of layers of one block each. */
    @Test
    void oneLayerIsMeasuredAsItsBlocks() {
        MultiLayerNetwork one = network(layer(Connection.HIGHWAY, 3).build());
        MultiLayerNetwork three = network(
                layer(Connection.HIGHWAY, 1).build(),
                layer(Connection.HIGHWAY, 1).build(),
                layer(Connection.HIGHWAY, 1).build());
        for (int i = 0; i < 3; i++) {
            for (String name : List.of("H/W", "H/b", "T/W", "T/b")) {
                INDArray values =
                        normal(i + 1, three.getLayer(i).getParam("b0/" + name).shape());
                three.getLayer(i).setParam("b0/" + name, values);
                one.getLayer(0).setParam("b" + i + "/" + name, values);
            }
        }
        one.getLayer(2).setParams(three.getLayer(4).params());
        Flow flow = DepthReport.of(one, data()).chains().get(0).now();
        assertClose(flow, DepthReport.of(three, data()).chains().get(0).now());
    }

    /** An image of one pixel is a row: of the kernel only the centre counts. */
    @ParameterizedTest
    @EnumSource
    void imagesOfOnePixelAreMeasuredAsRows(CNN2DFormat format) {
        int n = Networks.INPUTS;
        MultiLayerNetwork pixels = network(
                InputType.convolutional(1, 1, n, format),
                layer(Connection.HIGHWAY, 3).nOut(n).build());
        MultiLayerNetwork rows = Networks.network(
                Networks.unchanging(),
                new GatedStack.Builder()
                        .depth(3)
                        .nOut(n)
                        .activation(Activation.TANH)
                        .build());
        for (int i = 0; i < 3; i++) {
            for (String name : List.of("H/W", "H/b", "T/W", "T/b")) {
                INDArray values = pixels.getLayer(0).getParam("b" + i + "/" + name);
                INDArray centre = name.endsWith("W") ? values.dup().reshape(3, 3, n, n) : values;
                rows.getLayer(0)
                        .setParam(
                                "b" + i + "/" + name,
                                name.endsWith("W") ? centre.slice(1).slice(1).dup() : centre);
            }
        }
        rows.getLayer(1).setParams(pixels.getLayer(2).params());
        INDArray x = normal(5, 30, n);
        INDArray labels = oneHot(30, Networks.CLASSES);
        INDArray images = format == CNN2DFormat.NCHW ? x.reshape(30, n, 1, 1) : x.reshape(30, 1, 1, n);
        DepthReport actual = DepthReport.of(pixels, new DataSet(images, labels));
        DepthReport expected = DepthReport.of(rows, new DataSet(x, labels));
        assertThat(actual.gates().get(0).spread()).isPositive();
        assertClose(withoutStart(actual), withoutStart(expected));
    }

    /** With what is now as the start: the initial networks differ, since a kernel has more inputs. */
    private static DepthReport withoutStart(DepthReport report) {
        List<Chain> chains = report.chains().stream()
                .map(chain -> new Chain(chain.name(), chain.blocks(), chain.now(), chain.now()))
                .toList();
        return new DepthReport(
                report.format(),
                report.network(),
                report.parameters(),
                report.examples(),
                chains,
                report.gates(),
                report.skips(),
                report.dense(),
                report.lesions(),
                report.heads(),
                report.verdict());
    }

    @ParameterizedTest
    @EnumSource(names = {"PLAIN", "RESIDUAL", "WEIGHTED", "HIGHWAY"})
    void bothFormatsAreMeasuredAlike(Connection connection) {
        MultiLayerNetwork first =
                network(images(CNN2DFormat.NCHW), layer(connection, 2).nOut(3).build());
        MultiLayerNetwork last =
                network(images(CNN2DFormat.NHWC), layer(connection, 2).nOut(3).build());
        first.params().assign(normal(4, 1, first.numParams()).mul(.5));
        last.setParams(first.params());
        assertClose(DepthReport.of(last, data(CNN2DFormat.NHWC)), DepthReport.of(first, data()));
        assertClose(
                new TransformGates(last).means(data(CNN2DFormat.NHWC).getFeatures()),
                new TransformGates(first).means(data().getFeatures()));
    }

    /** A network without blocks is the one whose gates are closed there. */
    @Test
    void lesionsAreTheNetworkWithClosedGates() {
        MultiLayerNetwork net = network(
                layer(Connection.HIGHWAY, 3).transformGateBias(0).build(),
                new SubsamplingLayer.Builder(PoolingType.MAX)
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build(),
                layer(Connection.HIGHWAY, 2).transformGateBias(0).build());
        DepthReport report = DepthReport.of(net, data());
        assertThat(report.chains()).extracting(Chain::depth).containsExactly(3, 2);
        List<String> closed = new ArrayList<>();
        for (Lesions.Outcome outcome : report.lesions().single()) {
            assertThat(loss(net, List.of(outcome.block()))).isCloseTo(outcome.loss(), within(1e-9));
        }
        for (Lesions.Outcome outcome : report.lesions().cumulative()) {
            closed.add(outcome.block());
            assertThat(loss(net, closed)).isCloseTo(outcome.loss(), within(1e-9));
        }
        assertThat(closed).hasSize(5);
    }

    private static double loss(MultiLayerNetwork net, List<String> closed) {
        MultiLayerNetwork other = net.clone();
        for (String block : closed) {
            int slash = block.indexOf('/');
            int number = Integer.parseInt(block.substring(slash + 1)) - 1;
            other.getLayer(block.substring(0, slash))
                    .getParam("b" + number + "/T/b")
                    .assign(-800);
        }
        return other.score(data());
    }

    @Test
    void whatTheLabelMaskLeavesOutCountsNowhere() {
        MultiLayerNetwork net = network(layer(Connection.HIGHWAY, 2).build());
        DataSet all = data();
        INDArray mask = Nd4j.ones(DataType.DOUBLE, IMAGES, 1);
        mask.putScalar(1, 0);
        mask.putScalar(4, 0);
        int[] counting = {0, 2, 3, 5};
        INDArray x = Nd4j.create(DataType.DOUBLE, 4, CHANNELS, HEIGHT, WIDTH);
        for (int i = 0; i < counting.length; i++) {
            x.slice(i).assign(all.getFeatures().slice(counting[i]));
        }
        DataSet some = new DataSet(x, all.getLabels().getRows(counting));
        DataSet masked = new DataSet(all.getFeatures(), all.getLabels(), null, mask);
        assertClose(DepthReport.of(net, masked), DepthReport.of(net, some));
    }

    @Test
    void weightsOfSkipsAreListed() {
        MultiLayerNetwork net = network(layer(Connection.WEIGHTED, 2).build());
        net.getLayer(0).getParam("b1/beta").assign(.25);
        assertThat(DepthReport.of(net, data()).skips())
                .containsExactly(new SkipWeights("layer0/1", 1, 0, 0), new SkipWeights("layer0/2", 1, .25, .25));
    }

    private static ComputationGraph mixed(CNN2DFormat format) {
        return Networks.init(Networks.builder(new Adam(.01))
                .convolutionMode(ConvolutionMode.Same)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "convolution",
                        new ConvolutionLayer.Builder(3, 3).nOut(4).build(),
                        "in")
                .addLayer("images", layer(Connection.HIGHWAY, 2).nOut(3).build(), "convolution")
                .addLayer(
                        "pool",
                        new SubsamplingLayer.Builder(PoolingType.MAX)
                                .kernelSize(2, 2)
                                .stride(2, 2)
                                .build(),
                        "images")
                .addLayer("smaller", layer(Connection.RESIDUAL, 2).nOut(3).build(), "pool")
                .addLayer("all", new GlobalPoolingLayer(PoolingType.AVG), "smaller")
                .addLayer("stack", new GatedStack.Builder().depth(2).nOut(3).build(), "all")
                .addLayer("out", Networks.output(), "stack")
                .setOutputs("out")
                .setInputTypes(images(format)));
    }

    @ParameterizedTest
    @EnumSource
    void imagesAndRowsAreMeasuredInOneGraph(CNN2DFormat format) {
        ComputationGraph graph = mixed(format);
        DataSet data = data(format);
        DepthReport report = DepthReport.of(graph, data);
        assertThat(report.chains()).extracting(Chain::name).containsExactly("images", "smaller", "stack");
        assertThat(report.gates())
                .extracting(Gates::block)
                .containsExactly("images/1", "images/2", "stack/1", "stack/2");
        assertThat(report.lesions().single())
                .extracting(Lesions.Outcome::block)
                .containsExactly("images/1", "images/2", "smaller/1", "smaller/2", "stack/1", "stack/2");
        Map<String, Double> open = new TransformGates(graph).byBlock(data.getFeatures());
        assertThat(open).hasSize(4);
        report.gates().forEach(gates -> assertThat(open.get(gates.block())).isCloseTo(gates.mean(), within(1e-9)));
        assertThat(report.toText()).contains("2 blocks of images").doesNotContain("NaN");
        assertThat(DepthReport.fromJson(report.toJson())).isEqualTo(report);
    }

    @Test
    void aListenerRecordsTheBlocks() {
        ComputationGraph graph = mixed(CNN2DFormat.NCHW);
        DepthListener listener = new DepthListener.Builder()
                .every(1)
                .gatesOn(data().getFeatures())
                .build();
        graph.addListeners(listener);
        graph.fit(data());
        List<DepthRecord.Block> blocks = listener.records().get(0).blocks();
        assertThat(blocks)
                .extracting(DepthRecord.Block::block)
                .containsExactly("images/1", "images/2", "smaller/1", "smaller/2", "stack/1", "stack/2");
        assertThat(blocks).allSatisfy(block -> assertThat(block.gradient()).isPositive());
        assertThat(blocks.subList(0, 2))
                .allSatisfy(block -> assertThat(block.gate()).isBetween(.01, .99));
    }

    @Test
    void idleBlocksAreRemovedAndTheRestTrainsOn() {
        MultiLayerNetwork net = network(
                layer(Connection.HIGHWAY, 4).nOut(3).transformGateBias(1).build());
        net.getLayer(0).getParam("b1/T/b").assign(-800);
        net.getLayer(0).getParam("b3/T/b").assign(-800);
        DataSet data = data();
        for (int i = 0; i < 20; i++) {
            net.fit(data);
        }
        Shrink.Result<MultiLayerNetwork> lean = Shrink.without(net, List.of("layer0/1", "layer0/2", "layer0/4"));

        assertThat(lean.removed()).containsExactly("layer0/2", "layer0/4");
        assertThat(lean.kept()).containsEntry("layer0/1", "it changes the number of features from 2 to 3");
        Arrays.assertClose(lean.network().output(data.getFeatures()), net.output(data.getFeatures()), 1e-12);
        GatedConvolution2D conf =
                (GatedConvolution2D) lean.network().getLayer(0).conf().getLayer();
        assertThat(conf.getDepth()).isEqualTo(2);
        assertThat(DepthReport.of(lean.network(), data).gates()).hasSize(2);
        double before = lean.network().score(data);
        for (int i = 0; i < 30; i++) {
            lean.network().fit(data);
        }
        assertThat(lean.network().score(data)).isLessThan(before);
    }

    /** Deeplearning4j's vertices do not say where their channels are, so the layers below them tell. */
    @ParameterizedTest
    @EnumSource
    void aVertexAboveHasAGateForEachChannel(CNN2DFormat format) {
        ComputationGraph graph = Networks.init(Networks.unchanging()
                .graphBuilder()
                .addInputs("in")
                .addLayer("transform", layer(Connection.HIGHWAY, 1).build(), "in")
                .addLayer("gate", layer(Connection.PLAIN, 1).build(), "in")
                .addVertex("vertex", new HighwayGateVertex(), "transform", "gate", "in")
                .addLayer("all", new GlobalPoolingLayer(PoolingType.AVG), "vertex")
                .addLayer("out", Networks.output(), "all")
                .setOutputs("out")
                .setInputTypes(images(format)));
        DepthReport report = DepthReport.of(graph, data(format));
        assertThat(report.gates()).extracting(gates -> gates.units().size()).containsExactly(CHANNELS, CHANNELS);
    }
}
