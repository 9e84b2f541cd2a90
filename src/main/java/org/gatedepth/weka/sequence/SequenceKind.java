package org.gatedepth.weka.sequence;

/** The layer that reads a sequence. */
public enum SequenceKind {

    /** {@link #ATTENTION} where half of the training sequences have at most 8 steps, {@link #CONVOLUTION} elsewhere. */
    AUTO,

    /** Dilated convolutions over time, a {@code TemporalStack}. */
    CONVOLUTION,

    /** A recurrent highway network, a {@code RecurrentHighwayLayer}. */
    RECURRENT,

    /** Multi-head self-attention, a {@code GatedAttentionLayer}. */
    ATTENTION
}
