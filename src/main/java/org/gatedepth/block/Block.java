package org.gatedepth.block;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A differentiable function of a matrix {@code [rows, inputSize]} and of named parameters.
 *
 * <p>Implementations are immutable, and {@link #apply} is pure: it names no op, makes no op that does not reach the
 * result, and reads each parameter that {@link #params()} lists.
 *
 * <p>A block also says what it hands on past its transform ({@link #bypass}, {@link #skip}, {@link #gate}). The depth
 * report and {@code Shrink} ask no more than that, so a new block is measured as soon as it answers. These methods
 * follow the rules of {@code apply}, but may leave parameters unread.
 */
public interface Block extends Parametric {
    /**
     * Adds the block's equation to a graph.
     *
     * @param sd the graph
     * @param x the input, {@code [rows, inputSize]}
     * @param p the block's parameters
     * @return the output, {@code [rows, outputSize]}
     */
    SDVariable apply(SameDiff sd, SDVariable x, Params p);

    /**
     * The output without the transform: what the block gives where its transform, or its gate, is 0.
     *
     * <p>A block that gives {@code x} itself can be removed from a network.
     *
     * @return {@code [rows, outputSize]}; null where the block cannot be bypassed, as here
     */
    default @Nullable SDVariable bypass(SameDiff sd, SDVariable x, Params p) {
        return null;
    }

    /**
     * The part of the output that does not pass the transform, with the gates as constants (see
     * {@link Skips#constant}): for a highway block {@code (1 − T(x))·C(x)}. The rest of the output, and of its
     * gradient, passes the transform.
     *
     * @return {@code [rows, outputSize]}; null for a block without a skip, as here
     */
    default @Nullable SDVariable skip(SameDiff sd, SDVariable x, Params p) {
        return null;
    }

    /**
     * The transform gate: towards 0 the block carries its input, towards 1 it transforms it.
     *
     * @return {@code [rows, outputSize]}, in (0, 1); null for a block without a gate, as here
     */
    default @Nullable SDVariable gate(SameDiff sd, SDVariable x, Params p) {
        return null;
    }

    /**
     * The weights of its attention over time, as constants.
     *
     * @return {@code [sequences·heads·steps, steps]}: row {@code (b·heads + h)·steps + i} says where step i of sequence
     *     b looks in head h, and sums to 1, or to 0 where there is no step to look at; null for a block without
     *     attention, as here
     */
    default @Nullable SDVariable attention(SameDiff sd, SDVariable x, Params p) {
        return null;
    }

    /** Name of the parameter that is the bias of the transform gate; null for none. */
    default @Nullable String transformGateBiasName() {
        return null;
    }

    /** The weights of skip and branch; null where the block does not weight them. */
    default @Nullable SkipCoefficients skipCoefficients() {
        return null;
    }

    /**
     * Features that the block appends to its input, which then stands unchanged before them; 0 for any other output.
     */
    default long growth() {
        return 0;
    }

    /** Whether it only brings the input of a stack to its width: as the first block of one it is not counted. */
    default boolean isProjection() {
        return false;
    }

    /**
     * The blocks that this one is made of: those of a stack in the order in which they run, heads side by side; of a
     * single block itself.
     */
    default List<Member> members() {
        return List.of(new Member(1, "", this, false));
    }

    /** The parameters of each single block that this one is made of. */
    @Override
    default List<List<ParamSpec>> groups() {
        List<Member> members = members();
        if (members.get(0).block().equals(this)) {
            return List.of(params());
        }
        List<List<ParamSpec>> groups = new ArrayList<>();
        for (Member member : members) {
            for (List<ParamSpec> group : member.block().groups()) {
                groups.add(
                        group.stream().map(param -> param.below(member.scope())).toList());
            }
        }
        return groups;
    }
}
