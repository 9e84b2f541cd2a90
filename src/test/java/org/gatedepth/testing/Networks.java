package org.gatedepth.testing;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Small networks in DOUBLE: layers under test below a softmax over three classes, on four inputs. */
public final class Networks {
    /** Inputs of the networks. */
    public static final int INPUTS = 4;

    /** Classes of the networks. */
    public static final int CLASSES = 3;

    private Networks() {}

    /** The common settings. */
    public static NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(42)
                .dataType(DataType.DOUBLE)
                .weightInit(WeightInit.XAVIER)
                .updater(updater);
    }

    /** The settings for gradient checks. */
    public static NeuralNetConfiguration.Builder unchanging() {
        return builder(new NoOp());
    }

    /** A softmax layer. */
    public static OutputLayer output() {
        return new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nOut(CLASSES)
                .build();
    }

    /** Configuration of layers below a softmax. */
    public static MultiLayerConfiguration configuration(NeuralNetConfiguration.Builder builder, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = builder.list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        return list.layer(output()).setInputType(InputType.feedForward(INPUTS)).build();
    }

    /** Layers below a softmax. */
    public static MultiLayerNetwork network(NeuralNetConfiguration.Builder builder, Layer... layers) {
        MultiLayerNetwork net = new MultiLayerNetwork(configuration(builder, layers));
        net.init();
        return net;
    }

    /** Layers below a softmax, for gradient checks. */
    public static MultiLayerNetwork network(WorkspaceMode workspaces, Layer... layers) {
        return network(unchanging().trainingWorkspaceMode(workspaces).inferenceWorkspaceMode(workspaces), layers);
    }

    /** The same as a graph: {@code in, layer0, layer1, ..., out}. */
    public static ComputationGraph graph(NeuralNetConfiguration.Builder builder, Layer... layers) {
        ComputationGraphConfiguration.GraphBuilder graph =
                builder.graphBuilder().addInputs("in").setInputTypes(InputType.feedForward(INPUTS));
        String below = "in";
        for (int i = 0; i < layers.length; i++) {
            graph.addLayer("layer" + i, layers[i], below);
            below = "layer" + i;
        }
        graph.addLayer("out", output(), below).setOutputs("out");
        return init(graph);
    }

    /** A graph, initialised. */
    public static ComputationGraph init(ComputationGraphConfiguration.GraphBuilder builder) {
        ComputationGraph graph = new ComputationGraph(builder.build());
        graph.init();
        return graph;
    }

    /** Rows of normal numbers, each of the class that a fixed linear map gives it: it can be learned. */
    public static DataSet data(int rows, long seed) {
        var x = Arrays.normal(seed, rows, INPUTS);
        var scores = x.mmul(Arrays.normal(4711, INPUTS, CLASSES));
        var labels = scores.like();
        for (int i = 0; i < rows; i++) {
            labels.putScalar(i, scores.getRow(i).argMax().getInt(0), 1);
        }
        return new DataSet(x, labels);
    }
}
