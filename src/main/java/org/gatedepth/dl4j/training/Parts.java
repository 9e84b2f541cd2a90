package org.gatedepth.dl4j.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.InputVertex;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Activations;
import org.gatedepth.block.Params;
import org.gatedepth.dl4j.runtime.BlockConf;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.gatedepth.dl4j.runtime.HeadsConf;
import org.gatedepth.dl4j.runtime.ImageRuntime;
import org.gatedepth.dl4j.runtime.PlacedHead;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossMixtureDensity;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;

/**
 * Takes networks apart: what each layer and vertex computes, with views of its parameters and gradients. Refuses what
 * it does not know by its name.
 */
final class Parts {
    private static final String NOTHING = "";

    private Parts() {}

    /** The parts of a network, in the order in which they are computed. */
    static List<Part> of(MultiLayerNetwork network, String input) {
        List<Part> parts = new ArrayList<>();
        String below = input;
        for (int i = 0; i < network.getnLayers(); i++) {
            Layer layer = network.getLayer(i);
            String name = "layer" + i;
            InputPreProcessor before = network.getLayerWiseConfigurations().getInputPreProcess(i);
            parts.add(part(name, List.of(below), layer, before, i == network.getnLayers() - 1));
            below = name;
        }
        return parts;
    }

    /** The same for a graph. */
    static List<Part> of(ComputationGraph network) {
        List<Part> parts = new ArrayList<>();
        GraphVertex[] vertices = network.getVertices();
        List<String> outputs = network.getConfiguration().getNetworkOutputs();
        for (int index : network.topologicalSortOrder()) {
            GraphVertex vertex = vertices[index];
            if (vertex instanceof InputVertex) {
                continue;
            }
            List<String> inputs = IntStream.range(0, vertex.getNumInputArrays())
                    .mapToObj(i -> vertices[vertex.getInputVertices()[i].getVertexIndex()].getVertexName())
                    .toList();
            String name = vertex.getVertexName();
            if (vertex instanceof LayerVertex layer) {
                parts.add(part(name, inputs, layer.getLayer(), layer.getLayerPreProcessor(), outputs.contains(name)));
            } else {
                parts.add(new Part(
                        name,
                        inputs,
                        vertex(
                                name,
                                Objects.requireNonNull(
                                        network.getConfiguration().getVertices().get(name))),
                        Map.of(),
                        Map.of(),
                        null,
                        null,
                        null));
            }
        }
        return parts;
    }

    private static Equation vertex(String name, org.deeplearning4j.nn.conf.graph.GraphVertex vertex) {
        if (vertex instanceof MergeVertex) {
            return (sd, inputs, p) ->
                    inputs.size() == 1 ? inputs.get(0) : sd.concat(1, inputs.toArray(new SDVariable[0]));
        }
        if (vertex instanceof SubsetVertex subset) {
            return (sd, inputs, p) ->
                    columns(sd, inputs.get(0), subset.getFrom(), subset.getTo() - subset.getFrom() + 1);
        }
        throw refused(name, vertex.getClass().getSimpleName());
    }

    private static SDVariable columns(SameDiff sd, SDVariable x, int from, int count) {
        return sd.slice(x, new int[] {0, from}, -1, count);
    }

    private static Part part(
            String name, List<String> inputs, Layer layer, @Nullable InputPreProcessor before, boolean output) {
        if (layer instanceof BaseWrapperLayer) {
            throw refused(name, layer.getClass().getSimpleName());
        }
        org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
        Map<String, INDArray> params = layer.paramTable();
        Map<String, INDArray> gradients = layer.numParams() == 0
                ? Map.of()
                : conf.initializer().getGradientsFromFlattened(layer.conf(), layer.getGradientsViewArray());
        Part.@Nullable LabelColumn indices = null;
        if (before instanceof LabelColumns columns && conf instanceof EmbeddingLayer embedding) {
            indices = new Part.LabelColumn(columns.column(), columns.columns(), (int) embedding.getNIn());
        } else if (before != null) {
            throw refused(name, before.getClass().getSimpleName());
        }
        requireNoWeightNoise(name, conf);
        if (conf instanceof HeadsConf heads) {
            requireOutput(name, output, true);
            return new Part(
                    name,
                    inputs,
                    (sd, in, p) ->
                            PlacedHead.block(heads.getNIn(), heads.heads()).apply(sd, in.get(0), p),
                    heads.views(params),
                    heads.views(gradients),
                    layer,
                    null,
                    new HeadLoss(heads.heads()));
        }
        if (conf instanceof BlockConf blocks && layer instanceof BlockRuntime && !(layer instanceof ImageRuntime)) {
            requireOutput(name, output, false);
            return new Part(
                    name,
                    inputs,
                    (sd, in, p) -> blocks.block().apply(sd, in.get(0), p),
                    blocks.views(params),
                    blocks.views(gradients),
                    layer,
                    null,
                    null);
        }
        if (conf instanceof OutputLayer last && conf.getClass() == OutputLayer.class) {
            requireOutput(name, output, true);
            return new Part(
                    name,
                    inputs,
                    (sd, in, p) -> affine(p.dropOut(NOTHING, in.get(0), last.getNIn()), p, last.hasBias()),
                    params,
                    gradients,
                    layer,
                    null,
                    loss(
                            name,
                            last.getLossFn(),
                            last.getActivationFn(),
                            (int) last.getNIn(),
                            (int) last.getNOut(),
                            layer.params().dataType()));
        }
        requireOutput(name, output, false);
        return new Part(name, inputs, stock(name, conf, indices), params, gradients, layer, indices, null);
    }

