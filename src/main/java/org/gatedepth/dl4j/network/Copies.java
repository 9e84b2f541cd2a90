package org.gatedepth.dl4j.network;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Networks to compute with in place of a user's own, whose inputs, masks and state stay as they are.
 *
 * <p>ND4J's random generator stays as it was.
 */
public final class Copies {
    private Copies() {}

    /**
     * A graph with layers and vertices of its own.
     *
     * @param configuration the configuration, which is copied
     * @param params the parameters, which are not copied: the graph reads this very array; null to initialise them
     */
    public static ComputationGraph of(ComputationGraphConfiguration configuration, @Nullable INDArray params) {
        ComputationGraph copy = new ComputationGraph(configuration.clone());
        try (RandomState ignored = RandomState.keep()) {
            copy.init(params, false);
        }
        return copy;
    }

    /** The same for a list of layers. */
    public static MultiLayerNetwork of(MultiLayerConfiguration configuration, @Nullable INDArray params) {
        MultiLayerNetwork copy = new MultiLayerNetwork(configuration.clone());
        try (RandomState ignored = RandomState.keep()) {
            copy.init(params, false);
        }
        return copy;
    }

    /**
     * Copies of features, to be given to a network in the place of a caller's.
     *
     * <p>A workaround: in inference Deeplearning4j's {@code ActivationLayer} and {@code PReLULayer} write into what
     * they read when it is in no workspace, as a caller's arrays are.
     */
    public static INDArray[] of(INDArray... features) {
        INDArray[] copies = new INDArray[features.length];
        for (int i = 0; i < copies.length; i++) {
            copies[i] = features[i].dup();
        }
        return copies;
    }
}
