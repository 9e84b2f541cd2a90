package org.gatedepth.weka.model;

import java.io.Serializable;

/**
 * How strongly training keeps a network from overfitting its rows.
 *
 * @param weightDecay decoupled weight decay, at least 0 (Loshchilov, Hutter 2017, arXiv 1711.05101)
 * @param mixup the largest part of another row in a training row, in [0, 1]
 */
public record Regularisation(double weightDecay, double mixup) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Checks the ranges. */
    public Regularisation {
        if (!(weightDecay >= 0) || Double.isInfinite(weightDecay)) {
            throw new IllegalArgumentException("weight decay must be finite and at least 0, got " + weightDecay);
        }
        requirePart(mixup);
    }

    /** Checks the range of the largest part of another row. */
    public static void requirePart(double part) {
        if (!(part >= 0 && part <= 1)) {
            throw new IllegalArgumentException("the part of the other row must be in [0, 1], got " + part);
        }
    }
}
