package org.gatedepth.dl4j.training;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.gatedepth.dl4j.runtime.BlockConf;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer or vertex of a network.
 *
 * @param name in the network
 * @param inputs names of the parts, or of the network's inputs, that it reads
 * @param equation what it computes; of an output layer the scores, before any activation
 * @param params its parameters by the names that the equation knows, views of the network's
 * @param gradients of the same names, views of the network's gradient
 * @param layer the layer, whose counts and dropout are asked for at each step; null for a vertex
 * @param indices where the part reads a column of label indices; null elsewhere
 * @param loss of an output layer; null elsewhere
 * @param statistics that follow the rows which the part reads; null elsewhere
 */
record Part(
        String name,
        List<String> inputs,
        Equation equation,
        Map<String, INDArray> params,
        Map<String, INDArray> gradients,
        @Nullable Layer layer,
        @Nullable LabelColumn indices,
        @Nullable OutputLoss loss,
        @Nullable RunningStatistics statistics) {

    /**
     * A column of label indices, which a part reads as one-hot rows.
     *
     * @param column its place in the network's input
     * @param columns of the network's input
     * @param labels number of labels
     */
    record LabelColumn(int column, int columns, int labels) {}

    /** A part without a layer. */
    static Part vertex(String name, List<String> inputs, Equation equation) {
        return new Part(name, inputs, equation, Map.of(), Map.of(), null, null, null, null);
    }

    /** A part that has a layer. */
    static Part layer(String name, List<String> inputs, Equation equation, Layer layer) {
        return vertex(name, inputs, equation).of(layer);
    }

    private Part of(Layer of) {
        return new Part(name, inputs, equation, params, gradients, of, indices, loss, statistics);
    }

    /** With parameters. */
    Part with(Map<String, INDArray> arrays, Map<String, INDArray> gradientsOf) {
        return new Part(name, inputs, equation, arrays, gradientsOf, layer, indices, loss, statistics);
    }

    /** With a column of label indices that it reads. */
    Part with(@Nullable LabelColumn column) {
        return new Part(name, inputs, equation, params, gradients, layer, column, loss, statistics);
    }

    /** With a loss. */
    Part with(OutputLoss of) {
        return new Part(name, inputs, equation, params, gradients, layer, indices, of, statistics);
    }

    /** With running statistics. */
    Part with(RunningStatistics of) {
        return new Part(name, inputs, equation, params, gradients, layer, indices, loss, of);
    }

    /** Features of the input that the part reads; −1 where it does not say. */
    long inputSize() {
        if (indices != null) {
            return indices.columns();
        }
        Object conf = layer == null ? null : layer.conf().getLayer();
        if (conf instanceof BlockConf blocks) {
            return blocks.getNIn();
        }
        return conf instanceof FeedForwardLayer stock && stock.getNIn() > 0 ? stock.getNIn() : -1;
    }

    /** Features of what the part gives; −1 where that follows from what it reads. */
    long outputSize() {
        Object conf = layer == null ? null : layer.conf().getLayer();
        if (conf instanceof BlockConf blocks) {
            return blocks.outputs();
        }
        return conf instanceof FeedForwardLayer stock && stock.getNOut() > 0 ? stock.getNOut() : -1;
    }

    /** Whether the network's loss is computed here. */
    boolean isOutput() {
        return loss != null;
    }

    /** The name of a parameter in the function of the whole network. */
    String scoped(String parameter) {
        return name + "/" + parameter;
    }
}
