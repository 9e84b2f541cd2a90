package org.gatedepth.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.gatedepth.report.drawing.AxisTicks;
import org.gatedepth.report.drawing.Heat;
import org.gatedepth.report.drawing.Html;
import org.gatedepth.report.drawing.NumberFormat;
import org.gatedepth.report.drawing.Plot;
import org.gatedepth.report.drawing.Plot.Line;
import org.gatedepth.report.drawing.Plot.Look;
import org.gatedepth.report.drawing.Svg;

/** The parts of the page about gates, weighted skips and dense connections. */
final class BlockSections {

    private BlockSections() {}

    static String of(DepthReport report) {
        StringBuilder out = new StringBuilder();
        if (!report.gates().isEmpty()) {
            out.append(gates(report.gates()));
        }
        if (!report.skips().isEmpty()) {
            out.append(skips(report.skips()));
        }
        if (!report.dense().isEmpty()) {
            List<String> figures =
                    report.dense().stream().map(BlockSections::dense).toList();
            out.append(Html.section("Dense connections", Html.figures(figures.toArray(String[]::new))));
        }
        return out.toString();
    }

    private static <T> List<Double> all(List<T> blocks, Function<T, Double> value) {
        return blocks.stream().map(value).toList();
    }

    private static String gates(List<Gates> gates) {
        Plot means = Plot.of(
                "block",
                "gate",
                false,
                List.of(
                        new Line("mean", Look.FIRST, 1, all(gates, Gates::mean)),
                        new Line("open", Look.SECOND, 1, all(gates, Gates::open)),
                        new Line("ever open", Look.THIRD, 1, all(gates, Gates::everOpen))));
        int units = gates.stream().mapToInt(gate -> gate.units().size()).max().orElse(0);
        String map = "";
        double most = gates.stream()
                .flatMap(gate -> gate.units().stream())
                .mapToDouble(x -> x)
                .filter(Double::isFinite)
                .max()
                .orElse(0);
        if (units > 0) {
            double darkest = most > 0 ? Math.min(1, AxisTicks.round(most)) : 1;
            Heat heat = Heat.of(
                    "unit",
                    "block",
                    numbers(units),
                    numbers(gates.size()),
                    gates.stream().map(Gates::units).toList(),
                    darkest);
            String finding = "Mean gates between " + extreme(gates, false) + " and " + extreme(gates, true) + ".";
            map = Html.figure(
                    "Gates by block and unit",
                    finding,
                    "A dark unit replaces its input (the scale ends at " + AxisTicks.label(darkest)
                            + "), a light one passes its input on."
                            + merged(units, gates.size()),
                    Svg.cells("Gates by block and unit: " + finding, heat));
        }
        List<List<String>> rows = gates.stream()
                .map(gate -> List.of(
                        gate.block(),
                        NumberFormat.number(gate.mean()),
                        NumberFormat.percent(gate.open()),
                        NumberFormat.percent(gate.everOpen()),
                        NumberFormat.number(gate.spread()),
                        NumberFormat.number(gate.startBias()),
                        NumberFormat.number(gate.bias())))
                .toList();
        String table = Html.table(
                List.of("block", "mean", "open", "ever open", "spread over classes", "bias at the start", "bias now"),
                rows);
        String reading =
                "At 0 a block passes its input on, at 1 it replaces it. Open: the share of the gates above 0.5. Ever"
                        + " open: the share of the units whose gate is above 0.5 for at least one example.";
        return Html.section(
                "Transform gates",
                Html.figures(
                                Html.figure("Mean gate by block", Sentences.sentence(means.describe()), reading, means),
                                map)
                        + Html.details("All gates by block", table));
    }

    private static String extreme(List<Gates> gates, boolean largest) {
        Gates best = gates.get(0);
        for (Gates gate : gates) {
            if (largest ? gate.mean() > best.mean() : gate.mean() < best.mean()) {
                best = gate;
            }
        }
        return NumberFormat.number(best.mean()) + " (" + best.block() + ")";
    }

    private static List<String> numbers(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(Integer::toString).toList();
    }

    private static String merged(int columns, int rows) {
        return columns > Heat.MOST || rows > Heat.MOST ? " A cell is the mean of several neighbours." : "";
    }

    private static String skips(List<SkipWeights> skips) {
        Plot plot = Plot.of(
                "block",
                "weight",
                false,
                List.of(
                        new Line("alpha", Look.FIRST, 1, all(skips, SkipWeights::alpha)),
                        new Line("beta", Look.SECOND, 1, all(skips, SkipWeights::beta)),
                        new Line("size of beta", Look.THIRD, 1, all(skips, SkipWeights::size))));
        List<List<String>> rows = skips.stream()
                .map(skip -> List.of(
                        skip.block(),
                        NumberFormat.number(skip.alpha()),
                        NumberFormat.number(skip.beta()),
                        NumberFormat.number(skip.size())))
                .toList();
        String reading =
                "Alpha is the weight of a block's input, beta the weight of what the block computes from it. Where"
                        + " the size of beta is near 0, the block passes its input on.";
        return Html.section(
                "Weighted skips",
                Html.figures(Html.figure("Weights by block", Sentences.sentence(plot.describe()), reading, plot))
                        + Html.details(
                                "All weights by block",
                                Html.table(List.of("block", "alpha", "beta", "size of beta"), rows)));
    }

    private static String dense(DenseWeights dense) {
        int blocks = dense.sources().size() - 1;
        List<String> readers =
                new ArrayList<>(numbers(Math.min(blocks, dense.readers().size())));
        while (readers.size() < dense.readers().size()) {
            readers.add("out");
        }
        List<String> sources = new ArrayList<>(List.of("in"));
        sources.addAll(numbers(blocks));
        double max = dense.weights().stream()
                .flatMap(List::stream)
                .filter(Double::isFinite)
                .mapToDouble(x -> x)
                .max()
                .orElse(0);
        Heat heat = Heat.of("source", "reader", sources, readers, dense.weights(), max > 0 ? max : 1);
        String title = "Which block reads which in " + dense.chain();
        String finding = "The largest mean absolute weight is " + NumberFormat.number(max) + ".";
        return Html.figure(
                title,
                finding,
                "A row is a block that reads (out: the layer after the chain). A column is what it reads (in: the"
                        + " input of the chain). Dark cells have large weights."
                        + merged(sources.size(), readers.size()),
                Svg.cells(title + ": " + finding, heat));
    }
}
