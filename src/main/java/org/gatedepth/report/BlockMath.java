package org.gatedepth.report;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.gatedepth.block.Block;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.DenseSkipBlock;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.WeightedSkipBlock;
import org.gatedepth.dl4j.ProbedSite.Opened;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * One block at a time: its output, its vector-Jacobian product, and the part of both that passes its skip.
 *
 * <p>Blocks that are equal share one compiled function, which reads their parameters as inputs. All arrays are {@code [rows,
 * size]}, and those that are returned belong to the caller.
 */
final class BlockMath {
    private static final String INPUT = "x";
    private final DataType type;
    private final Map<Block, CompiledFunction> blocks = new HashMap<>();
    private final Map<HighwayBlock, CompiledFunction> gates = new HashMap<>();

    BlockMath(DataType type) {
        this.type = type;
    }

    /** The output. */
    INDArray output(Opened opened, INDArray x) {
        return block(opened).infer(inputs(opened, x)).dup();
    }

    /** The gradient with respect to {@code x} of {@code sum(output · g)}. */
    INDArray backward(Opened opened, INDArray x, INDArray g) {
        CompiledFunction function = block(opened);
        function.forward(inputs(opened, x));
        return Objects.requireNonNull(function.backward(g).get(INPUT)).dup();
    }

    /** The transform gates of a highway block. */
    INDArray gates(Opened opened, INDArray x) {
        HighwayBlock highway = (HighwayBlock) opened.block();
        return gates.computeIfAbsent(
                        highway, block -> function(block, (sd, in, p) -> block.gate(sd, in.get(INPUT), in::get)))
                .infer(inputs(opened, x))
                .dup();
    }

    private CompiledFunction block(Opened opened) {
        return blocks.computeIfAbsent(
                opened.block(), block -> function(block, (sd, in, p) -> block.apply(sd, in.get(INPUT), in::get)));
    }

    private CompiledFunction function(Block block, CompiledFunction.Body body) {
        Map<String, long[]> inputs = new LinkedHashMap<>();
        inputs.put(INPUT, new long[] {-1, block.inputSize()});
        for (ParamSpec spec : block.params()) {
            inputs.put(spec.name(), spec.shape());
        }
        return new CompiledFunction(type, inputs, List.of(INPUT), Map.of(), body);
    }

    private static Map<String, INDArray> inputs(Opened opened, INDArray x) {
        Map<String, INDArray> inputs = new HashMap<>();
        for (ParamSpec spec : opened.block().params()) {
            inputs.put(spec.name(), param(opened, spec.name()));
        }
        inputs.put(INPUT, x);
        return inputs;
    }

    /** A parameter by the block's name for it. */
    static INDArray param(Opened opened, String name) {
        return Objects.requireNonNull(opened.params().get(name), name);
    }

    /**
     * What the block hands on when its transform is bypassed.
     *
     * @return null where it cannot be bypassed: a plain block that changes the size, or a projection
     */
    static @Nullable INDArray bypass(Opened opened, INDArray x) {
        Block block = opened.block();
        if (block instanceof HighwayBlock) {
            return carry(opened, x);
        }
        if (block instanceof WeightedSkipBlock weighted) {
            return scaled(carry(opened, x), alpha(opened, weighted));
        }
        if (block instanceof DenseSkipBlock dense) {
            INDArray nothing =
                    Nd4j.zeros(x.dataType(), x.size(0), dense.transform().outputSize());
            return Nd4j.concat(1, x, nothing);
        }
        return isPlain(opened) && block.inputSize() == block.outputSize() ? x : null;
    }

    /**
     * What the block hands on from its input while its transform works: a highway block {@code (1 − T)·C}.
     *
     * @return null for a block without a skip
     */
    @Nullable
    INDArray skip(Opened opened, INDArray x) {
        if (opened.block() instanceof HighwayBlock) {
            return carry(opened, x).mul(gates(opened, x).rsub(1));
        }
        return isPlain(opened) ? null : bypass(opened, x);
    }

    /**
     * The part of {@link #backward} that passes the skip, the gates taken as constants.
     *
     * @return null for a block without a skip
     */
    @Nullable
    INDArray skipBackward(Opened opened, INDArray x, INDArray g) {
        Block block = opened.block();
        if (block instanceof HighwayBlock) {
            return carryBackward(opened, g.mul(gates(opened, x).rsub(1)));
        }
        if (block instanceof WeightedSkipBlock weighted) {
            return carryBackward(opened, scaled(g, alpha(opened, weighted)));
        }
        if (block instanceof DenseSkipBlock) {
            return g.get(NDArrayIndex.all(), NDArrayIndex.interval(0, block.inputSize()))
                    .dup('c');
        }
        return null;
    }

    private static boolean isPlain(Opened opened) {
        return opened.block() instanceof DenseBlock;
    }

    private static INDArray carry(Opened opened, INDArray x) {
        INDArray projection = opened.params().get("C/W");
        return projection == null ? x : x.mmul(projection);
    }

    private static INDArray carryBackward(Opened opened, INDArray g) {
        INDArray projection = opened.params().get("C/W");
        return projection == null ? g : g.mmul(projection.transpose());
    }

    /** The weight of the skip, {@code [1, 1]} or {@code [1, size]}. */
    static INDArray alpha(Opened opened, WeightedSkipBlock block) {
        return block.learnSkip() ? param(opened, "alpha") : constant(opened, block.alpha());
    }

    /** The weight of the branch, {@code [1, 1]} or {@code [1, size]}. */
    static INDArray beta(Opened opened, WeightedSkipBlock block) {
        INDArray learned = opened.params().get("beta");
        return learned == null ? constant(opened, block.beta()) : learned;
    }

    private static INDArray constant(Opened opened, double value) {
        return Nd4j.valueArrayOf(new long[] {1, 1}, value, param(opened, "F/W").dataType());
    }

    private static INDArray scaled(INDArray rows, INDArray weights) {
        return weights.length() == 1 ? rows.mul(weights.getDouble(0)) : rows.mulRowVector(weights);
    }
}
