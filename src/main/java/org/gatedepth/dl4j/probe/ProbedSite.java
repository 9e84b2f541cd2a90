package org.gatedepth.dl4j.probe;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.gatedepth.dl4j.runtime.BlockVertexRuntime;
import org.gatedepth.dl4j.runtime.Watcher;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A layer of blocks, or a vertex that joins branches, in a {@link NetworkProbe}: it keeps what the layer read and the
 * gradient that reached it, and can answer in its place.
 */
public final class ProbedSite {

    private final String name;
    private final @Nullable String below;
    private final List<ProbedBlock> blocks;
    private final DataType type;
    private final @Nullable ProbedVertex vertex;
    private List<INDArray> inputs = List.of();
    private @Nullable INDArray gradient;
    private @Nullable Function<List<INDArray>, INDArray> replacement;

    private ProbedSite(
            String name,
            @Nullable String below,
            List<ProbedBlock> blocks,
            @Nullable ProbedVertex vertex,
            DataType type) {
        this.name = name;
        this.type = type;
        this.below = below;
        this.blocks = List.copyOf(blocks);
        this.vertex = vertex;
    }

    static ProbedSite of(String name, @Nullable String below, BlockRuntime runtime, DataType type) {
        List<ProbedBlock> blocks = runtime.block().members().stream()
                .map(member -> new ProbedBlock(member.name(name), member, member.own(runtime.named())))
                .toList();
        ProbedSite site = new ProbedSite(name, below, blocks, null, type);
        runtime.watch(site.new Eye());
        return site;
    }

    static ProbedSite of(String name, BlockVertexRuntime runtime, DataType type) {
        ProbedSite site = new ProbedSite(name, null, List.of(), new ProbedVertex(runtime), type);
        runtime.watch(site.new Eye());
        return site;
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
    public List<ProbedBlock> blocks() {
        return blocks;
    }

    /** Whether the output holds those of some blocks before that of the last. */
    public boolean hasTaps() {
        return blocks.stream().anyMatch(block -> block.member().tapped());
    }

    /** The vertex; null for a layer. */
    public @Nullable ProbedVertex vertex() {
        return vertex;
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

    /** What the layer's runtime calls. */
    private final class Eye implements Watcher {
        @Override
        public @Nullable INDArray read(boolean training, INDArray... arrays) {
            inputs = List.of(kept(arrays));
            Function<List<INDArray>, INDArray> function = replacement;
            return training || function == null ? null : function.apply(inputs);
        }

        @Override
        public void received(INDArray epsilon) {
            gradient = kept(epsilon)[0];
        }
    }

    void forget() {
        inputs = List.of();
        gradient = null;
    }

    /** Copies in the network's type, outside of Deeplearning4j's workspaces, which are used again. */
    private INDArray[] kept(INDArray... arrays) {
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            INDArray[] copies = new INDArray[arrays.length];
            for (int i = 0; i < copies.length; i++) {
                copies[i] = Objects.requireNonNull(arrays[i]).castTo(type).dup('c');
            }
            return copies;
        }
    }
}
