package org.gatedepth.weka.table;

import java.util.stream.IntStream;
import weka.core.Statistics;

/** The column of a number. A missing value is 0: the mean or the median of the training rows, or between the two. */
abstract class NumberColumn implements InputColumns {

    private static final long serialVersionUID = 1L;

    /** Where outliers are pulled in to, and the highest score of a rank. */
    private static final double LIMIT = 3;

    /** Above it the square could be infinite, and the quotient 0; the quotient is the limit long before. */
    private static final double LARGE = 1e100;

    private final int column;

    private NumberColumn(int column) {
        this.column = column;
    }

    abstract double scaled(double value);

    /** {@code z / sqrt(1 + (z/3)²)}, which is always between -3 and 3. */
    private static double pulledIn(double z) {
        return Math.abs(z) > LARGE ? Math.copySign(LIMIT, z) : z / Math.sqrt(1 + z * z / (LIMIT * LIMIT));
    }

    @Override
    public final IntStream columns() {
        return IntStream.of(column);
    }

    @Override
    public final void start(float[] row) {
        write(0, row, 0);
    }

    @Override
    public final void write(double value, float[] rows, int at) {
        rows[at + column] = Double.isNaN(value) ? 0 : (float) scaled(value);
    }

    /** {@code (x - mean) / deviation}. */
    static final class Standardised extends NumberColumn {

        private static final long serialVersionUID = 1L;

        private final double mean;
        private final double deviation;

        Standardised(int column, double mean, double deviation) {
            super(column);
            this.mean = mean;
            this.deviation = deviation;
        }

        @Override
        double scaled(double value) {
            return (value - mean) / deviation;
        }
    }

    /** {@code z = (x - median) / spread} with outliers pulled in. */
    static final class Clipped extends NumberColumn {

        private static final long serialVersionUID = 1L;

        private final double median;
        private final double spread;

        /**
         * Fits a column.
         *
         * @param distribution the known values of the training rows
         * @param lowest the least of all of them
         * @param highest the greatest, above the least
         */
        Clipped(int column, Distribution distribution, double lowest, double highest) {
            super(column);
            double quartiles = distribution.quantile(0.75) - distribution.quantile(0.25);
            median = distribution.quantile(0.5);
            spread = quartiles > 0 ? quartiles : (highest - lowest) / 2;
        }

        @Override
        double scaled(double value) {
            return pulledIn((value - median) / spread);
        }
    }

    /** The standard normal score of the rank, from -3 to 3: linear between knots, constant outside of them. */
    static final class Ranked extends NumberColumn {

        private static final long serialVersionUID = 1L;

        private static final int KNOTS = 256;

        private final double[] values;
        private final double[] scores;

        /**
         * Fits a column. The knots are the quantiles at {@code k/255}, or all values where there are not so many; the
         * rank of a value is {@code P(X < x) + P(X = x)/2}, so that a value which many rows have stands in the middle
         * of them.
         *
         * @param distribution the known values of the training rows
         * @param lowest the least of all of them, which a sample may not have
         * @param highest the greatest
         */
        Ranked(int column, Distribution distribution, double lowest, double highest) {
            super(column);
            int[] knots = distribution.knots(KNOTS);
            boolean below = lowest < distribution.value(knots[0]);
            boolean above = highest > distribution.value(knots[knots.length - 1]);
            int shift = below ? 1 : 0;
            values = new double[knots.length + shift + (above ? 1 : 0)];
            scores = new double[values.length];
            values[0] = lowest;
            scores[0] = -LIMIT;
            values[values.length - 1] = highest;
            scores[values.length - 1] = LIMIT;
            for (int i = 0; i < knots.length; i++) {
                values[i + shift] = distribution.value(knots[i]);
                double score = Statistics.normalInverse(distribution.rank(knots[i]));
                scores[i + shift] = Math.max(-LIMIT, Math.min(LIMIT, score));
            }
        }

        @Override
        double scaled(double value) {
            int last = values.length - 1;
            if (value <= values[0]) {
                return scores[0];
            }
            if (value >= values[last]) {
                return scores[last];
            }
            int low = 0;
            int high = last;
            while (high - low > 1) {
                int middle = (low + high) >>> 1;
                if (values[middle] <= value) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            double share = (value - values[low]) / (values[high] - values[low]);
            return scores[low] + share * (scores[high] - scores[low]);
        }
    }

    /** The mean of a standardised value with outliers pulled in and of the score of its rank, both from -3 to 3. */
    static final class Blended extends NumberColumn {

        private static final long serialVersionUID = 1L;

        private final Standardised standardised;
        private final Ranked ranked;

        /** Of two that are for the same column. */
        Blended(Standardised standardised, Ranked ranked) {
            super(((NumberColumn) ranked).column);
            this.standardised = standardised;
            this.ranked = ranked;
        }

        @Override
        double scaled(double value) {
            return (pulledIn(standardised.scaled(value)) + ranked.scaled(value)) / 2;
        }
    }
}
