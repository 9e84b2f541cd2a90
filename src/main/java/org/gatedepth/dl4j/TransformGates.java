package org.gatedepth.dl4j;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.probe.GateProbe;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far the transform gates of a network are open, in inference mode: those of {@link HighwayLayer},
 * {@link GatedStack}, {@link GatedConvolution2D}, {@link GatedResidualNetwork} and {@link HighwayGateVertex}, and of
 * any other block that has gates.
 *
 * <p>It can be asked again and again while the network trains. It measures on a copy, which is made once and takes the
 * parameters of the moment at each question, so that nothing changes in the network itself or in ND4J's random
 * generator.
 *
 * <pre>{@code
 * TransformGates gates = new TransformGates(network);
 * gates.byBlock(features);   // {stack/1=0.12, stack/2=0.08, ...}
 * }</pre>
 */
public final class TransformGates {
    private final Supplier<INDArray> params;
    /** The copy; null where there are no gates. */
    private final @Nullable GateProbe probe;

    /**
     * Finds the gates.
     *
     * @param network a network
     * @throws IllegalArgumentException if it is not initialised
     */
    public TransformGates(ComputationGraph network) {
        probe = GateProbe.of(network);
        params = network::params;
    }

    /**
     * Finds the gates.
     *
     * @param network a network
     * @throws IllegalArgumentException if it is not initialised
     */
    public TransformGates(MultiLayerNetwork network) {
        probe = GateProbe.of(network);
        params = network::params;
    }

    /**
     * The mean of each block's gates over its units and the rows, of images over channels, pixels and images.
     *
     * @param features the inputs of the network
     * @return one number in (0, 1) by the name that the block has in a depth report, in the order of computation: 0
     *     carries the input, 1 replaces it; empty if the network has no gates
     * @throws IllegalArgumentException if there are more or fewer inputs than the network has
     */
    public Map<String, Double> byBlock(INDArray... features) {
        return probe == null ? Map.of() : probe.means(params.get(), features);
    }

    /** The numbers of {@link #byBlock} alone. */
    public List<Double> means(INDArray... features) {
        return List.copyOf(byBlock(features).values());
    }
}
