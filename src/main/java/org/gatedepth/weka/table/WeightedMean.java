package org.gatedepth.weka.table;

/** The mean of numbers by weight, which come one by one. */
public final class WeightedMean {

    private double sum;
    private double weights;

    public void add(double value, double weight) {
        sum += weight * value;
        weights += weight;
    }

    /** NaN before anything with a weight came. */
    public double value() {
        return sum / weights;
    }
}
