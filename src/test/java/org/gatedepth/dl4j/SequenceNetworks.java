package org.gatedepth.dl4j;

import static org.gatedepth.testing.Arrays.normal;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.testing.Networks;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Small networks over sequences of four inputs, with two classes at each step. */
final class SequenceNetworks {
    private SequenceNetworks() {}

    /** A smooth stack of two blocks whose outputs depend on 1 + 1·(1 + 2) = 4 steps. */
    static TemporalStack.Builder stack(Connection connection) {
        return new TemporalStack.Builder()
                .connection(connection)
                .depth(2)
                .kernel(2)
                .nOut(3)
                .growthRate(2)
                .activation(Activation.TANH);
    }

    static RnnOutputLayer output() {
        return new RnnOutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nOut(2)
                .build();
    }

    /** Layers, the last of which is the output. */
    static NeuralNetConfiguration.ListBuilder list(NeuralNetConfiguration.Builder builder, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = builder.list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        return list.setInputType(InputType.recurrent(Networks.INPUTS));
    }

    static MultiLayerNetwork network(NeuralNetConfiguration.Builder builder, Layer... layers) {
        MultiLayerNetwork net = new MultiLayerNetwork(list(builder, layers).build());
        net.init();
        return net;
    }

    /** Layers below a softmax at each step. */
    static MultiLayerNetwork labelling(Layer... layers) {
        return network(Networks.unchanging(), with(layers, output()));
    }

    static ComputationGraph graph(NeuralNetConfiguration.Builder builder, Layer... layers) {
        var graph = builder.graphBuilder().addInputs("in").setInputTypes(InputType.recurrent(Networks.INPUTS));
        String below = "in";
        for (int i = 0; i < layers.length; i++) {
            graph.addLayer("layer" + i, layers[i], below);
            below = "layer" + i;
        }
        return Networks.init(graph.setOutputs(below));
    }

    static Layer[] with(Layer[] layers, Layer last) {
        Layer[] all = java.util.Arrays.copyOf(layers, layers.length + 1);
        all[layers.length] = last;
        return all;
    }

    static INDArray input(long seed, int minibatch, int steps) {
        return normal(seed, minibatch, Networks.INPUTS, steps);
    }

    static INDArray labels(int minibatch, int steps) {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, minibatch, 2, steps);
        for (int i = 0; i < minibatch; i++) {
            for (int t = 0; t < steps; t++) {
                labels.putScalar(new int[] {i, (i + t * t) % 2, t}, 1);
            }
        }
        return labels;
    }

    /** The first steps of each sequence: all of the first, one less of each that follows, but at least one. */
    static INDArray mask(int minibatch, int steps) {
        INDArray mask = Nd4j.zeros(DataType.DOUBLE, minibatch, steps);
        for (int i = 0; i < minibatch; i++) {
            mask.get(NDArrayIndex.point(i), NDArrayIndex.interval(0, Math.max(1, steps - i)))
                    .assign(1);
        }
        return mask;
    }

    /** Some steps of sequences. */
    static INDArray steps(INDArray sequences, int from, int to) {
        return sequences
                .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(from, to))
                .dup();
    }
}
