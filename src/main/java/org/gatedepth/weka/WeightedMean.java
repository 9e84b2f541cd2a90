package org.gatedepth.weka;

/** The mean of numbers by weight, which come one by one. */
final class WeightedMean {

    private double sum;
    private double weights;

    void add(double value, double weight) {
        sum += weight * value;
        weights += weight;
    }

    /** NaN before anything with a weight came. */
    double value() {
        return sum / weights;
    }
}
