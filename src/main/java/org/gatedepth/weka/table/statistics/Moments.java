package org.gatedepth.weka.table.statistics;

import java.io.Serializable;

/**
 * Numbers that were seen one by one: how many, their weight, mean, sum of squared differences from it, and range. Two
 * of them can be added, so that parts of a table are counted apart.
 *
 * <p>Source: Chan, Golub, LeVeque 1983, <i>Algorithms for Computing the Sample Variance</i>, The American Statistician
 * 37(3), with weights. Squares of numbers beyond {@link #MOST} would not be finite.
 */
public final class Moments implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The largest number that may be added. */
    public static final double MOST = 1e150;

    private long count;
    private double weight;
    private double mean;
    private double squares;
    private double lowest = Double.POSITIVE_INFINITY;
    private double highest = Double.NEGATIVE_INFINITY;

    /**
     * Adds a number.
     *
     * @param value from −{@link #MOST} to {@link #MOST}
     * @param itsWeight above 0
     */
    public void add(double value, double itsWeight) {
        count++;
        weight += itsWeight;
        double difference = value - mean;
        mean += difference * itsWeight / weight;
        squares += itsWeight * difference * (value - mean);
        lowest = Math.min(lowest, value);
        highest = Math.max(highest, value);
    }

    /** Adds the numbers that another one has seen. */
    public void add(Moments other) {
        if (other.count == 0) {
            return;
        }
        double both = weight + other.weight;
        double difference = other.mean - mean;
        squares += other.squares + difference * difference * weight * other.weight / both;
        mean += difference * other.weight / both;
        weight = both;
        count += other.count;
        lowest = Math.min(lowest, other.lowest);
        highest = Math.max(highest, other.highest);
    }

    /** How many numbers there were. */
    public long count() {
        return count;
    }

    /** Their weight. */
    public double weight() {
        return weight;
    }

    /** Their mean by weight; 0 if there were none. */
    public double mean() {
        return mean;
    }

    /** {@code Σ w(x − mean)²}. */
    public double squares() {
        return squares;
    }

    /** The least one; infinite if there were none. */
    public double lowest() {
        return lowest;
    }

    /** The greatest one; negative infinity if there were none. */
    public double highest() {
        return highest;
    }
}
