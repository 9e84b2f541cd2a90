package org.gatedepth.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Connection;
import org.gatedepth.plan.CompiledFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far the transform gates of a network's {@link GatedStack}s are open, in inference mode.
 *
 * <p>It can be asked again while the network trains: it reads the parameters of the moment.
 */
public final class TransformGates {

    /** The gates of one stack, and where its input comes from. */
    private record Part(String input, CompiledFunction gates, int blocks) {}

    private final ComputationGraph network;
    private final List<Part> parts = new ArrayList<>();

    /**
     * Finds the gates.
     *
     * @param network an initialised network; stacks of other connections than {@link Connection#HIGHWAY} have no gates
     */
    public TransformGates(ComputationGraph network) {
        this.network = network;
        for (int vertex : network.topologicalSortOrder()) {
            String name = network.getVertices()[vertex].getVertexName();
            if (network.getVertices()[vertex].getLayer() instanceof BlockRuntime runtime
                    && runtime.blockLayer() instanceof GatedStack stack
                    && stack.getConnection() == Connection.HIGHWAY) {
                String input = Objects.requireNonNull(
                                network.getConfiguration().getVertexInputs().get(name))
                        .get(0);
                parts.add(new Part(input, runtime.gates(), stack.getDepth()));
            }
        }
    }

    /**
     * The mean of each block's gates over its units and the rows.
     *
     * @param features the inputs of the network
     * @return one number in (0, 1) a block, from the lowest to the highest: 0 carries the input, 1 replaces it; empty if the
     *     network has no gates
     */
    public List<Double> means(INDArray... features) {
        List<Double> means = new ArrayList<>();
        if (parts.isEmpty()) {
            return means;
        }
        Map<String, INDArray> activations = network.feedForward(features, false);
        for (Part part : parts) {
            INDArray gates = part.gates().infer(Map.of(BlockRuntime.INPUT, activations.get(part.input())));
            INDArray columns = gates.mean(0);
            long units = columns.length() / part.blocks();
            for (int block = 0; block < part.blocks(); block++) {
                double sum = 0;
                for (long unit = 0; unit < units; unit++) {
                    sum += columns.getDouble(block * units + unit);
                }
                means.add(sum / units);
            }
        }
        return means;
    }
}
