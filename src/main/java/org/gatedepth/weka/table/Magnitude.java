package org.gatedepth.weka.table;

/**
 * Keeps sums of squares of very large or very small numbers within the range of a double: the square of 1e200 is
 * infinite, that of 1e-200 is 0.
 */
final class Magnitude {

    /** The largest training value: the sum of as many of them as a table may have rows is still finite. */
    static final double MOST = 1e290;

    /** Squares of numbers up to here, and down to its reciprocal, need no unit. */
    private static final double PLAIN = 1e100;

    private Magnitude() {}

    /**
     * The number to multiply values with before they are squared: 1 for all but extreme values. It is a power of two,
     * so that the product is exact.
     *
     * @param lowest the least value
     * @param highest the greatest value
     */
    static double unit(double lowest, double highest) {
        double largest = Math.max(Math.abs(lowest), Math.abs(highest));
        boolean plain = (largest < PLAIN && largest > 1 / PLAIN) || largest == 0 || Double.isInfinite(largest);
        return plain ? 1 : Math.scalb(1.0, -Math.max(Math.getExponent(largest), Double.MIN_EXPONENT));
    }
}
