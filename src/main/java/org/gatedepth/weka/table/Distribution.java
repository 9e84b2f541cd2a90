package org.gatedepth.weka.table;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import weka.core.Utils;

/** Numbers in ascending order, each once, with the weight of the rows that have it. */
final class Distribution {

    /** Sums of weights are compared up to this part of the whole. */
    private static final double ROUNDING = 1e-12;

    private final double[] values;
    /** Weight of the rows that have this value or a lower one. */
    private final double[] upTo;

    private Distribution(double[] values, double[] upTo) {
        this.values = values;
        this.upTo = upTo;
    }

    /**
     * Sorts numbers.
     *
     * @param numbers the numbers, none of them NaN
     * @param weights their weights, above 0
     * @param zeros weight of further numbers that are 0; 0 for none
     * @return the distribution; of nothing, if there is none
     */
    static Distribution of(double[] numbers, double[] weights, double zeros) {
        int length = numbers.length;
        int[] order = null;
        double[] sorted = numbers.clone();
        if (Arrays.stream(weights).allMatch(weight -> weight == weights[0])) {
            Arrays.sort(sorted);
        } else {
            order = Utils.sortWithNoMissingValues(sorted);
        }
        double[] values = new double[length + 1];
        double[] upTo = new double[length + 1];
        int count = 0;
        double sum = 0;
        boolean open = zeros > 0;
        for (int i = 0; i <= length; i++) {
            double value = 0;
            if (i < length) {
                value = order == null ? sorted[i] : numbers[order[i]];
            }
            if (open && (i == length || value >= 0)) {
                sum += zeros;
                values[count] = 0;
                upTo[count++] = sum;
                open = false;
            }
            if (i < length) {
                sum += order == null ? weights[0] : weights[order[i]];
                if (count == 0 || values[count - 1] != value) {
                    values[count++] = value;
                }
                upTo[count - 1] = sum;
            }
        }
        return new Distribution(Arrays.copyOf(values, count), Arrays.copyOf(upTo, count));
    }

    boolean isEmpty() {
        return values.length == 0;
    }

    double value(int position) {
        return values[position];
    }

    /** {@code P(X < x) + P(X = x)/2} of the value at a position. */
    double rank(int position) {
        double below = position == 0 ? 0 : upTo[position - 1];
        return (below + upTo[position]) / 2 / total();
    }

    /**
     * The least value up to which there is this share of the weight; the mean of it and the next where it is just that.
     */
    double quantile(double share) {
        int position = position(share);
        boolean between = position < values.length - 1 && upTo[position] <= (share + ROUNDING) * total();
        return between ? values[position] / 2 + values[position + 1] / 2 : values[position];
    }

    /** The mean of a function of the numbers. */
    double mean(DoubleUnaryOperator function) {
        double sum = 0;
        double below = 0;
        for (int i = 0; i < values.length; i++) {
            sum += (upTo[i] - below) * function.applyAsDouble(values[i]);
            below = upTo[i];
        }
        return sum / total();
    }

    /** Positions of all values, or of the first, the last, and quantiles at equal distances between them. */
    int[] knots(int most) {
        int[] knots = new int[Math.min(most, values.length)];
        int count = 0;
        for (int k = 0; k < knots.length; k++) {
            int position = knots.length == values.length ? k : position(k / (most - 1.0));
            if (count == 0 || knots[count - 1] != position) {
                knots[count++] = position;
            }
        }
        return Arrays.copyOf(knots, count);
    }

    private int position(double share) {
        double wanted = (share - ROUNDING) * total();
        int low = 0;
        int high = values.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (upTo[middle] >= wanted) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private double total() {
        return upTo[upTo.length - 1];
    }
}
