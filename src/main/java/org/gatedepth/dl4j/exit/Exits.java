package org.gatedepth.dl4j.exit;

import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The heads of a network at which rows may leave, from the lowest to its output. */
public interface Exits {
    /** Names of the heads, that of the output last. */
    List<String> names();

    /** Whether predictions of sequences are {@code [minibatch, steps, classes]}. */
    boolean isChannelsLast();

    /**
     * The network at its beginning, for some rows or sequences.
     *
     * @param mask of the features; null for none
     */
    Trunk start(INDArray features, @Nullable INDArray mask);

    /** A network, as far as it has been computed for the rows that are still there. */
    interface Trunk {
        /** What a head predicts for the rows that are still there; heads are asked in their order. */
        INDArray prediction(int head);

        /** Goes on with some of the rows. */
        void keep(int[] rows);
    }

    /**
     * Some heads of a graph.
     *
     * @throws IllegalArgumentException for a name that is not an output with the classes of the first one, and outputs
     *     that are not a softmax
     */
    static Exits of(ComputationGraph network, List<String> heads) {
        return new GraphExits(network, heads);
    }

    /**
     * The heads on the taps of a network's last stack.
     *
     * @throws IllegalArgumentException for a network that does not end so, or whose output is not a softmax
     */
    static Exits of(MultiLayerNetwork network) {
        return new StackExits(network);
    }
}
