package org.gatedepth.block;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Blocks side by side, {@code y = [B_1(x_1), …, B_k(x_k)]}: each reads a range of the columns of x.
 *
 * <p>The parameters of a part stand below its name, such as {@code main/W}.
 *
 * @param inputSize features of x
 * @param parts at least one
 */
public record Heads(long inputSize, List<Part> parts) implements Block {

    /**
     * One of the blocks.
     *
     * @param name its scope; empty for none
     * @param from its first column of x
     * @param block the block
     */
    public record Part(String name, long from, Block block) {
        /**
         * The block's output.
         *
         * @param sd the graph
         * @param own the columns that it reads
         * @param p the parameters of all parts
         */
        public SDVariable apply(SameDiff sd, SDVariable own, Params p) {
            return block.apply(sd, own, name.isEmpty() ? p : p.scoped(name));
        }
    }

    /** Checks that the ranges lie within x. */
    public Heads {
        parts = List.copyOf(parts);
        Checks.positive("number of parts", parts.size());
        for (Part part : parts) {
            long to = part.from() + part.block().inputSize();
            if (part.from() < 0 || to > inputSize) {
                throw new IllegalArgumentException("head \"" + part.name() + "\" reads the columns " + part.from()
                        + " to " + to + ", but there are " + inputSize);
            }
        }
    }

    @Override
    public long outputSize() {
        return parts.stream().mapToLong(part -> part.block().outputSize()).sum();
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = new ArrayList<>();
        for (Part part : parts) {
            List<ParamSpec> own = part.block().params();
            params.addAll(part.name().isEmpty() ? own : Skips.withScope(part.name(), own));
        }
        return params;
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
        List<SDVariable> outputs = outputs(sd, x, p);
        return outputs.size() == 1 ? outputs.get(0) : sd.concat(1, outputs.toArray(new SDVariable[0]));
    }

    /** The output of each part. */
    public List<SDVariable> outputs(SameDiff sd, SDVariable x, Params p) {
        return parts.stream()
                .map(part ->
                        part.apply(sd, columns(sd, x, part.from(), part.block().inputSize()), p))
                .toList();
    }

    @Override
    public List<Member> members() {
        List<Member> members = new ArrayList<>();
        for (Part part : parts) {
            members.add(new Member(
                    members.size() + 1, part.name().isEmpty() ? "" : part.name() + "/", part.block(), false));
        }
        return members;
    }

    private SDVariable columns(SameDiff sd, SDVariable x, long from, long count) {
        return count == inputSize ? x : sd.slice(x, new int[] {0, (int) from}, -1, (int) count);
    }
}
