package org.gatedepth.report.measure;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Member;
import org.gatedepth.dl4j.network.Wrappers;
import org.gatedepth.dl4j.runtime.BlockConf;
import org.gatedepth.dl4j.runtime.HeadsConf;

/**
 * Where a block stands in a network.
 *
 * @param name its name in reports
 * @param holder name of the layer that holds it
 * @param member the block and its place in the layer
 * @param layer the layer, without what freezes or wraps it
 * @param conf the configuration of that
 */
public record BlockPlace(String name, String holder, Member member, Layer layer, NeuralNetConfiguration conf) {

    /** The blocks of a network from its input on, those of frozen layers among them. */
    public static List<BlockPlace> of(Model network) {
        if ((network instanceof MultiLayerNetwork layers && !layers.isInitCalled())
                || (network instanceof ComputationGraph graph && graph.getVertices() == null)) {
            throw new IllegalArgumentException(
                    "the network is not initialised: call init() on it, or load a trained one");
        }
        List<BlockPlace> places = new ArrayList<>();
        if (network instanceof MultiLayerNetwork layers) {
            for (int i = 0; i < layers.getnLayers(); i++) {
                NeuralNetConfiguration conf =
                        layers.getLayerWiseConfigurations().getConf(i);
                add(places, layerName(conf, i), layers.getLayer(i));
            }
        } else if (network instanceof ComputationGraph graph) {
            for (int index : graph.topologicalSortOrder()) {
                GraphVertex vertex = graph.getVertices()[index];
                if (vertex.hasLayer()) {
                    add(places, vertex.getVertexName(), vertex.getLayer());
                }
            }
        } else {
            throw new IllegalArgumentException("blocks are known in a MultiLayerNetwork and a ComputationGraph, got a "
                    + network.getClass().getSimpleName());
        }
        return places;
    }

    /** The name of a layer in a {@code MultiLayerNetwork}. */
    public static String layerName(NeuralNetConfiguration conf, int index) {
        return Wrappers.name(conf.getLayer(), index);
    }

    private static void add(List<BlockPlace> places, String holder, Layer wrapped) {
        Layer layer = Wrappers.unwrapped(wrapped);
        NeuralNetConfiguration conf = layer.conf();
        if (conf.getLayer() instanceof BlockConf blocks && !(blocks instanceof HeadsConf)) {
            for (Member member : blocks.block().members()) {
                if (!member.isProjection()) {
                    places.add(new BlockPlace(member.name(holder), holder, member, layer, conf));
                }
            }
        }
    }

    /** Its number in the stack that holds it, from 1; 0 for a layer of its own. */
    public int number() {
        return member.scope().isEmpty() ? 0 : member.number();
    }
}
