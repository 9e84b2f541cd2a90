package org.gatedepth.report.drawing;

import java.util.List;

/**
 * An axis: its two ends and the numbers on it.
 *
 * @param from its first number
 * @param to its last number
 * @param log whether it is logarithmic
 * @param ticks the numbers written on it
 */
record Scale(double from, double to, boolean log, List<Double> ticks) {

    /** An axis shows powers of ten only where its numbers differ by at least this factor. */
    private static final double DECADES = 30;

    static Scale linear(double min, double max) {
        double low = min;
        double high = max;
        if (low == high) {
            low = low > 0 ? 0 : low - 1;
            high = high > 0 ? high * 1.1 : high + 1;
        }
        double step = AxisTicks.step(low, high);
        low = step * Math.floor(low / step + 1e-9);
        high = step * Math.ceil(high / step - 1e-9);
        return new Scale(low, high, false, AxisTicks.multiples(low, high, step));
    }

    static Scale logarithmic(double min, double max) {
        if (max / min < DECADES) {
            double low = min / 1.15;
            double high = max * 1.15;
            return new Scale(low, high, true, AxisTicks.withinDecades(low, high));
        }
        int low = (int) Math.floor(Math.log10(min) + 1e-9);
        int high = (int) Math.ceil(Math.log10(max) - 1e-9);
        return new Scale(AxisTicks.power(low), AxisTicks.power(high), true, AxisTicks.decades(low, high));
    }

    /** Whole numbers, with the first on the axis. A single one stands in the middle. */
    static Scale whole(int min, int max) {
        return min == max
                ? new Scale(min - 0.5, max + 0.5, false, List.of((double) min))
                : new Scale(min, max, false, AxisTicks.whole(min, max));
    }

    /** The same numbers on an axis that ends at {@code end}, if that is further. */
    Scale upTo(double end) {
        return new Scale(from, Math.max(to, end), log, ticks);
    }

    /** The place of a number: 0 at the beginning of the axis, 1 at its end. */
    double place(double x) {
        return log
                ? (Math.log10(x) - Math.log10(from)) / (Math.log10(to) - Math.log10(from))
                : (x - from) / (to - from);
    }
}
