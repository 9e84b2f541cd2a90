package org.gatedepth.weka.table;

import org.jspecify.annotations.Nullable;
import weka.core.Instances;

/**
 * How the numbers of an attribute are brought to one scale. Each scale is fitted by weight on the training rows that
 * have a value. Nominal attributes have columns that no scaling changes.
 */
public enum Scaling {

    /**
     * {@link #STANDARDISE}; for an attribute whose values are skewed, with {@code |skewness| > 1}, the mean of two
     * scales, so that values that many rows have stand apart and those that few have are not far out: {@code (z /
     * sqrt(1 + (z/3)²) + q) / 2}, of the standardised value {@code z} and of {@code q} by {@link #QUANTILE}. A missing
     * value is 0.
     */
    AUTO,

    /** Mean 0 and variance 1: {@code (x - mean) / deviation}. A missing value is the mean. */
    STANDARDISE,

    /**
     * Median 0 and quartiles at distance 1, with outliers pulled in: {@code z / sqrt(1 + (z/3)²)} of {@code z = (x -
     * median) / (q75 - q25)}, between -3 and 3. Where the quartiles are the same, {@code z = 2 (x - median) / (max -
     * min)}. A missing value is the median.
     *
     * <p>Source: Holzmüller et al. 2024, <i>Better by Default</i>, arXiv 2407.04491 (RealMLP).
     */
    ROBUST,

    /**
     * A standard normal distribution, from -3 to 3: a map that is linear between up to 256 quantiles, each of which has
     * the normal score of its rank. Values outside of the training rows have the score of the nearest one. A missing
     * value is the median, 0.
     *
     * <p>Source: Gorishniy et al. 2021, <i>Revisiting Deep Learning Models for Tabular Data</i>, arXiv 2106.11959, who
     * take scikit-learn's {@code QuantileTransformer}. That one has scores up to 5.2 and is linear in ranks, not in
     * scores.
     */
    QUANTILE;

    /** A normal distribution has 0, an exponential one 2. */
    private static final double SKEWED = 1;

    /** Fits the columns of numeric attributes: {@code columns} has -1 for an attribute without one. */
    void fit(Instances rows, InputStatistics statistics, int[] columns, @Nullable InputColumns[] inputs) {
        switch (this) {
            case AUTO ->
                Distributions.forEach(rows, a -> columns[a] >= 0, (a, distribution) -> {
                    NumberColumn.Standardised standardised = standardised(statistics, columns[a], a);
                    inputs[a] = isSkewed(distribution, statistics, a)
                            ? new NumberColumn.Blended(standardised, ranked(distribution, statistics, columns[a], a))
                            : standardised;
                });
            case STANDARDISE -> {
                for (int a = 0; a < columns.length; a++) {
                    if (columns[a] >= 0) {
                        inputs[a] = standardised(statistics, columns[a], a);
                    }
                }
            }
            case ROBUST ->
                Distributions.forEach(
                        rows,
                        a -> columns[a] >= 0,
                        (a, distribution) -> inputs[a] = new NumberColumn.Clipped(
                                columns[a], distribution, statistics.lowest(a), statistics.highest(a)));
            case QUANTILE ->
                Distributions.forEach(
                        rows,
                        a -> columns[a] >= 0,
                        (a, distribution) -> inputs[a] = ranked(distribution, statistics, columns[a], a));
        }
    }

    private static NumberColumn.Standardised standardised(InputStatistics statistics, int column, int attribute) {
        return new NumberColumn.Standardised(column, statistics.mean(attribute), statistics.deviation(attribute));
    }

    private static NumberColumn.Ranked ranked(
            Distribution distribution, InputStatistics statistics, int column, int attribute) {
        return new NumberColumn.Ranked(
                column, distribution, statistics.lowest(attribute), statistics.highest(attribute));
    }

    /** Whether the mean of {@code ((x - mean) / deviation)^3} is far from 0. */
    private static boolean isSkewed(Distribution distribution, InputStatistics statistics, int attribute) {
        double mean = statistics.mean(attribute);
        double deviation = statistics.deviation(attribute);
        double skewness = distribution.mean(value -> Math.pow((value - mean) / deviation, 3));
        return Math.abs(skewness) > SKEWED;
    }
}
