package org.gatedepth.weka.table;

/** The mean of numbers by weight, to which numbers are added one by one. */
public final class WeightedMean {

    private double sum;
    private double weights;

    /** Adds a number. */
    public void add(double value, double weight) {
        sum += weight * value;
        weights += weight;
    }

    /** Whether nothing that has a weight was added. */
    public boolean isEmpty() {
        return weights == 0;
    }

    /** The mean; NaN, which is 0/0, if it {@linkplain #isEmpty is empty}. */
    public double value() {
        return sum / weights;
    }
}
