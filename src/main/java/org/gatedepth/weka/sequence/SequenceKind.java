package org.gatedepth.weka.sequence;

/** The layer that reads a sequence. */
public enum SequenceKind {

    /**
     * {@link #CONVOLUTION}, at whatever length: it is the most accurate where local shapes decide, and its time grows
     * with the steps and not with their square. {@code docs/weka.md} has the measurement.
     */
    AUTO,

    /** Dilated convolutions over time, a {@code TemporalStack}. */
    CONVOLUTION,

    /** A recurrent highway network, a {@code RecurrentHighwayLayer}. */
    RECURRENT,

    /** Multi-head self-attention, a {@code GatedAttentionLayer}. */
    ATTENTION
}
