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
