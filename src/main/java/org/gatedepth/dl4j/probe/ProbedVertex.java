package org.gatedepth.dl4j.probe;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.gatedepth.block.SkipCoefficients;
import org.gatedepth.dl4j.runtime.BlockVertexRuntime;
import org.gatedepth.dl4j.runtime.VertexEquation;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A vertex that joins branches, in the copy of a network that a {@link NetworkProbe} watches. */
public final class ProbedVertex {
    private final BlockVertexRuntime runtime;
    private final boolean channelsLast;
    private final boolean gated;
    private final Map<Key, CompiledFunction> functions = new HashMap<>();

    private record Key(boolean gate, int rank) {}

    ProbedVertex(BlockVertexRuntime runtime, boolean channelsLast) {
        this.runtime = runtime;
        this.channelsLast = channelsLast;
        gated = runtime.has(VertexEquation::gate);
    }

    /** Whether it has an output without its branch. */
    public boolean isBypassable() {
        return runtime.has(VertexEquation::bypass);
    }

    /**
     * What it hands on without its branch.
     *
     * @param inputs what it reads, in the order of its inputs
     */
    public INDArray bypassed(List<INDArray> inputs) {
        return infer(false, VertexEquation::bypass, inputs);
    }

    /** Whether it has transform gates. */
    public boolean hasGates() {
        return gated;
    }

    /**
     * Its transform gates as {@code [examples and places, units]}, of sequences the first step of all examples first;
     * null for none.
     *
     * @param inputs what it reads, in the order of its inputs
     */
    public @Nullable INDArray gates(List<INDArray> inputs) {
        return gated ? Channels.rows(infer(true, VertexEquation::gate, inputs), channelsLast) : null;
    }

    /** Number of examples and places of an input. */
    int rows(INDArray input) {
        return (int) (input.length() / input.size(channelsLast ? input.rank() - 1 : 1));
    }

    private INDArray infer(boolean gate, BlockVertexRuntime.Part part, List<INDArray> inputs) {
        int rank = inputs.get(0).rank();
        return functions
                .computeIfAbsent(new Key(gate, rank), key -> runtime.compile(part, rank))
                .infer(runtime.named(inputs))
                .dup();
    }

    /** The weights of its skip and its branch; null for none. */
    public @Nullable SkipCoefficients skipCoefficients() {
        return runtime.equation().skipCoefficients();
    }

    /** Its parameters by name. */
    public Map<String, INDArray> params() {
        return runtime.paramTable(true);
    }
}
