package org.gatedepth.plan.tile;

/** The element-by-element operations that a {@link Tile} knows. */
public enum ElementwiseOp {
    /** a + b. */
    ADD,
    /** a − b. */
    SUBTRACT,
    /** a · b. */
    MULTIPLY,
    /** −a. */
    NEGATE,
    /** max(a, 0). */
    RELU,
    /** 1 where a &gt; 0, else 0. */
    STEP,
    /** 1 / (1 + exp(−a)). */
    SIGMOID,
    /** tanh(a). */
    TANH
}
