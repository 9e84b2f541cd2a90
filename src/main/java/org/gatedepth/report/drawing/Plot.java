package org.gatedepth.report.drawing;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Curves over whole numbers, as data.
 *
 * @param across title of the horizontal axis
 * @param up title of the vertical axis
 * @param log whether the vertical axis is logarithmic
 * @param lines the curves
 * @param marker a place on the horizontal axis to mark; null for none
 * @param zero whether the vertical axis has 0 on it, if it is not logarithmic
 */
public record Plot(
        String across,
        String up,
        boolean log,
        List<Line> lines,
        @Nullable Marker marker,
        boolean zero) {

    /** A close-up shows at least this part of the largest value, so that tiny differences look tiny. */
    private static final double SPAN = 0.1;

    /**
     * The looks of a curve. Colour-blind readers can tell the colours apart, and each has dashes and a marker of its
     * own.
     */
    public enum Look {
        /** Blue, full line. */
        FIRST,
        /** Orange, dashes. */
        SECOND,
        /** Green, dots. */
        THIRD,
        /** The first with the area below it filled. */
        AREA
    }

    /**
     * A curve.
     *
     * @param name what is written beside it; empty where it is alone
     * @param look its colour, dashes and marker
     * @param from where its first value stands on the horizontal axis; the others follow
     * @param values its values; those that cannot be drawn leave a gap
     */
    public record Line(String name, Look look, int from, List<Double> values) {

        /** Copies the list. */
        public Line {
            values = List.copyOf(values);
        }
    }

    /**
     * A place on the horizontal axis.
     *
     * @param name what its number is
     * @param x the number
     */
    public record Marker(String name, double x) {}

    /** Copies the list. */
    public Plot {
        lines = List.copyOf(lines);
    }

    /** Without a marker, with 0 on the vertical axis. */
    public static Plot of(String across, String up, boolean log, List<Line> lines) {
        return new Plot(across, up, log, lines, null, true);
    }

    /** With a place marked; without a mark if {@code x} is not finite. */
    public Plot mark(String name, double x) {
        return new Plot(across, up, log, lines, Double.isFinite(x) ? new Marker(name, x) : null, zero);
    }

    /** With the vertical axis around the values, so that small differences are seen. */
    public Plot closeUp() {
        return new Plot(across, up, log, lines, marker, false);
    }

    /** Whether a value can be drawn: a finite number, on a logarithmic axis above 0. */
    boolean shows(double y) {
        return Double.isFinite(y) && (!log || y >= Double.MIN_NORMAL);
    }

    DoubleStream shown() {
        return all().filter(this::shows);
    }

    /** The vertical axis; there must be a value to show. */
    Scale scale() {
        double min = shown().min().orElseThrow();
        double max = shown().max().orElseThrow();
        if (log) {
            return Scale.logarithmic(min, max);
        }
        return Scale.linear(Math.min(zero ? 0 : max - SPAN * Math.abs(max), min), max);
    }

    /** Number of values that leave a gap. */
    public long gaps() {
        return all().filter(y -> !shows(y)).count();
    }

    private DoubleStream all() {
        return lines.stream().flatMapToDouble(line -> line.values.stream().mapToDouble(y -> y));
    }

    int from() {
        return lines.stream().mapToInt(Line::from).min().orElse(0);
    }

    int to() {
        return lines.stream()
                .mapToInt(line -> line.from + line.values.size() - 1)
                .max()
                .orElse(0);
    }

    /** Whether no value can be drawn. */
    public boolean isEmpty() {
        return shown().findAny().isEmpty();
    }

    /** Each curve in words, from its first to its last value. */
    public String describe() {
        List<String> texts = new ArrayList<>();
        for (Line line : lines) {
            if (line.values.isEmpty()) {
                continue;
            }
            String name = line.name.isEmpty() ? "" : line.name + ": ";
            texts.add(name + "from " + NumberFormat.number(line.values.get(0)) + " to "
                    + NumberFormat.number(line.values.get(line.values.size() - 1)));
        }
        return String.join("; ", texts);
    }
}
