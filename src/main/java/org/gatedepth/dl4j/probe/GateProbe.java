package org.gatedepth.dl4j.probe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Measures the transform gates of a network on a copy of it. */
public final class GateProbe {
    private final NetworkProbe copy;
    /** The gates of layers by the layer's name. */
    private final Map<String, LayerGates> layers = new LinkedHashMap<>();

    private boolean hasVertices;

    private GateProbe(NetworkProbe copy) {
        this.copy = copy;
        for (ProbedSite site : copy.sites()) {
            ProbedVertex vertex = site.vertex();
            LayerGates gates = vertex == null ? LayerGates.of(site, copy.type()) : null;
            if (gates != null) {
                layers.put(site.name(), gates);
            }
            hasVertices |= vertex != null && vertex.hasGates();
        }
    }

    /**
     * A measure on a copy of a network.
     *
     * @return null if there are no gates
     * @throws IllegalArgumentException if the network is not initialised
     */
    public static @Nullable GateProbe of(MultiLayerNetwork network) {
        return of(NetworkProbe.ofAny(network));
    }

    /** The same for a graph. */
    public static @Nullable GateProbe of(ComputationGraph network) {
        return of(NetworkProbe.ofAny(network));
    }

    private static @Nullable GateProbe of(NetworkProbe copy) {
        GateProbe probe = new GateProbe(copy);
        return probe.layers.isEmpty() && !probe.hasVertices ? null : probe;
    }

    /**
     * The mean of each block's gates over its units and the rows.
     *
     * @param params the parameters of the network now
     * @param features its inputs
     * @return by the name of the block, in the order of computation
     */
    public Map<String, Double> means(INDArray params, INDArray... features) {
        copy.assign(params);
        copy.forward(features);
        Map<String, Double> means = new LinkedHashMap<>();
        for (ProbedSite site : copy.sites()) {
            ProbedVertex vertex = site.vertex();
            LayerGates gates = layers.get(site.name());
            if (gates != null) {
                means.putAll(gates.means(site.inputs().get(0), site.places()));
            } else if (vertex != null && vertex.hasGates()) {
                means.put(
                        site.name(),
                        Objects.requireNonNull(vertex.gates(site.inputs()))
                                .meanNumber()
                                .doubleValue());
            }
            site.forget();
        }
        return Collections.unmodifiableMap(means);
    }
}
