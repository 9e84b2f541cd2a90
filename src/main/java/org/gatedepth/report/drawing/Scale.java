package org.gatedepth.report.drawing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis: where it begins and ends, and the numbers on it.
 *
 * @param from its first number
 * @param to its last number
 * @param log whether it is logarithmic
 * @param ticks the numbers written on it
 */
public record Scale(double from, double to, boolean log, List<Double> ticks) {

    private static final int TICKS = 6;

    /** Numbers that differ by less than this factor are not worth powers of ten. */
    private static final double DECADES = 30;

    static Scale linear(double min, double max) {
        double low = min;
        double high = max;
        if (low == high) {
            low = low > 0 ? 0 : low - 1;
            high = high > 0 ? high * 1.1 : high + 1;
        }
        double step = nice(high / TICKS - low / TICKS);
        low = step * Math.floor(low / step + 1e-9);
        high = step * Math.ceil(high / step - 1e-9);
        return new Scale(low, high, false, between(low, high, step));
    }

    static Scale logarithmic(double min, double max) {
        if (max / min < DECADES) {
            double low = min / 1.15;
            double high = max * 1.15;
            return new Scale(
                    low, high, true, high / low < 4 ? between(low, high, nice((high - low) / 6)) : digits(low, high));
        }
        int low = (int) Math.floor(Math.log10(min) + 1e-9);
        int high = (int) Math.ceil(Math.log10(max) - 1e-9);
        int step = (high - low + TICKS - 1) / TICKS;
        List<Double> ticks = new ArrayList<>();
        for (int exponent = low; exponent <= high; exponent += step) {
            ticks.add(power(exponent));
        }
        return new Scale(power(low), power(high), true, ticks);
    }

    /** 1, 2, 5, 10, ... times powers of ten. */
    private static List<Double> digits(double low, double high) {
        List<Double> ticks = new ArrayList<>();
        for (int exponent = (int) Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++) {
            for (int digit : new int[] {1, 2, 5}) {
                double tick = digit * power(exponent);
                if (tick >= low && tick <= high) {
                    ticks.add(tick);
                }
            }
        }
        return ticks;
    }

    /** Whole numbers, with the first on the axis; a single one stands in the middle. */
    static Scale whole(int min, int max) {
        if (min == max) {
            return new Scale(min - 0.5, max + 0.5, false, List.of((double) min));
        }
        int step = (int) Math.max(1, nice((max - min) / 8.0));
        List<Double> ticks = new ArrayList<>();
        if (step == 2) {
            for (int tick = min; tick <= max; tick += step) {
                ticks.add((double) tick);
            }
            return new Scale(min, max, false, ticks);
        }
        for (int tick = min; tick <= max; tick = (tick / step + 1) * step) {
            if (ticks.size() != 1 || tick - min > step / 2) {
                ticks.add((double) tick);
            }
        }
        return new Scale(min, max, false, ticks);
    }

    /** The same numbers on an axis that ends at {@code end}, if that is further. */
    Scale upTo(double end) {
        return new Scale(from, Math.max(to, end), log, ticks);
    }

    /** A number not less than x that the eye can halve: 1, 2, 5, 10, ... times a power of ten. */
    public static double round(double x) {
        return nice(x);
    }

    private static double power(int exponent) {
        return Double.parseDouble("1e" + Math.max(-307, Math.min(308, exponent)));
    }

    /** The next larger of 1, 2, 5, 10, ... times a power of ten. */
    private static double nice(double step) {
        double power = Math.pow(10, Math.floor(Math.log10(step)));
        double digit = step / power;
        return power * (digit <= 1 + 1e-9 ? 1 : digit <= 2 + 1e-9 ? 2 : digit <= 5 + 1e-9 ? 5 : 10);
    }

    private static List<Double> between(double low, double high, double step) {
        List<Double> ticks = new ArrayList<>();
        long first = (long) Math.ceil(low / step - 1e-9);
        for (long i = first; i * step <= high * (1 + 1e-9) + step * 1e-9 && ticks.size() < 20; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /** Where a number lies: 0 at the beginning of the axis, 1 at its end. */
    double place(double x) {
        return log
                ? (Math.log10(x) - Math.log10(from)) / (Math.log10(to) - Math.log10(from))
                : (x - from) / (to - from);
    }

    /** A number of {@link #ticks} in a few characters. */
    public static String label(double x) {
        if (x == 0) {
            return "0";
        }
        double size = Math.abs(x);
        if (size < 9.99e-4 || size >= 99_999) {
            return String.format(Locale.ROOT, "%.1e", x)
                    .replaceFirst("\\.0e", "e")
                    .replaceFirst("e([+-])0", "e$1");
        }
        String text = String.format(Locale.ROOT, "%.5f", x).replaceFirst("0+$", "");
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }
}
