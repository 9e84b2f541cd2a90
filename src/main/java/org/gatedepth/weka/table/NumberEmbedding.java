package org.gatedepth.weka.table;

/** What a network is given of a number beside its scaled value. */
public enum NumberEmbedding {

    /** {@link #PIECES} or {@link #NONE}, whichever pilot runs find better on the training rows. */
    AUTO,

    /** The scaled value alone. */
    NONE,

    /**
     * The piecewise-linear encoding: a column for each piece between two quantiles {@code b}, which is {@code (x -
     * b[k]) / (b[k+1] - b[k])}, cut to [0, 1], less its mean. The first layer learns a piecewise linear function of the
     * number from them, so that a network can do what trees do with thresholds.
     *
     * <p>Source: Gorishniy, Rubachev, Babenko 2022, <i>On Embeddings for Numerical Features in Tabular Deep
     * Learning</i>, arXiv 2203.05556, section 3.2. Departures: the scaled value stays beside the pieces, and their
     * means are taken off, so that a missing value is 0.
     */
    PIECES
}
