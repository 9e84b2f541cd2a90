package org.gatedepth.block;

import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** A block without a skip, which gated and skipping blocks have as their transform {@code F} or {@code H}. */
public interface Transform extends Block {

    /** The time steps that its products read, as the gate beside it does; by default only the step itself. */
    default Taps taps() {
        return Taps.ONE;
    }

    /**
     * The same as {@link #apply(SameDiff, SDVariable, Params)} for a caller that has x masked already: where a product
     * reads x, two blocks then read one variable, and their products can be one.
     *
     * @param masked x as {@link Taps#masked} gives it, or null
     */
    default SDVariable apply(SameDiff sd, SDVariable x, @Nullable SDVariable masked, Params p) {
        return apply(sd, x, p);
    }
}
