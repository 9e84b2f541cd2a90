package org.gatedepth.dl4j.network;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.layers.recurrent.TimeDistributedLayer;

/**
 * Looks into what Deeplearning4j wraps around layers and vertices: to freeze them, to run them at each time step, to
 * mask what they read. No other class asks for a wrapper.
 */
public final class Wrappers {
    private Wrappers() {}

    /** A layer without its wrappers. */
    public static org.deeplearning4j.nn.api.Layer unwrapped(org.deeplearning4j.nn.api.Layer layer) {
        return layer instanceof org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer wrapper
                ? unwrapped(wrapper.getUnderlying())
                : layer;
    }

    /** Whether a wrapper gives a layer the steps of the first example first, where others give the first steps. */
    public static boolean laysOutExamples(org.deeplearning4j.nn.api.Layer layer) {
        return layer instanceof org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer wrapper
                && (wrapper instanceof TimeDistributedLayer || laysOutExamples(wrapper.getUnderlying()));
    }

    /** The configuration of a layer without its wrappers. */
    public static Layer unwrapped(Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            return unwrapped(frozen.getLayer());
        }
        return layer instanceof BaseWrapperLayer wrapper ? unwrapped(wrapper.getUnderlying()) : layer;
    }

    /** Whether a layer's parameters are kept from training. */
    public static boolean isFrozen(Layer layer) {
        return layer instanceof FrozenLayer
                || layer instanceof FrozenLayerWithBackprop
                || (layer instanceof BaseWrapperLayer wrapper && isFrozen(wrapper.getUnderlying()));
    }

    /** The configuration of a vertex without its wrappers; a layer's vertex keeps those of its layer. */
    public static GraphVertex unwrapped(GraphVertex vertex) {
        return vertex instanceof FrozenVertex frozen ? unwrapped(frozen.getUnderlying()) : vertex;
    }

    /** The name of a layer in a {@code MultiLayerNetwork}: its own, else {@code layer} and its index. */
    public static String name(Layer layer, int index) {
        String name = unwrapped(layer).getLayerName();
        return name == null ? "layer" + index : name;
    }

    /**
     * Gives the copy of a configuration wrapped layers of its own.
     *
     * <p>A workaround: {@code clone()} of Deeplearning4j's wrappers shares the layer within, such as that of
     * {@code TimeDistributed} and {@code LastTimeStep}, so that a change of the copy would change the network.
     *
     * @param conf what {@code clone()} gave, which is changed
     */
    public static void unshare(MultiLayerConfiguration conf) {
        conf.getConfs().forEach(Wrappers::unshare);
    }

    /** The same for a graph. */
    public static void unshare(ComputationGraphConfiguration conf) {
        for (GraphVertex vertex : conf.getVertices().values()) {
            if (unwrapped(vertex) instanceof LayerVertex layer) {
                unshare(layer.getLayerConf());
            }
        }
    }

    private static void unshare(NeuralNetConfiguration conf) {
        conf.setLayer(copy(conf.getLayer()));
    }

    private static Layer copy(Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            FrozenLayer copy = new FrozenLayer(copy(frozen.getLayer()));
            copy.setLayerName(frozen.getLayerName());
            return copy;
        }
        Layer copy = layer.clone();
        if (copy instanceof BaseWrapperLayer wrapper) {
            wrapper.setUnderlying(copy(wrapper.getUnderlying()));
        } else if (copy instanceof Bidirectional both) {
            both.setFwd(copy(both.getFwd()));
            both.setBwd(copy(both.getBwd()));
        }
        return copy;
    }

    /**
     * Takes off what freezes layers and vertices; other wrappers stay.
     *
     * @param conf the configuration of a network, which is changed
     */
    public static void thaw(MultiLayerConfiguration conf) {
        conf.getConfs().forEach(Wrappers::thaw);
    }

    /** The same for a graph. */
    public static void thaw(ComputationGraphConfiguration conf) {
        conf.getVertices().replaceAll((name, vertex) -> unwrapped(vertex));
        for (GraphVertex vertex : conf.getVertices().values()) {
            if (vertex instanceof LayerVertex layer) {
                thaw(layer.getLayerConf());
            }
        }
    }

    private static void thaw(NeuralNetConfiguration conf) {
        conf.setLayer(thawed(conf.getLayer()));
    }

    private static Layer thawed(Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            return thawed(frozen.getLayer());
        }
        if (layer instanceof FrozenLayerWithBackprop frozen) {
            return thawed(frozen.getUnderlying());
        }
        if (layer instanceof BaseWrapperLayer wrapper) {
            wrapper.setUnderlying(thawed(wrapper.getUnderlying()));
        }
        return layer;
    }
}
