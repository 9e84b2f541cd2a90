package org.gatedepth.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Params;
import org.gatedepth.block.attention.AttentionBlock;
import org.gatedepth.dl4j.GatedConvolution2D;
import org.gatedepth.dl4j.RecurrentHighwayLayer;
import org.gatedepth.dl4j.TemporalStack;
import org.gatedepth.plan.CompiledFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * A layer over sequences or images that is compared with Deeplearning4j's nearest and with PyTorch's.
 *
 * @param title what the table calls it
 * @param peer the options of {@code layer_peer.py}
 * @param own makes a forward and a backward pass of Gatedepth's layer, on rows in the order that such layers hand on
 * @param stock makes the same of Deeplearning4j's nearest layers
 */
record LayerCase(String title, List<String> peer, Supplier<Runnable> own, Supplier<Runnable> stock) {
    /** Sequences of a minibatch. */
    static final int SEQUENCES = 32;

    private static final int LEVELS = 8;
    private static final int KERNEL = 3;
    private static final int HEADS = 4;
    private static final int IMAGES = 128;
    private static final int PIXELS = 28;

    /** All that are compared. */
    static List<LayerCase> all() {
        List<LayerCase> cases = new ArrayList<>(List.of(temporal(200, 64), temporal(784, 32)));
        for (int width : new int[] {64, 128}) {
            cases.add(recurrent(width, 1));
            cases.add(recurrent(width, 3));
        }
        for (int steps : new int[] {64, 128, 256}) {
            cases.add(attention(steps, 64));
        }
        cases.add(convolution(16, 16));
        cases.add(convolution(16, 32));
        return cases;
    }

    private static List<String> options(String layer, int steps, int width, int outputs) {
        return List.of("--layer", layer, "--steps", "" + steps, "--width", "" + width, "--outputs", "" + outputs);
    }

    /** Eight levels of highway convolutions; of the stock ones as many convolutions as transforms and gates have. */
    private static LayerCase temporal(int steps, int width) {
        Layer stack = new TemporalStack.Builder()
                .connection(Connection.HIGHWAY)
                .depth(LEVELS)
                .kernel(KERNEL)
                .nOut(width)
                .build();
        List<Layer> convolutions = IntStream.range(0, 2 * LEVELS)
                .<Layer>mapToObj(i -> new Convolution1DLayer.Builder(KERNEL)
                        .dilation(1 << (i / 2))
                        .convolutionMode(ConvolutionMode.Causal)
                        .nOut(width)
                        .activation(Activation.RELU)
                        .build())
                .toList();
        return new LayerCase(
                "TemporalStack, 8 levels, T " + steps + ", width " + width,
                options("tcn", steps, width, width),
                () -> sequences(List.of(stack), steps, width, false),
                () -> sequences(convolutions, steps, width, true));
    }

    /** A recurrent highway layer beside one LSTM of its width. */
    private static LayerCase recurrent(int width, int depth) {
        int steps = 200;
        Layer own = new RecurrentHighwayLayer.Builder()
                .recurrenceDepth(depth)
                .nOut(width)
                .build();
        Layer lstm = new LSTM.Builder().nOut(width).activation(Activation.TANH).build();
        return new LayerCase(
                "RecurrentHighwayLayer, depth " + depth + ", T " + steps + ", width " + width + "; LSTM",
                options("lstm", steps, width, width),
                () -> sequences(List.of(own), steps, width, false),
                () -> sequences(List.of(lstm), steps, width, true));
    }

    /** Self-attention with its projections, and nothing else of {@code GatedAttentionLayer}. */
    private static LayerCase attention(int steps, int width) {
        Layer stock = new SelfAttentionLayer.Builder()
                .nIn(width)
                .nOut(width)
                .nHeads(HEADS)
                .headSize(width / HEADS)
                .projectInput(true)
                .build();
        return new LayerCase(
                "attention of 4 heads, T " + steps + ", width " + width,
                options("attention", steps, width, width),
                () -> attentionPass(steps, width),
                () -> sequences(List.of(stock), steps, width, false));
    }

    private static Runnable attentionPass(int steps, int width) {
        AttentionBlock block = new AttentionBlock(width, width, width, HEADS, false, false);
        Map<String, INDArray> arrays = new HashMap<>();
        for (ParamSpec spec : block.params()) {
            arrays.put(spec.name(), Nd4j.randn(DataType.FLOAT, spec.shape()).muli(.1));
        }
        CompiledFunction function = new CompiledFunction(
                DataType.FLOAT,
                Map.of("x", new long[] {-1, width}, "steps", new long[] {-1, -1}),
                List.of("x"),
                arrays,
                (sd, in, params) -> block.apply(sd, in.get("x"), new Params() {
                    @Override
                    public SDVariable get(String name) {
                        return params.get(name);
                    }

                    @Override
                    public SDVariable steps() {
                        return in.get("steps");
                    }
                }));
        long rows = (long) steps * SEQUENCES;
        Map<String, INDArray> inputs = Map.of(
                "x", Nd4j.randn(DataType.FLOAT, rows, width), "steps", Nd4j.zeros(DataType.FLOAT, steps, SEQUENCES));
        INDArray seed = Nd4j.randn(DataType.FLOAT, rows, width);
        return () -> {
            function.forward(inputs);
            function.backward(seed);
        };
    }

    /** One convolution over images, without a gate. */
    private static LayerCase convolution(int channels, int outputs) {
        Layer own = new GatedConvolution2D.Builder()
                .connection(Connection.PLAIN)
                .depth(1)
                .kernel(KERNEL)
                .activation(Activation.IDENTITY)
                .nOut(outputs)
                .build();
        Layer stock = new ConvolutionLayer.Builder(KERNEL, KERNEL)
                .convolutionMode(ConvolutionMode.Same)
                .nOut(outputs)
                .activation(Activation.IDENTITY)
                .build();
        return new LayerCase(
                "convolution 3 x 3, 28 x 28, " + channels + " to " + outputs + " channels, minibatch " + IMAGES,
                options("conv2d", 0, channels, outputs),
                () -> images(own, channels, outputs, true),
                () -> images(stock, channels, outputs, false));
    }

    private static Runnable images(Layer layer, int channels, int outputs, boolean rows) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .list()
                .layer(layer)
                .layer(new OutputLayer.Builder(LossFunctions.LossFunction.MSE)
                        .nOut(1)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.convolutional(PIXELS, PIXELS, channels))
                .build());
        return new LayerPass(network, 1, image(channels, rows), image(outputs, rows));
    }

    /** {@code [images, channels, height, width]}; on demand a view of pixels as Gatedepth's layers hand them on. */
    private static INDArray image(int channels, boolean rows) {
        return rows
                ? Nd4j.randn(DataType.FLOAT, PIXELS, PIXELS, IMAGES, channels).permute(2, 3, 0, 1)
                : Nd4j.randn(DataType.FLOAT, IMAGES, channels, PIXELS, PIXELS);
    }

    private static Runnable sequences(List<Layer> layers, int steps, int width, boolean fortranOrder) {
        return LayerPass.of(layers, SEQUENCES, steps, width, fortranOrder);
    }
}
