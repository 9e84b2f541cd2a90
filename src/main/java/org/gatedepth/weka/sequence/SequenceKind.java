package org.gatedepth.weka.sequence;

/** The layer that reads a sequence. */
public enum SequenceKind {

    /**
     * {@link #CONVOLUTION}, at whatever length: on generated sequences of 3 to 6 steps it is as accurate as the others
     * and the fastest, and its time grows with the steps and not with their square.
     */
    AUTO,

    /** Dilated convolutions over time, a {@code TemporalStack}. */
    CONVOLUTION,

    /** A recurrent highway network, a {@code RecurrentHighwayLayer}. */
    RECURRENT,

    /** Multi-head self-attention, a {@code GatedAttentionLayer}. */
    ATTENTION
}
