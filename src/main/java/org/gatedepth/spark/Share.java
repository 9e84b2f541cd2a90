package org.gatedepth.spark;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What one partition adds to a round, or several together: sums weighted by examples.
 *
 * <p>The sums are of double numbers. For parameters that are floats they are exact up to some hundred partitions, so
 * that the order in which Spark adds them does not matter; for doubles it matters in the last digit.
 */
final class Share implements Serializable {
    private double @Nullable [] params;
    private double @Nullable [] updater;
    private long examples;
    private double lossSum;
    private int iterations;
    private int workers;
    private double slowestSeconds;
    private double secondsSum;

    /** That of a partition without rows. */
    static Share none() {
        return new Share();
    }

    /**
     * That of one partition.
     *
     * @param replica the network after its steps
     * @param examples how many examples the steps had
     * @param lossSum their loss
     * @param iterations by how much the network's count of iterations rose
     * @param seconds how long they took
     */
    static Share of(Trainee replica, long examples, double lossSum, int iterations, double seconds) {
        Share share = new Share();
        INDArray state = replica.updaterState();
        share.params = weighted(replica.params(), examples);
        share.updater = state == null ? null : weighted(state, examples);
        share.examples = examples;
        share.lossSum = lossSum;
        share.iterations = iterations;
        share.workers = 1;
        share.slowestSeconds = seconds;
        share.secondsSum = seconds;
        return share;
    }

    private static double[] weighted(INDArray array, long weight) {
        double[] values = array.castTo(DataType.DOUBLE).dup().data().asDouble();
        for (int i = 0; i < values.length; i++) {
            values[i] *= weight;
        }
        return values;
    }

    /** Adds another one to this one. */
    Share plus(Share other) {
        params = sum(params, other.params);
        updater = sum(updater, other.updater);
        examples += other.examples;
        lossSum += other.lossSum;
        iterations = Math.max(iterations, other.iterations);
        workers += other.workers;
        slowestSeconds = Math.max(slowestSeconds, other.slowestSeconds);
        secondsSum += other.secondsSum;
        return this;
    }

    private static double @Nullable [] sum(double @Nullable [] a, double @Nullable [] b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        for (int i = 0; i < a.length; i++) {
            a[i] += b[i];
        }
        return a;
    }

    /** The mean parameters; null if no partition had rows. */
    double @Nullable [] meanParams() {
        return mean(params);
    }

    /** The mean state of the updaters; null if they have none. */
    double @Nullable [] meanUpdater() {
        return mean(updater);
    }

    private double @Nullable [] mean(double @Nullable [] sum) {
        if (sum == null) {
            return null;
        }
        double[] mean = new double[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = sum[i] / examples;
        }
        return mean;
    }

    long examples() {
        return examples;
    }

    double meanLoss() {
        return lossSum / examples;
    }

    /** The most iterations that a partition made. */
    int iterations() {
        return iterations;
    }

    double slowestSeconds() {
        return slowestSeconds;
    }

    double meanSeconds() {
        return workers == 0 ? 0 : secondsSum / workers;
    }
}
