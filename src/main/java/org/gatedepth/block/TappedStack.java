package org.gatedepth.block;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A stack that gives the outputs of some of its blocks beside its own, {@code y = [x_i, x_j, …, x_last]}.
 *
 * @param stack the stack
 * @param taps positions of blocks in the stack, rising, the last block not among them
 */
public record TappedStack(Stack stack, List<Integer> taps) implements Block {

    /** Checks the positions. */
    public TappedStack {
        taps = List.copyOf(taps);
        int before = -1;
        for (int tap : taps) {
            if (tap <= before || tap >= stack.blocks().size() - 1) {
                throw new IllegalArgumentException("taps must rise and lie before the last of the "
                        + stack.blocks().size() + " blocks, got the positions " + taps);
            }
            before = tap;
        }
    }

    /**
     * A stack with taps.
     *
     * @param stack the stack
     * @param depth the number of its blocks without a projection
     * @param numbers of blocks, from 1 to the depth; for none the stack as it is
     * @throws IllegalArgumentException if they do not rise from 1 to the number of the last block but one
     */
    public static Block of(Stack stack, int depth, List<Integer> numbers) {
        if (numbers.isEmpty()) {
            return stack;
        }
        int before = 0;
        for (int number : numbers) {
            if (number <= before || number >= depth) {
                throw new IllegalArgumentException("taps are numbers of blocks that rise from 1 to depth - 1 = "
                        + (depth - 1) + " at most, got " + numbers);
            }
            before = number;
        }
        int projections = stack.blocks().size() - depth;
        return new TappedStack(
                stack, numbers.stream().map(number -> number - 1 + projections).toList());
    }

    /** Features of each tap of a block, and at last of its output. */
    public static List<Long> sizes(Block block) {
        return block instanceof TappedStack tapped ? tapped.sizes() : List.of(block.outputSize());
    }

    @Override
    public long inputSize() {
        return stack.inputSize();
    }

    @Override
    public long outputSize() {
        return sizes().stream().mapToLong(Long::longValue).sum();
    }

    /** Features of each tap, and at last of the stack. */
    public List<Long> sizes() {
        List<Long> sizes = new ArrayList<>();
        taps.forEach(tap -> sizes.add(stack.blocks().get(tap).outputSize()));
        sizes.add(stack.outputSize());
        return sizes;
    }

    @Override
    public List<ParamSpec> params() {
        return stack.params();
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
        List<SDVariable> outputs = stack.taps(sd, x, p);
        List<SDVariable> tapped = new ArrayList<>();
        taps.forEach(tap -> tapped.add(outputs.get(tap)));
        tapped.add(outputs.get(outputs.size() - 1));
        return tapped.size() == 1 ? tapped.get(0) : sd.concat(1, tapped.toArray(new SDVariable[0]));
    }

    @Override
    public List<Member> members() {
        return stack.members(taps);
    }
}
