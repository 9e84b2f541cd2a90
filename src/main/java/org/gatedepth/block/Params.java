package org.gatedepth.block;

import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The parameters of one application of a block, the regularisation of its transform, and the sequences of its input.
 */
public interface Params {
    /** The parameter of that name. */
    SDVariable get(String name);

    /**
     * What the transform of a block reads instead of {@code x}: {@code x} itself, or in training {@code x} times a
     * dropout mask. The protected path of a block (carry, skip) never goes through here.
     *
     * @param scope names the block among those of a stack
     * @param x input of the transform, {@code [rows, size]}
     * @param size features of {@code x}
     */
    default SDVariable dropOut(String scope, SDVariable x, long size) {
        return x;
    }

    /**
     * What says how the rows of {@code x} are sequences: a placeholder of shape {@code [steps, sequences]}, of which
     * only the shape is read. Row {@code t·sequences + b} is step t of sequence b. For images it is {@code [height,
     * width, images]}, as {@link Taps.Padding#IMAGE} says.
     *
     * @throws IllegalStateException where the rows are no sequences, as here
     */
    default SDVariable steps() {
        throw new IllegalStateException(
                "a block that reads more than one time step needs sequences, but this input has none; use it in a layer"
                        + " for sequences, or give it a kernel of 1");
    }

    /**
     * Which rows are steps of a sequence, {@code [steps·sequences, 1]}: 1 for these, and 0 for padding, which a block
     * that reads more than one step does not see. Null where all rows are steps, as here.
     */
    default @Nullable SDVariable mask() {
        return null;
    }

    /** These parameters below a scope: {@code scoped("H").get("W")} is {@code get("H/W")}. */
    default Params scoped(String scope) {
        Params outer = this;
        return new Params() {
            @Override
            public SDVariable get(String name) {
                return outer.get(scope + "/" + name);
            }

            @Override
            public SDVariable dropOut(String inner, SDVariable x, long size) {
                return outer.dropOut(inner.isEmpty() ? scope : scope + "/" + inner, x, size);
            }

            @Override
            public SDVariable steps() {
                return outer.steps();
            }

            @Override
            public @Nullable SDVariable mask() {
                return outer.mask();
            }
        };
    }
}
