package org.gatedepth.block;

/** How the branch of a {@link WeightedSkipBlock} is weighted. */
public enum Weighting {
    /** By constants. */
    FIXED,
    /** By one learned number a block. */
    SCALAR,
    /** By one learned number a unit. */
    PER_UNIT
}
