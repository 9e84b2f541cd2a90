package org.gatedepth.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.BlockLayer;
import org.gatedepth.dl4j.DenseSkipLayer;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.HighwayLayer;
import org.gatedepth.dl4j.WeightedSkipLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where a block stands in a network.
 *
 * @param name its name: {@code <layer>/<number from 1>} in a {@link GatedStack}, else that of its layer
 * @param holder name of the layer that holds it
 * @param number its number in the stack, from 1; 0 for a layer of its own
 * @param layer the layer
 * @param conf the configuration of the layer
 * @param scope what the names of its parameters begin with
 */
record BlockPlace(String name, String holder, int number, Layer layer, NeuralNetConfiguration conf, String scope) {

    /** The blocks of a network from its input on. Frozen layers are wrapped in others, and not among them. */
    static List<BlockPlace> of(Model network) {
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
                add(places, layerName(conf, i), layers.getLayer(i), conf);
            }
        } else if (network instanceof ComputationGraph graph) {
            for (int vertex : graph.topologicalSortOrder()) {
                String name = graph.getVertices()[vertex].getVertexName();
                if (graph.getConfiguration().getVertices().get(name) instanceof LayerVertex conf) {
                    add(places, name, graph.getLayer(name), conf.getLayerConf());
                }
            }
        } else {
            throw new IllegalArgumentException("blocks are known in a MultiLayerNetwork and a ComputationGraph, got a "
                    + network.getClass().getSimpleName());
        }
        return places;
    }

    /** The name of a layer in a {@code MultiLayerNetwork}. */
    static String layerName(NeuralNetConfiguration conf, int index) {
        String name = conf.getLayer().getLayerName();
        return name == null ? "layer" + index : name;
    }

    private static void add(List<BlockPlace> places, String holder, Layer layer, NeuralNetConfiguration conf) {
        if (conf.getLayer() instanceof GatedStack stack) {
            for (int number = 1; number <= stack.getDepth(); number++) {
                places.add(new BlockPlace(holder + "/" + number, holder, number, layer, conf, scope(stack, number)));
            }
        } else if (conf.getLayer() instanceof HighwayLayer
                || conf.getLayer() instanceof WeightedSkipLayer
                || conf.getLayer() instanceof DenseSkipLayer) {
            places.add(new BlockPlace(holder, holder, 0, layer, conf, ""));
        }
    }

    /** What the names of the parameters of that block begin with. */
    static String scope(GatedStack stack, int number) {
        return "b" + (stack.getNIn() == stack.getNOut() ? number - 1 : number) + "/";
    }

    /** Its parameters among all of its layer, {@link BlockLayer#views}, by their names in the block such as {@code H/W}. */
    Map<String, INDArray> own(Map<String, INDArray> views) {
        Map<String, INDArray> own = new LinkedHashMap<>();
        views.forEach((key, array) -> {
            if (key.startsWith(scope)) {
                own.put(key.substring(scope.length()), array);
            }
        });
        return own;
    }
}
