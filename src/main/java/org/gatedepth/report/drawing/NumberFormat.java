package org.gatedepth.report.drawing;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes numbers for readers, the same in every country. */
public final class NumberFormat {

    /** Stands in the place of a number that is null. */
    public static final String NONE = "-";

    private NumberFormat() {}

    /**
     * Three digits, such as 0.0123, 1.23 and 1230; very small and very large numbers as 1.2e-09; {@link #NONE} for
     * null.
     */
    public static String number(@Nullable Double x) {
        if (x == null) {
            return NONE;
        }
        if (x.isNaN()) {
            return "NaN";
        }
        if (x.isInfinite()) {
            return x > 0 ? "inf" : "-inf";
        }
        double size = Math.abs(x);
        if (size == 0) {
            return "0";
        }
        if (size < 9.995e-4 || size >= 99_995) {
            return String.format(Locale.ROOT, "%.1e", x);
        }
        int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(size)));
        return String.format(Locale.ROOT, "%." + decimals + "f", x);
    }

    /** With its sign, such as +0.0123. */
    public static String change(@Nullable Double x) {
        String text = number(x);
        return x != null && x > 0 ? "+" + text : text;
    }

    /** A share of examples that are right, such as .972. */
    public static String accuracy(@Nullable Double share) {
        if (share == null) {
            return NONE;
        }
        if (!Double.isFinite(share)) {
            return number(share);
        }
        return String.format(Locale.ROOT, "%.3f", share).replaceFirst("^(-?)0\\.", "$1.");
    }

    /** A difference of two of {@link #accuracy}, such as +.012. */
    public static String accuracyChange(@Nullable Double difference) {
        String text = accuracy(difference);
        return difference != null && difference > 0 ? "+" + text : text;
    }

    /** A share such as 0.3 %. */
    public static String percent(@Nullable Double share) {
        if (share == null) {
            return NONE;
        }
        if (!Double.isFinite(share)) {
            return number(share);
        }
        double percent = 100 * share;
        if (percent > 0 && percent < 0.05) {
            return "< 0.1 %";
        }
        return percent >= 1e6
                ? String.format(Locale.ROOT, "%.1e %%", percent)
                : String.format(Locale.ROOT, percent >= 99.95 ? "%.0f %%" : "%.1f %%", percent);
    }

    /** A whole number such as 62,431. */
    public static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** A number of things, such as 1 block and 2 blocks. */
    public static String count(long n, String thing) {
        return count(n) + " " + thing + (n == 1 ? "" : "s");
    }
}
