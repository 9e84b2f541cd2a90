package org.gatedepth.report.time;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.gatedepth.report.drawing.AxisTicks;
import org.gatedepth.report.drawing.Heat;
import org.gatedepth.report.drawing.Html;
import org.gatedepth.report.drawing.NumberFormat;
import org.gatedepth.report.drawing.Plot;
import org.gatedepth.report.drawing.Plot.Line;
import org.gatedepth.report.drawing.Plot.Look;
import org.gatedepth.report.drawing.Svg;

/** The part of a report about sequences, as text and as a section of the page. */
public final class TimeSections {
    /** The most columns of steps in a table of text. */
    private static final int TEXT_COLUMNS = 6;

    private TimeSections() {}

    /** A table with a header, and the sentence that stands before it. */
    public record Table(String sentence, List<List<String>> rows) {}

    /** The tables of the text form: gradients by lag, then gates by block and step, at most so many blocks. */
    public static List<Table> tables(OverTime time, int blocks) {
        List<Table> tables = new ArrayList<>();
        for (Lag lag : time.lags()) {
            List<String> lags = new ArrayList<>(List.of("steps back"));
            List<String> norms = new ArrayList<>(List.of("gradient"));
            for (int at : shown(lag)) {
                lags.add(Integer.toString(at));
                norms.add(NumberFormat.number(lag.norms().get(at)));
            }
            tables.add(new Table(lag.layer() + ": " + lag.lives(), List.of(lags, norms)));
        }
        for (TimeMap map : time.maps()) {
            tables.add(table("gradient by block and step of " + map.name(), map, map.blocks(), map.gradient(), blocks));
            if (!map.gated().isEmpty()) {
                tables.add(table("gate by block and step of " + map.name(), map, map.gated(), map.gates(), blocks));
            }
            if (!map.heads().isEmpty()) {
                tables.add(table(
                        "entropy of attention by head and step of " + map.name()
                                + ", from 0 for one step to ln(steps) for all alike",
                        map,
                        map.heads(),
                        map.entropy(),
                        blocks));
            }
        }
        tables.removeIf(table -> table.rows().size() < 2);
        return tables;
    }

    /** Lag 0, powers of two, the reach, and the last lag. */
    private static Set<Integer> shown(Lag lag) {
        int last = lag.norms().size() - 1;
        Set<Integer> shown = new TreeSet<>(List.of(0, Math.max(0, lag.reach()), Math.max(0, last)));
        for (int at = 1; at < last; at *= last > 100 ? 4 : 2) {
            shown.add(at);
        }
        shown.removeIf(at -> at > last);
        return shown;
    }

