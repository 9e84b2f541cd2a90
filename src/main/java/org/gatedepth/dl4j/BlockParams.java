package org.gatedepth.dl4j;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Member;
import org.gatedepth.dl4j.network.Wrappers;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The parameters of one block inside a layer: of a {@link GatedStack}, which Deeplearning4j sees as two vectors, of a
 * {@link DeepSupervisionOutputLayer}, or of a layer that is a single block.
 *
 * <p>The arrays are views of the network's parameters: to read one copy it with {@code dup()}, to set one call
 * {@code assign(values)}. The next pass of the network uses what was assigned. Blocks have the numbers of the depth
 * report, from 1; 0 is the projection before the first block, where there is one. The blocks of an output layer are its
 * heads: 1 is the output, 2 the first auxiliary head.
 *
 * <pre>{@code
 * INDArray gateBias = BlockParams.of(graph, "stack", 3).get("T/b");
 * gateBias.assign(-2);
 * }</pre>
 */
public final class BlockParams {
    private BlockParams() {}

    /**
     * Those of a block in a graph.
     *
     * @param network the network
     * @param layer name of the layer
     * @param block number of the block
     * @return views by the names that the block gives its parameters, such as {@code H/W} and {@code T/b}
     * @throws IllegalArgumentException if there is no such layer, if it is not one of this project, and if it has no
     *     block of that number
     */
    public static Map<String, INDArray> of(ComputationGraph network, String layer, int block) {
        if (network.getVertex(layer) == null || !network.getVertex(layer).hasLayer()) {
            throw new IllegalArgumentException(
                    "the graph has no layer \"" + layer + "\", only " + names(network.getLayers()));
        }
        return of(network.getVertex(layer).getLayer(), layer, block);
    }

    /** The same in a list of layers, where the third is called "layer2" unless it was given a name. */
    public static Map<String, INDArray> of(MultiLayerNetwork network, String layer, int block) {
        for (Layer each : network.getLayers()) {
            if (layer.equals(name(each))) {
                return of(each, layer, block);
            }
        }
        throw new IllegalArgumentException(
                "the network has no layer \"" + layer + "\", only " + names(network.getLayers()));
    }

    private static Map<String, INDArray> of(Layer layer, String name, int block) {
        if (!(Wrappers.unwrapped(layer) instanceof BlockRuntime runtime)) {
            throw new IllegalArgumentException("layer \"" + name + "\" has no blocks: its class is "
                    + Wrappers.unwrapped(layer).getClass().getSimpleName());
        }
        List<Member> members = runtime.block().members();
        for (Member member : members) {
            if (member.number() == block) {
                return member.own(runtime.named());
            }
        }
        throw new IllegalArgumentException(
                "layer \"" + name + "\" has the blocks " + members.get(0).number() + " to "
                        + members.get(members.size() - 1).number() + ", got " + block);
    }

    private static @Nullable String name(Layer layer) {
        return Wrappers.unwrapped(layer).conf().getLayer().getLayerName();
    }

    private static String names(Layer[] layers) {
        return List.of(layers).stream().map(BlockParams::name).collect(Collectors.joining(", "));
    }
}
