package org.gatedepth.block;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.NameScope;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Blocks one after the other, {@code y = B_k(…B_1(B_0(x)))}.
 *
 * <p>The parameters of block {@code i} stand below the scope {@code b<i>}, such as {@code b3/H/W}. A projection at
 * {@code b0} ({@link #isProjection}) is not counted among the blocks: the number of the next one is 1, as it is without
 * a projection.
 *
 * @param blocks at least one; the output size of each is the input size of the next
 */
public record Stack(List<Block> blocks) implements Block {

    /** Checks that the sizes fit. */
    public Stack {
        blocks = List.copyOf(blocks);
        Checks.positive("number of blocks", blocks.size());
        for (int i = 1; i < blocks.size(); i++) {
            long before = blocks.get(i - 1).outputSize();
            if (blocks.get(i).inputSize() != before) {
                throw new IllegalArgumentException("block " + i + " reads "
                        + blocks.get(i).inputSize() + " features, but block " + (i - 1) + " gives " + before);
            }
        }
    }

    @Override
    public long inputSize() {
        return blocks.get(0).inputSize();
    }

    @Override
    public long outputSize() {
        return blocks.get(blocks.size() - 1).outputSize();
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            params.addAll(Skips.withScope(scope(i), blocks.get(i).params()));
        }
        return params;
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
        List<SDVariable> taps = taps(sd, x, p);
        return taps.get(taps.size() - 1);
    }

    /** The output of every block, the last one the output of the stack. */
    public List<SDVariable> taps(SameDiff sd, SDVariable x, Params p) {
        return taps(sd, x, p, 0, blocks.size());
    }

    /**
     * The output of every block of a part of the stack.
     *
     * @param sd the graph
     * @param x the input of the first of them
     * @param p the parameters of the whole stack
     * @param from the first block
     * @param to the position after the last block
     */
    public List<SDVariable> taps(SameDiff sd, SDVariable x, Params p, int from, int to) {
        List<SDVariable> taps = new ArrayList<>();
        SDVariable running = x;
        for (int i = from; i < to; i++) {
            String scope = scope(i);
            try (NameScope ignored = sd.withNameScope(scope)) {
                running = blocks.get(i).apply(sd, running, p.scoped(scope));
            }
            taps.add(running);
        }
        return taps;
    }

    @Override
    public List<Member> members() {
        return members(List.of());
    }

    List<Member> members(List<Integer> taps) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            int number = i + 1 - position(1);
            members.add(new Member(number, scope(i) + "/", blocks.get(i), taps.contains(i)));
        }
        return members;
    }

    /**
     * Where a block stands in {@link #blocks()}.
     *
     * @param number its number from 1, the projection not counted
     */
    public int position(int number) {
        return blocks.get(0).isProjection() ? number : number - 1;
    }

    /** What the names of a block's parameters begin with, by its place in {@link #blocks()}. */
    public static String scope(int position) {
        return "b" + position;
    }
}