    private static Table table(String sentence, TimeMap map, List<String> names, List<List<Double>> rows, int most) {
        List<String> columns = map.columns();
        int wide = (columns.size() + TEXT_COLUMNS - 1) / TEXT_COLUMNS;
        int high = (names.size() + most - 1) / most;
        List<List<String>> table = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("step"));
        for (int from = 0; from < columns.size(); from += wide) {
            String first = columns.get(from).replaceFirst("-.*", "");
            String last = columns.get(Math.min(columns.size(), from + wide) - 1).replaceFirst(".*-", "");
            header.add(first.equals(last) ? first : first + "-" + last);
        }
        table.add(header);
        for (int row = 0; row < names.size(); row += high) {
            List<String> line = new ArrayList<>(List.of(names.get(row)));
            for (int from = 0; from < columns.size(); from += wide) {
                int start = from;
                line.add(NumberFormat.number(
                        rows.get(row).subList(start, Math.min(columns.size(), start + wide)).stream()
                                .mapToDouble(x -> x)
                                .filter(Double::isFinite)
                                .average()
                                .orElse(Double.NaN)));
            }
            table.add(line);
        }
        return new Table(sentence + (high > 1 ? ", every " + high + "th block" : ""), table);
    }

    /** The section of the page; empty where there is nothing to say. */
    public static String html(OverTime time) {
        if (time.nothing()) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        List<String> figures = new ArrayList<>();
        time.lags().forEach(lag -> figures.add(lag(lag)));
        for (TimeMap map : time.maps()) {
            if (!map.blocks().isEmpty()) {
                figures.add(map("Gradient by block and step", map, map.blocks(), map.gradient(), false));
            }
            if (!map.gated().isEmpty()) {
                figures.add(map("Gates by block and step", map, map.gated(), map.gates(), true));
            }
        }
        for (TimeMap map : time.maps()) {
            if (!map.heads().isEmpty()) {
                figures.add(entropy(map));
            }
        }
        time.verdict()
                .forEach(sentence ->
                        out.append("<p>").append(Html.escape(sentence)).append("</p>\n"));
        return Html.section("Over time", out + Html.figures(figures.toArray(String[]::new)));
    }

    private static String lag(Lag lag) {
        Plot plot = Plot.of(
                        "steps back",
                        "size of the error signal, log scale",
                        true,
                        List.of(new Line("", Look.FIRST, 0, lag.norms().subList(0, Math.max(1, lag.end())))))
                .mark("last step of the receptive field:", lag.receptiveField() == null ? Double.NaN : markAt(lag));
        return Html.figure(
                "Gradient by lag: " + lag.layer(),
                lag.lives().substring(0, 1).toUpperCase(Locale.ROOT)
                        + lag.lives().substring(1) + ".",
                "How much the last output depends on the input so many steps before. After the end of the curve it does"
                        + " not depend on it at all.",
                plot);
    }

    /** The last lag within the receptive field, where it lies within the curve. */
    private static double markAt(Lag lag) {
        long last = Objects.requireNonNull(lag.receptiveField()) - 1;
        return last < lag.norms().size() ? last : Double.NaN;
    }

    /** Short names for the columns. */
    private static List<String> firstSteps(TimeMap map) {
        return map.columns().stream()
                .map(column -> column.replaceFirst("-.*", ""))
                .toList();
    }

    private static String entropy(TimeMap map) {
        List<Double> means = map.entropy().stream()
                .map(row -> (Double) row.stream()
                        .mapToDouble(x -> x)
                        .filter(Double::isFinite)
                        .average()
                        .orElse(Double.NaN))
                .toList();
        String title = "Entropy of attention by head: " + map.name();
        String finding = "From "
                + NumberFormat.number(means.stream().mapToDouble(x -> x).min().orElse(Double.NaN)) + " to "
                + NumberFormat.number(means.stream().mapToDouble(x -> x).max().orElse(Double.NaN)) + " nats.";
        return Html.figure(
                title,
                finding,
                "A head of entropy 0 looks at one step, one of ln(steps) at all of them alike.",
                Svg.bars(title + ": " + finding, "nats", map.heads(), means, NumberFormat::number));
    }

    private static String map(String title, TimeMap map, List<String> names, List<List<Double>> cells, boolean gates) {
        double most = cells.stream()
                .flatMap(List::stream)
                .mapToDouble(x -> x)
                .filter(Double::isFinite)
                .max()
                .orElse(0);
        double darkest = most > 0 ? (gates ? Math.min(1, AxisTicks.round(most)) : most) : 1;
        List<String> numbers = IntStream.rangeClosed(1, names.size())
                .mapToObj(Integer::toString)
                .toList();
        Heat heat = Heat.of("step", "block", firstSteps(map), numbers, cells, darkest);
        String finding = "The largest mean is " + NumberFormat.number(most) + ".";
        String reading = gates
                ? "A dark cell replaces its input at that step, a light one passes it on. The scale ends at "
                        + NumberFormat.number(darkest) + "."
                : "Dark cells get most of the error signal, light ones learn nothing from that step.";
        return Html.figure(
                title + ": " + map.name(),
                finding,
                reading + " Each number is the mean over the sequences that have the step.",
                Svg.cells(title + ": " + finding, heat));
    }
}
