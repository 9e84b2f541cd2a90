package org.gatedepth.dl4j.probe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.gatedepth.block.Block;
import org.gatedepth.block.Member;
import org.gatedepth.block.Params;
import org.gatedepth.block.Traits;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The transform gates of a layer's blocks, as one function of what the layer reads. */
final class LayerGates {
    private static final String INPUT = "input";
    private static final String STEPS = "steps";

    /** The blocks from the first to the last that has gates. */
    private final List<ProbedBlock> blocks;

    private final List<Boolean> gated;
    private final CompiledFunction function;

    private final DataType type;

    private LayerGates(List<ProbedBlock> blocks, List<Boolean> gated, ProbedSite.Rows rows, DataType type) {
        this.blocks = blocks;
        this.gated = gated;
        this.type = type;
        Map<String, INDArray> params = new LinkedHashMap<>();
        for (ProbedBlock probed : blocks) {
            probed.params().forEach((name, array) -> params.put(probed.member().scope() + name, array));
        }
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(INPUT, new long[] {-1, blocks.get(0).block().inputSize()});
        boolean placed = rows != ProbedSite.Rows.ALONE;
        if (placed) {
            shapes.put(STEPS, rows == ProbedSite.Rows.STEPS ? new long[] {-1, -1} : new long[] {-1, -1, -1});
        }
        function = new CompiledFunction(type, shapes, List.of(), params, (sd, inputs, variables) -> {
            SDVariable steps = placed ? inputs.get(STEPS) : null;
            SDVariable[] gates = gates(sd, inputs.get(INPUT), steps, variables).toArray(SDVariable[]::new);
            return gates.length == 1 ? gates[0] : sd.concat(1, gates);
        });
    }

    /** Those of a layer; null if none of its blocks has gates. */
    static @Nullable LayerGates of(ProbedSite site, DataType type) {
        // The blocks of a stack are equal but for one or two.
        Map<Block, Boolean> known = new HashMap<>();
        List<Boolean> gated = site.blocks().stream()
                .map(probed -> known.computeIfAbsent(
                        probed.block(), block -> Traits.of(block).gated()))
                .toList();
        int end = gated.lastIndexOf(true) + 1;
        return end == 0 ? null : new LayerGates(site.blocks().subList(0, end), gated, site.rows(), type);
    }

    private List<SDVariable> gates(
            SameDiff sd, SDVariable x, @Nullable SDVariable steps, CompiledFunction.Variables variables) {
        List<SDVariable> gates = new ArrayList<>();
        SDVariable running = x;
        for (int i = 0; i < blocks.size(); i++) {
            Member member = blocks.get(i).member();
            Params own = params(member, steps, variables);
            if (gated.get(i)) {
                gates.add(Objects.requireNonNull(member.block().gate(sd, running, own)));
            }
            // The output of the last block would be an op that nothing reads.
            if (i < blocks.size() - 1) {
                running = member.block().apply(sd, running, own);
            }
        }
        return gates;
    }

    private static Params params(Member member, @Nullable SDVariable steps, CompiledFunction.Variables variables) {
        if (steps == null) {
            return name -> variables.get(member.scope() + name);
        }
        return new Params() {
            @Override
            public SDVariable get(String name) {
                return variables.get(member.scope() + name);
            }

            @Override
            public SDVariable steps() {
                return steps;
            }
        };
    }

    /**
     * The mean of each block's gates over its units and the rows.
     *
     * @param input what the layer reads
     * @param places of what the rows are steps or pixels; null for rows that stand alone
     * @return by the name of the block, from the lowest to the highest
     */
    Map<String, Double> means(INDArray input, @Nullable Places places) {
        Map<String, INDArray> read =
                places == null ? Map.of(INPUT, input) : Map.of(INPUT, input, STEPS, places.shape(type));
        INDArray columns = function.infer(read).mean(0);
        Map<String, Double> means = new LinkedHashMap<>();
        long at = 0;
        for (int i = 0; i < blocks.size(); i++) {
            if (gated.get(i)) {
                long units = blocks.get(i).block().outputSize();
                double sum = 0;
                for (long unit = 0; unit < units; unit++) {
                    sum += columns.getDouble(at + unit);
                }
                means.put(blocks.get(i).name(), sum / units);
                at += units;
            }
        }
        return means;
    }
}