    private static Equation stock(
            String name, org.deeplearning4j.nn.conf.layers.Layer conf, Part.@Nullable LabelColumn indices) {
        if (conf instanceof DenseLayer dense && conf.getClass() == DenseLayer.class && !dense.hasLayerNorm()) {
            Activation activation = activation(name, dense.getActivationFn());
            return (sd, in, p) -> Activations.apply(
                    sd, activation, affine(p.dropOut(NOTHING, in.get(0), dense.getNIn()), p, dense.hasBias()));
        }
        if (conf instanceof EmbeddingLayer embedding && indices != null && embedding.getIDropout() == null) {
            Activation activation = activation(name, embedding.getActivationFn());
            return (sd, in, p) -> Activations.apply(sd, activation, affine(in.get(0), p, embedding.hasBias()));
        }
        if (conf instanceof ActivationLayer layer && layer.getIDropout() == null) {
            Activation activation = activation(name, layer.getActivationFn());
            return (sd, in, p) -> Activations.apply(sd, activation, in.get(0));
        }
        throw refused(name, conf.getClass().getSimpleName());
    }

    private static SDVariable affine(SDVariable x, Params p, boolean bias) {
        SDVariable product = x.mmul(p.get("W"));
        return bias ? product.add(p.get("b")) : product;
    }

    private static Activation activation(String name, IActivation function) {
        for (Activation activation : Activations.supported()) {
            if (activation.getActivationFunction().equals(function)) {
                return activation;
            }
        }
        throw refused(name, "the activation " + function);
    }

    /** The loss of a stock output layer: by plain numbers where it is one of ours, and else by its own class. */
    private static OutputLoss loss(
            String name, ILossFunction loss, IActivation activation, int inputs, int outputs, DataType type) {
        Loss known = null;
        if (loss instanceof LossMCXENT entropy
                && !(loss instanceof LossSparseMCXENT)
                && entropy.getWeights() == null
                && activation instanceof ActivationSoftmax
                && outputs > 1) {
            known = Loss.softmaxCrossEntropy();
        } else if (loss.getClass() == LossMSE.class
                && ((LossMSE) loss).getWeights() == null
                && activation instanceof ActivationIdentity) {
            known = Loss.squaredError();
        }
        if (known != null) {
            Head head = Head.of(known, outputs).withWeight(1);
            return new HeadLoss(List.of(new PlacedHead(NOTHING, 0, 0, inputs, 0, head)));
        }
        if (loss instanceof LossMixtureDensity) {
            throw refused(name, "the loss " + loss);
        }
        return new StockLoss(loss, activation, outputs, loss instanceof LossSparseMCXENT ? 1 : outputs, type);
    }

    private static void requireNoWeightNoise(String name, org.deeplearning4j.nn.conf.layers.Layer conf) {
        if (conf instanceof FeedForwardLayer stock && stock.getWeightNoise() != null) {
            throw refused(name, "weight noise");
        }
    }

    private static void requireOutput(String name, boolean output, boolean hasLoss) {
        if (output != hasLoss) {
            throw refused(name, output ? "an output without a loss" : "a loss that is no output");
        }
    }

    private static IllegalArgumentException refused(String name, String what) {
        return new IllegalArgumentException("a compiled trainer does not know " + what + " (\"" + name
                + "\"); train this network with its own fit(..)");
    }
}
