package org.gatedepth.block.depth;

import java.util.ArrayList;
import java.util.List;
import org.gatedepth.block.Block;
import org.gatedepth.block.Checks;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Params;
import org.gatedepth.block.Skips;
import org.gatedepth.block.attention.NormalizedRows;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One block of a {@link DepthAttentionStack}: it reads the outputs x_0, …, x_(i−1) before it by attention, and gives
 * {@code x_i = a + F(a)} with {@code a = Σ_j α_j·x_j}.
 *
 * <p>{@code α = softmax_j(q·N(x_j)/√d + b_j)} for each row and head, with the query {@code q = N(x_(i−1))·W + b}.
 * {@code N} normalises each row. The bias b_j is {@code c_j}, and for the latest output {@code c_(i−1) + ln(9·(i −
 * 1))}. As a function of one matrix the block reads {@code [x_0, …, x_(i−1)]} and gives {@code [x_0, …, x_i]}, or x_i
 * alone where it is the last.
 *
 * <ul>
 *   <li>{@code Q/W [size, size], Q/b [1, size]}: the query, 0 at first
 *   <li>{@code c [1, before]}: 0 at first. With a query of 0 the latest output then has a weight of .9, and the others
 *       share .1. A block that reads one output has no query and no c
 *   <li>{@code F/W, F/b} (and {@code F/gain, F/shift}): those of the transform
 * </ul>
 *
 * @param transform {@code F}, of as many outputs as inputs
 * @param before number of outputs that it reads
 * @param heads parts of the features, each with weights of its own
 * @param last whether it gives its own output alone
 */
public record DepthAttentionBlock(DenseBlock transform, int before, int heads, boolean last) implements Block {
    /** Weight of the latest output at first, where there are others. */
    private static final double LATEST = 0.9;

    private static final String BIAS = "c";

    /** Checks the sizes. */
    public DepthAttentionBlock {
        Checks.positive("number of outputs that a block reads", before);
        Checks.positive("heads", heads);
        if (transform.inputSize() != transform.outputSize()) {
            throw new IllegalArgumentException("the transform must have as many outputs as inputs, got "
                    + transform.inputSize() + " and " + transform.outputSize());
        }
        if (transform.outputSize() % heads != 0) {
            throw new IllegalArgumentException("heads must divide nOut = " + transform.outputSize() + ", got " + heads);
        }
    }

    private long size() {
        return transform.outputSize();
    }

    @Override
    public long inputSize() {
        return before * size();
    }

    @Override
    public long outputSize() {
        return last ? size() : inputSize() + size();
    }

    @Override
    public long growth() {
        return last ? 0 : size();
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = new ArrayList<>();
        if (before > 1) {
            params.add(new ParamSpec("Q/W", ParamSpec.Role.WEIGHT, size(), size(), new ParamSpec.Init.Constant(0)));
            params.add(ParamSpec.bias("Q/b", size(), 0));
            params.add(ParamSpec.bias(BIAS, before, 0));
        }
        params.addAll(Skips.withScope("F", transform.params()));
        return params;
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
        List<SDVariable> outputs = outputsIn(sd, x);
        return after(sd, x, output(sd, read(sd, outputs, keys(sd, outputs), p), p));
    }

    /** What other blocks read as the key of an output. */
    static SDVariable key(SameDiff sd, SDVariable output) {
        return new NormalizedRows(sd, output).outputVariable();
    }

    private List<SDVariable> keys(SameDiff sd, List<SDVariable> outputs) {
        return before == 1 ? List.of() : outputs.stream().map(x -> key(sd, x)).toList();
    }

    /**
     * What the block reads, {@code a}.
     *
     * @param outputs x_0, …, x_(i−1)
     * @param keys their {@link #key}s; not read where there is one output
     */
    SDVariable read(SameDiff sd, List<SDVariable> outputs, List<SDVariable> keys, Params p) {
        if (before == 1) {
            return outputs.get(0);
        }
        SDVariable query = keys.get(before - 1).mmul(p.get("Q/W")).add(p.get("Q/b"));
        return DepthRead.of(sd, query, bias(sd, p), keys, outputs, heads)[0];
    }

    private SDVariable bias(SameDiff sd, Params p) {
        SDVariable c = p.get(BIAS);
        INDArray first = Nd4j.zeros(c.dataType(), 1, before);
        first.putScalar(0, before - 1, Math.log(LATEST / (1 - LATEST) * (before - 1)));
        return c.add(sd.constant(first));
    }

    /** {@code a + F(a)}. */
    SDVariable output(SameDiff sd, SDVariable read, Params p) {
        return read.add(transform.apply(sd, read, p.scoped("F")));
    }

    /** The block's output beside those before it, or alone. */
    private SDVariable after(SameDiff sd, SDVariable x, SDVariable output) {
        return last ? output : sd.concat(1, x, output);
    }

    private List<SDVariable> outputsIn(SameDiff sd, SDVariable x) {
        List<SDVariable> outputs = new ArrayList<>();
        for (int j = 0; j < before; j++) {
            int from = Math.toIntExact(j * size());
            outputs.add(before == 1 ? x : sd.slice(x, new int[] {0, from}, -1, (int) size()));
        }
        return outputs;
    }

    /** What it reads in place of its output: {@code x_i = a}. */
    @Override
    public SDVariable bypass(SameDiff sd, SDVariable x, Params p) {
        List<SDVariable> outputs = outputsIn(sd, x);
        return after(sd, x, read(sd, outputs, keys(sd, outputs), p));
    }

    /** {@code x_i = a} with the weights of the attention as constants. */
    @Override
    public SDVariable skip(SameDiff sd, SDVariable x, Params p) {
        List<SDVariable> outputs = outputsIn(sd, x);
        List<SDVariable> keys =
                keys(sd, outputs).stream().map(key -> Skips.constant(sd, key)).toList();
        return after(sd, x, read(sd, outputs, keys, p));
    }
}
