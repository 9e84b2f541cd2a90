package org.gatedepth.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.gatedepth.block.Block;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A layer of blocks, or a vertex that joins branches, in a {@link NetworkProbe}: it keeps what the layer read and the gradient
 * that reached it, and can answer in its place.
 */
public final class ProbedSite {

    /**
     * One block of a layer.
     *
     * @param name its name in reports; empty for the projection of a stack
     * @param block its equation
     * @param params its parameters by the block's own names, as they are in the probe's copy of the network
     */
    public record Opened(String name, Block block, Map<String, INDArray> params) {

        /** Whether it is the map that brings the input of a stack to its width. */
        public boolean isProjection() {
            return name.isEmpty();
        }
    }

    private final String name;
    private final @Nullable String below;
    private final List<Opened> blocks;
    private final List<Integer> taps;
    private final @Nullable BlockVertex vertex;
    private final Map<String, INDArray> vertexParams;
    private List<INDArray> inputs = List.of();
    private @Nullable INDArray gradient;
    private @Nullable Function<List<INDArray>, INDArray> replacement;

    private ProbedSite(
            String name,
            @Nullable String below,
            List<Opened> blocks,
            List<Integer> taps,
            @Nullable BlockVertex vertex,
            Map<String, INDArray> vertexParams) {
        this.name = name;
        this.below = below;
        this.blocks = List.copyOf(blocks);
        this.taps = List.copyOf(taps);
        this.vertex = vertex;
        this.vertexParams = vertexParams;
    }

    static ProbedSite of(String name, @Nullable String below, BlockRuntime runtime) {
        BlockLayer layer = runtime.blockLayer();
        List<Opened> blocks = new ArrayList<>();
        List<Integer> taps = List.of();
        if (layer instanceof GatedStack gated) {
            List<Block> all = gated.stack(gated.getNIn()).blocks();
            int projections = all.size() - gated.getDepth();
            for (int i = 0; i < all.size(); i++) {
                String label = i < projections ? "" : name + "/" + (i - projections + 1);
                blocks.add(new Opened(label, all.get(i), scoped(runtime.named(), "b" + i + "/")));
            }
            taps = gated.getTaps().stream().map(tap -> tap - 1 + projections).toList();
        } else {
            blocks.add(new Opened(name, layer.block(), runtime.named()));
        }
        ProbedSite site = new ProbedSite(name, below, blocks, taps, null, Map.of());
        runtime.probe(site);
        return site;
    }

    static ProbedSite of(String name, BlockVertexRuntime runtime) {
        ProbedSite site =
                new ProbedSite(name, null, List.of(), List.of(), runtime.blockVertex(), runtime.paramTable(true));
        runtime.probe(site);
        return site;
    }

    private static Map<String, INDArray> scoped(Map<String, INDArray> params, String scope) {
        Map<String, INDArray> own = new LinkedHashMap<>();
        params.forEach((key, array) -> {
            if (key.startsWith(scope)) {
                own.put(key.substring(scope.length()), array);
            }
        });
        return own;
    }

    /** Name of the layer or vertex. */
    public String name() {
        return name;
    }

    /** Name of the layer that it reads directly; null where something stands between the two, and for a vertex. */
    public @Nullable String below() {
        return below;
    }

    /** The blocks from the input on; empty for a vertex. */
    public List<Opened> blocks() {
        return blocks;
    }

    /** Positions among {@link #blocks()} whose outputs stand before that of the last in the output. */
    public List<Integer> taps() {
        return taps;
    }

    /** The vertex; null for a layer. */
    public @Nullable BlockVertex vertex() {
        return vertex;
    }

    /** The parameters of a vertex. */
    public Map<String, INDArray> vertexParams() {
        return vertexParams;
    }

    /** What was read at the last pass: one array, or those that a vertex joins. */
    public List<INDArray> inputs() {
        return inputs;
    }

    /** The gradient with respect to the output at the last backward pass; null where none came here. */
    public @Nullable INDArray gradient() {
        return gradient;
    }

    /**
     * Answers in inference in place of the layer.
     *
     * @param function from what the layer reads to its output; null for the layer itself
     */
    public void replace(@Nullable Function<List<INDArray>, INDArray> function) {
        replacement = function;
    }

    /** Called by the layer before it answers; null where it shall answer itself. */
    @Nullable
    INDArray read(boolean training, INDArray... arrays) {
        inputs = List.of(kept(arrays));
        Function<List<INDArray>, INDArray> function = replacement;
        return training || function == null ? null : function.apply(inputs);
    }

    /** Called by the layer in the backward pass. */
    void received(INDArray epsilon) {
        gradient = kept(epsilon)[0];
    }

    void forget() {
        inputs = List.of();
        gradient = null;
    }

    /** Copies outside of Deeplearning4j's workspaces, which are used again. */
    private static INDArray[] kept(INDArray... arrays) {
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            INDArray[] copies = new INDArray[arrays.length];
            for (int i = 0; i < copies.length; i++) {
                copies[i] = Objects.requireNonNull(arrays[i]).dup('c');
            }
            return copies;
        }
    }
}
