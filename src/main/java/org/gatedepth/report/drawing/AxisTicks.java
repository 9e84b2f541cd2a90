package org.gatedepth.report.drawing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Which numbers are written on an axis, and how. */
public final class AxisTicks {

    /** About how many numbers stand on an axis. */
    private static final int COUNT = 6;

    private AxisTicks() {}

    /** The distance of the ticks on a linear axis. */
    static double step(double low, double high) {
        return round(high / COUNT - low / COUNT);
    }

    /** The multiples of {@code step} on an axis. */
    static List<Double> multiples(double low, double high, double step) {
        List<Double> ticks = new ArrayList<>();
        long first = (long) Math.ceil(low / step - 1e-9);
        for (long i = first; i * step <= high * (1 + 1e-9) + step * 1e-9 && ticks.size() < 20; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /** The powers of ten from one exponent to another; not all of them where there are many. */
    static List<Double> decades(int low, int high) {
        int step = (high - low + COUNT - 1) / COUNT;
        List<Double> ticks = new ArrayList<>();
        for (int exponent = low; exponent <= high; exponent += step) {
            ticks.add(power(exponent));
        }
        return ticks;
    }

    /** On a logarithmic axis of few decades: 1, 2 and 5 times powers of ten. If it is even shorter, equal distances. */
    static List<Double> withinDecades(double low, double high) {
        if (high / low < 4) {
            return multiples(low, high, round((high - low) / COUNT));
        }
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

    /** Whole numbers from the first on the axis on. */
    static List<Double> whole(int min, int max) {
        int step = (int) Math.max(1, round((max - min) / 8.0));
        List<Double> ticks = new ArrayList<>();
        if (step == 2) {
            for (int tick = min; tick <= max; tick += step) {
                ticks.add((double) tick);
            }
            return ticks;
        }
        for (int tick = min; tick <= max; tick = (tick / step + 1) * step) {
            // The first multiple of the step may be too near to the first number of the axis.
            if (ticks.size() != 1 || tick - min > step / 2) {
                ticks.add((double) tick);
            }
        }
        return ticks;
    }

    /** A power of ten, as near as a double can be. */
    static double power(int exponent) {
        return Double.parseDouble("1e" + Math.max(-307, Math.min(308, exponent)));
    }

    /** The smallest number not below {@code x} that is 1, 2 or 5 times a power of ten. */
    public static double round(double x) {
        double power = Math.pow(10, Math.floor(Math.log10(x)));
        double digit = x / power;
        return power * (digit <= 1 + 1e-9 ? 1 : digit <= 2 + 1e-9 ? 2 : digit <= 5 + 1e-9 ? 5 : 10);
    }

    /** A tick in a few characters. */
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
