package org.gatedepth.bench;

import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.TemporalStack;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * Layers over sequences that are compared with Deeplearning4j's and PyTorch's. A minibatch has {@value #SEQUENCES}
 * sequences.
 */
enum SequenceCase {
    /** Eight levels of highway convolutions. */
    TEMPORAL_200("TemporalStack, 8 levels, T 200, width 64", "tcn", 200, 64),
    /** The same over longer sequences. */
    TEMPORAL_784("TemporalStack, 8 levels, T 784, width 32", "tcn", 784, 32);

    static final int SEQUENCES = 32;
    private static final int LEVELS = 8;
    private static final int KERNEL = 3;

    private final String title;
    private final String peer;
    private final int steps;
    private final int width;

    SequenceCase(String title, String peer, int steps, int width) {
        this.title = title;
        this.peer = peer;
        this.steps = steps;
        this.width = width;
    }

    /** What the table calls it. */
    String title() {
        return title;
    }

    /** The options of {@code sequence_peer.py} for the same in PyTorch. */
    List<String> peer() {
        return List.of("--layer", peer, "--steps", "" + steps, "--width", "" + width);
    }

    /** A forward and a backward pass of Gatedepth's layer, on rows in the order that such layers hand on. */
    Runnable own() {
        Layer layer = new TemporalStack.Builder()
                .connection(Connection.HIGHWAY)
                .depth(LEVELS)
                .kernel(KERNEL)
                .nOut(width)
                .build();
        return pass(List.of(layer), false);
    }

    /**
     * The same of Deeplearning4j's nearest layers, as many convolutions as transforms and gates have; null if it has
     * none.
     */
    @Nullable
    Runnable stock() {
        List<Layer> layers = IntStream.range(0, 2 * LEVELS)
                .<Layer>mapToObj(level -> new Convolution1DLayer.Builder(KERNEL)
                        .dilation(1 << (level / 2))
                        .convolutionMode(ConvolutionMode.Causal)
                        .nOut(width)
                        .activation(Activation.RELU)
                        .build())
                .toList();
        return pass(layers, true);
    }

    private Runnable pass(List<Layer> layers, boolean fortranOrder) {
        NeuralNetConfiguration.ListBuilder list =
                new NeuralNetConfiguration.Builder().seed(1).list();
        layers.forEach(list::layer);
        MultiLayerNetwork network =
                new MultiLayerNetwork(list.layer(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MSE)
                                .nOut(1)
                                .activation(Activation.IDENTITY)
                                .build())
                        .setInputType(InputType.recurrent(width, steps))
                        .build());
        network.init();
        network.initGradientsView();
        INDArray input = sequences(fortranOrder);
        INDArray gradient = sequences(fortranOrder);
        LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.noWorkspaces();
        return () -> {
            INDArray activations = input;
            for (int i = 0; i < layers.size(); i++) {
                network.getLayer(i).setInput(activations, workspaces);
                activations = network.getLayer(i).activate(true, workspaces);
            }
            INDArray epsilon = gradient;
            for (int i = layers.size() - 1; i >= 0; i--) {
                epsilon = network.getLayer(i)
                        .backpropGradient(epsilon, workspaces)
                        .getSecond();
            }
        };
    }

    /** Deeplearning4j's recurrent layers are faster on 'f' order; Gatedepth's hand on rows in time-major order. */
    private INDArray sequences(boolean fortranOrder) {
        INDArray rows = Nd4j.randn(DataType.FLOAT, steps, SEQUENCES, width);
        INDArray view = rows.permute(1, 2, 0);
        return fortranOrder ? view.dup('f') : view;
    }
}
