package org.gatedepth.studies;

import java.util.Locale;

/**
 * A mean of paired differences.
 *
 * @param mean their mean
 * @param error its standard error, their deviation divided by the root of their number; NaN for one alone
 */
record Difference(double mean, double error) {

    /** Of some differences. */
    static Difference of(double... differences) {
        int count = differences.length;
        double sum = 0;
        for (double difference : differences) {
            sum += difference;
        }
        double mean = sum / count;
        double squares = 0;
        for (double difference : differences) {
            squares += (difference - mean) * (difference - mean);
        }
        return new Difference(mean, Math.sqrt(squares / (count - 1) / count));
    }

    @Override
    public String toString() {
        return Double.isNaN(error)
                ? String.format(Locale.ROOT, "%+.4f", mean)
                : String.format(Locale.ROOT, "%+.4f ± %.4f", mean, error);
    }
}
