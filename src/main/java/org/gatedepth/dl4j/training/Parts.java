package org.gatedepth.dl4j.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.InputVertex;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Block;
import org.gatedepth.block.Params;
import org.gatedepth.dl4j.runtime.BlockConf;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.gatedepth.dl4j.runtime.BlockVertexRuntime;
import org.gatedepth.dl4j.runtime.HeadsConf;
import org.gatedepth.dl4j.runtime.ImageRuntime;
import org.gatedepth.dl4j.runtime.PlacedHead;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Takes networks apart: what each layer and vertex computes, with views of its parameters and gradients. Refuses what
 * it does not know by its name.
 */
final class Parts {
    /** What a block computes. */
    private record BlockEquation(Block block) implements Equation {
        @Override
        public SDVariable define(SameDiff sd, List<SDVariable> inputs, Params p) {
            return block.apply(sd, inputs.get(0), p);
        }
    }

    private Parts() {}

    /** The parts of a network, in the order in which they are computed. */
    static List<Part> of(MultiLayerNetwork network, String input) {
        List<Part> parts = new ArrayList<>();
        DataType type = network.params().dataType();
        String below = input;
        for (int i = 0; i < network.getnLayers(); i++) {
            Layer layer = network.getLayer(i);
            String name = "layer" + i;
            InputPreProcessor before = network.getLayerWiseConfigurations().getInputPreProcess(i);
            parts.add(part(name, List.of(below), layer, before, i == network.getnLayers() - 1, type));
            below = name;
        }
        return parts;
    }

    /** The same for a graph. */
    static List<Part> of(ComputationGraph network) {
        List<Part> parts = new ArrayList<>();
        DataType type = network.params().dataType();
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
                parts.add(part(
                        name, inputs, layer.getLayer(), layer.getLayerPreProcessor(), outputs.contains(name), type));
            } else {
                parts.add(vertex(network, name, inputs, vertex));
            }
        }
        return parts;
    }

    private static Part vertex(ComputationGraph network, String name, List<String> inputs, GraphVertex vertex) {
        if (vertex instanceof BlockVertexRuntime ours) {
            return Part.vertex(name, inputs, ours.equation()::define)
                    .with(ours.paramTable(false), ours.gradientTable());
        }
        return Part.vertex(
                name,
                inputs,
                StockVertices.of(
                        name,
                        Objects.requireNonNull(
                                network.getConfiguration().getVertices().get(name))));
    }

    private static Part part(
            String name,
            List<String> inputs,
            Layer layer,
            @Nullable InputPreProcessor before,
            boolean output,
            DataType type) {
        if (layer instanceof BaseWrapperLayer) {
            throw refused(name, layer.getClass().getSimpleName());
        }
        org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
        if (layer instanceof RecurrentLayer) {
            throw refused(name, conf.getClass().getSimpleName());
        }
        Part.@Nullable LabelColumn indices = null;
        if (before instanceof LabelColumns columns && conf instanceof EmbeddingLayer embedding) {
            indices = new Part.LabelColumn(columns.column(), columns.columns(), (int) embedding.getNIn());
        } else if (before != null) {
            throw refused(name, before.getClass().getSimpleName());
        }
        Part part = ours(name, inputs, layer, conf);
        if (part == null) {
            part = StockLayers.of(name, inputs, layer, indices, type);
        }
        requireOutput(name, output, part.isOutput());
        return part;
    }

    /** A layer of ours; null for another one. */
    private static @Nullable Part ours(
            String name, List<String> inputs, Layer layer, org.deeplearning4j.nn.conf.layers.Layer conf) {
        if (conf instanceof HeadsConf heads) {
            return Part.layer(name, inputs, new BlockEquation(PlacedHead.block(heads.getNIn(), heads.heads())), layer)
                    .with(heads.views(layer.paramTable()), heads.views(StockLayers.gradients(layer)))
                    .with(new HeadLoss(heads.heads()));
        }
        if (conf instanceof BlockConf blocks && layer instanceof BlockRuntime && !(layer instanceof ImageRuntime)) {
            return Part.layer(name, inputs, new BlockEquation(blocks.block()), layer)
                    .with(blocks.views(layer.paramTable()), blocks.views(StockLayers.gradients(layer)));
        }
        return null;
    }

    private static void requireOutput(String name, boolean output, boolean hasLoss) {
        if (output != hasLoss) {
            throw refused(name, output ? "an output without a loss" : "a loss that is no output");
        }
    }

    /** What is said of a network with something that is not known. */
    static UnknownPartException refused(String name, String what) {
        return new UnknownPartException("a compiled trainer does not know " + what + " (\"" + name
                + "\"); train this network with its own fit(..)");
    }
}
