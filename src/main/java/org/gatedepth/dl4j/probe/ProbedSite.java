package org.gatedepth.dl4j.probe;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.gatedepth.block.Block;
import org.gatedepth.dl4j.network.Wrappers;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.gatedepth.dl4j.runtime.BlockVertexRuntime;
import org.gatedepth.dl4j.runtime.HeadsRuntime;
import org.gatedepth.dl4j.runtime.ImageRuntime;
import org.gatedepth.dl4j.runtime.SequenceRuntime;
import org.gatedepth.dl4j.runtime.watch.Watcher;
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
    /** What the rows are that a layer reads. */
    public enum Rows {
        /** Each is treated by itself. */
        ALONE,
        /** Steps of sequences. */
        STEPS,
        /** Pixels of images. */
        PIXELS
    }

    private final String name;
    private final @Nullable String below;
    private final List<ProbedBlock> blocks;
    private final DataType type;
    private final @Nullable ProbedVertex vertex;
    private List<INDArray> inputs = List.of();
    /** Of what the rows that were read are steps or pixels; null for rows that stand alone. */
    private @Nullable Places places;

    private @Nullable INDArray gradient;
    /** 0 for rows that do not count; null where all do. */
    private double @Nullable [] mask;
    /** The rows that count; null for all. */
    private int @Nullable [] counted;
    /** For each row the row of the labels; null where there is none for each. */
    private int @Nullable [] labelRows;
    /** Whether the steps of the first example come first. */
    private final boolean examplesFirst;

    private final Rows rows;

    private @Nullable Function<List<INDArray>, INDArray> replacement;

    private ProbedSite(
            String name,
            @Nullable String below,
            List<ProbedBlock> blocks,
            @Nullable ProbedVertex vertex,
            DataType type,
            boolean examplesFirst,
            Rows rows) {
        this.name = name;
        this.type = type;
        this.below = below;
        this.blocks = List.copyOf(blocks);
        this.vertex = vertex;
        this.examplesFirst = examplesFirst;
        this.rows = rows;
    }

    /** A layer, as it stands in its network; null for one that has no blocks. */
    static @Nullable ProbedSite of(String name, @Nullable String below, Layer wrapped, DataType type) {
        Layer layer = Wrappers.unwrapped(wrapped);
        if (layer instanceof SequenceRuntime runtime) {
            List<ProbedBlock> blocks = blocks(name, runtime.block(), runtime.named());
            ProbedSite site = new ProbedSite(name, below, blocks, null, type, false, Rows.STEPS);
            runtime.watch(site.new Eye(runtime::getMaskArray, rows -> Places.of(runtime, rows, type)));
            return site;
        }
        if (!(layer instanceof BlockRuntime runtime) || layer instanceof HeadsRuntime) {
            return null;
        }
        List<ProbedBlock> blocks = blocks(name, runtime.block(), runtime.named());
        if (layer instanceof ImageRuntime images) {
            ProbedSite site = new ProbedSite(name, below, blocks, null, type, false, Rows.PIXELS);
            images.watch(site.new Eye(() -> null, rows -> Places.of(images)));
            return site;
        }
        ProbedSite site =
                new ProbedSite(name, below, blocks, null, type, Wrappers.laysOutExamples(wrapped), Rows.ALONE);
        runtime.watch(site.new Eye(runtime::getMaskArray, rows -> null));
        return site;
    }

    private static List<ProbedBlock> blocks(String name, Block block, Map<String, INDArray> params) {
        return block.members().stream()
                .map(member -> new ProbedBlock(member.name(name), member, member.own(params)))
                .toList();
    }

    static ProbedSite of(String name, BlockVertexRuntime runtime, boolean channelsLast, DataType type) {
        ProbedVertex vertex = new ProbedVertex(runtime, channelsLast);
        ProbedSite site = new ProbedSite(name, null, List.of(), vertex, type, false, Rows.ALONE);
        runtime.watch(site.new Eye(() -> null, rows -> null));
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

    /** What the rows are that it reads. */
    public Rows rows() {
        return rows;
    }

    /**
     * Of what the rows that were read at the last pass are steps or pixels; null for a layer that treats each row
     * alone.
     */
    public @Nullable Places places() {
        return places;
    }

    /** The gradient with respect to the output at the last backward pass; null where none came here. */
    public @Nullable INDArray gradient() {
        return gradient;
    }

    /**
     * The rows that count at the last backward pass.
     *
     * @param rows an array {@code [rows, features]} with a row for each that the layer read
     */
    public INDArray counted(INDArray rows) {
        return counted == null ? rows : rows.getRows(counted);
    }

    /** The rows that count at the last backward pass, of so many. */
    public int[] counted(int rows) {
        return counted == null ? IntStream.range(0, rows).toArray() : counted.clone();
    }

    /** For each row that counts the row of the labels that belongs to it; null where there is none for each. */
    public int @Nullable [] labelRows() {
        int[] all = labelRows;
        return all == null || counted == null
                ? all
                : IntStream.of(counted).map(row -> all[row]).toArray();
    }

    /** Sets the mask that came to a vertex. */
    void mask(INDArray coming) {
        mask = LabelRows.flat(coming);
    }

    /** Finds the rows that count: those of the mask that came here, and where there is none, those of the labels. */
    void settle(LabelRows labels) {
        int count = vertex == null ? (int) inputs.get(0).size(0) : vertex.rows(inputs.get(0));
        labelRows = rows == Rows.PIXELS
                ? labels.ofPixels(count, (int) Objects.requireNonNull(places).count())
                : labels.of(count, examplesFirst);
        double[] own = mask != null && mask.length == count ? mask : null;
        if (own != null && examplesFirst && labels.examples() > 1 && count > labels.examples()) {
            throw new IllegalArgumentException("Deeplearning4j's TimeDistributed applies a mask to the wrong steps of a"
                    + " minibatch: put the layer \"" + name
                    + "\" into the network without TimeDistributed, since layers"
                    + " of Gatedepth treat each step by itself");
        }
        double[] given = labels.weights();
        int[] at = labelRows;
        if (own == null && (given == null || at == null)) {
            counted = null;
            return;
        }
        counted = IntStream.range(0, count)
                .filter(row ->
                        (own != null ? own[row] : Objects.requireNonNull(given)[Objects.requireNonNull(at)[row]]) != 0)
                .toArray();
        if (counted.length == 0) {
            throw new IllegalArgumentException("the mask of the features is 0 everywhere at \"" + name
                    + "\", so no step counts: give at least one step that does");
        }
        counted = counted.length == count ? null : counted;
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
        private final Supplier<@Nullable INDArray> masks;
        private final LongFunction<@Nullable Places> all;

        Eye(Supplier<@Nullable INDArray> masks, LongFunction<@Nullable Places> all) {
            this.masks = masks;
            this.all = all;
        }

        @Override
        public @Nullable INDArray read(boolean training, INDArray... arrays) {
            inputs = List.of(kept(arrays));
            places = all.apply(arrays[0].size(0));
            INDArray coming = masks.get();
            mask = coming == null ? mask : LabelRows.flat(coming);
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
        places = null;
        gradient = null;
        mask = null;
        counted = null;
        labelRows = null;
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
