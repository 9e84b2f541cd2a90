package org.gatedepth.block;

/** How a block of a {@link Stack} connects its input with what it computes from it. */
public enum Connection {
    /** {@code y = F(x)}: no protected path. */
    PLAIN,
    /** {@code y = x + F(x)} (He et al. 2015, arXiv 1512.03385). */
    RESIDUAL,
    /** {@code y = x + β·F(x)} with one learned scalar β a block, zero at first (ReZero, arXiv 2003.04887). */
    WEIGHTED,
    /** {@code y = x + T(x)·(H(x) − x)} (Srivastava et al. 2015, arXiv 1505.00387). */
    HIGHWAY,
    /** {@code y = [x, F(x)]} (Huang et al. 2016, arXiv 1608.06993). */
    DENSE;

    /**
     * The block that connects its input in this way with a transform.
     *
     * @param transform of as many outputs as inputs; for DENSE its outputs are the features that the block adds
     * @param transformGateBias initial bias of the gate, where there is one
     */
    public Block around(Transform transform, double transformGateBias) {
        return switch (this) {
            case PLAIN -> transform;
            case RESIDUAL -> WeightedSkipBlock.residual(transform);
            case WEIGHTED -> WeightedSkipBlock.reZero(transform);
            case HIGHWAY -> new HighwayBlock(transform, transformGateBias);
            case DENSE -> new DenseSkipBlock(transform);
        };
    }

    /** Whether the input of a block goes past its transform. */
    public boolean hasSkip() {
        return this != PLAIN;
    }
}
