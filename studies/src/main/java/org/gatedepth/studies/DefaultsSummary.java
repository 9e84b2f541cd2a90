package org.gatedepth.studies;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.gatedepth.studies.tables.PredictionMeasures;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;

/** What {@link DefaultsOnTables} shows: for each measure the means, ranks, and differences to the best peer. */
final class DefaultsSummary {
    private static final String NOTHING = "–";

    private final ResultTable rows;

    DefaultsSummary(ResultTable rows) {
        this.rows = rows;
    }

    /** A classifier with its options: what is one column. */
    static String key(Map<String, String> row) {
        return (row.get(DefaultsOnTables.CLASSIFIER) + " " + row.get(DefaultsOnTables.OPTIONS)).strip();
    }

    /** What is above the column of a classifier: its name, with its options only if the name stands for several. */
    private String label(String key) {
        List<String> names = rows.where(row -> key(row).equals(key)).values(DefaultsOnTables.CLASSIFIER);
        long sameName = rows.where(DefaultsOnTables.CLASSIFIER, names.get(0)).rows().stream()
                .map(DefaultsSummary::key)
                .distinct()
                .count();
        return sameName == 1 ? names.get(0) : key;
    }

    private List<String> labels(List<String> keys) {
        return keys.stream().map(this::label).toList();
    }

    /** The tables, in Markdown. */
    String markdown() {
        List<String> parts = new ArrayList<>();
        add(parts, DefaultsOnTables.CLASSIFICATION, "Accuracy", PredictionMeasures.ACCURACY, true, true);
        add(parts, DefaultsOnTables.CLASSIFICATION, "ROC area", PredictionMeasures.ROC_AREA, true, true);
        add(parts, DefaultsOnTables.CLASSIFICATION, "Log loss", PredictionMeasures.LOG_LOSS, false, true);
        add(parts, DefaultsOnTables.REGRESSION, "Correlation", PredictionMeasures.CORRELATION, true, true);
        add(parts, DefaultsOnTables.REGRESSION, "R²", PredictionMeasures.R2, true, true);
        // Errors of different units have no mean.
        add(parts, DefaultsOnTables.REGRESSION, "Root mean squared error", PredictionMeasures.RMSE, false, false);
        parts.add(seconds());
        notes().ifPresent(parts::add);
        return String.join("\n", parts);
    }

    private void add(List<String> parts, String task, String title, String column, boolean higher, boolean hasMean) {
        ResultTable of = rows.where(DefaultsOnTables.TASK, task);
        if (of.isEmpty()) {
            return;
        }
        List<String> networks = classifiers(of, DefaultsOnTables.NETWORK);
        List<String> peers = classifiers(of, DefaultsOnTables.PEER);
        List<String> all = new ArrayList<>(networks);
        all.addAll(peers);
        MeasureGrid grid = new MeasureGrid(of, all, column, higher);
        parts.add(means(grid, title, all, hasMean));
        if (hasMean && !networks.isEmpty() && !peers.isEmpty()) {
            parts.add(differences(grid, title, networks, peers));
        }
    }

    private static List<String> classifiers(ResultTable of, String kind) {
        return of.where(DefaultsOnTables.KIND, kind).rows().stream()
                .map(DefaultsSummary::key)
                .distinct()
                .sorted()
                .toList();
    }

    private String means(MeasureGrid grid, String title, List<String> classifiers, boolean hasMean) {
        List<List<String>> lines = new ArrayList<>();
        for (String table : grid.tables()) {
            Optional<String> best = grid.best(table, classifiers);
            lines.add(line(
                    table,
                    classifiers.stream()
                            .map(classifier -> emphasised(
                                    number(grid.mean(table, classifier)), best.equals(Optional.of(classifier))))
                            .toList()));
        }
        if (hasMean) {
            Optional<String> best = grid.best(classifiers);
            lines.add(line(
                    "mean of " + grid.tables().size(),
                    classifiers.stream()
                            .map(classifier ->
                                    emphasised(number(grid.mean(classifier)), best.equals(Optional.of(classifier))))
                            .toList()));
        }
        lines.add(line(
                "mean rank",
                classifiers.stream()
                        .map(classifier -> String.format(Locale.ROOT, "%.2f", grid.meanRank(classifier)))
                        .toList()));
        return ResultTable.markdown(line(title, labels(classifiers)), lines);
    }

    private String differences(MeasureGrid grid, String title, List<String> networks, List<String> peers) {
        List<List<String>> lines = new ArrayList<>();
        for (String table : grid.tables()) {
            grid.best(table, peers).ifPresent(best -> {
                List<String> cells = new ArrayList<>(List.of(best));
                networks.forEach(network -> cells.add(
                        Double.isNaN(grid.mean(table, network))
                                ? NOTHING
                                : grid.difference(table, network, best).toString()));
                lines.add(line(table, cells));
            });
        }
        grid.best(peers).ifPresent(best -> {
            List<String> cells = new ArrayList<>(List.of(best));
            networks.forEach(network -> cells.add(
                    grid.isWhole(network) ? grid.difference(network, best).toString() : NOTHING));
            lines.add(line("mean of " + grid.tables().size(), cells));
        });
        return ResultTable.markdown(
                line(title + " minus that of the best peer ± standard error", line("best peer", labels(networks))),
                lines);
    }

    private String seconds() {
        List<List<String>> lines = new ArrayList<>();
        for (String kind : List.of(DefaultsOnTables.NETWORK, DefaultsOnTables.PEER)) {
            for (String classifier : classifiers(rows, kind)) {
                ResultTable of = rows.where(row -> key(row).equals(classifier));
                ResultTable done =
                        of.where(row -> !row.get(DefaultsOnTables.FOLD).isEmpty());
                lines.add(List.of(
                        classifier,
                        String.valueOf(done.values(DefaultsOnTables.TABLE).size()),
                        sum(done, DefaultsOnTables.TRAIN_SECONDS),
                        sum(done, DefaultsOnTables.TEST_SECONDS)));
            }
        }
        return ResultTable.markdown(List.of("seconds in sum over folds", "tables", "training", "prediction"), lines);
    }

    private static String sum(ResultTable of, String column) {
        return String.format(
                Locale.ROOT,
                "%.1f",
                of.numbers(column).stream().mapToDouble(v -> v).sum());
    }

    private Optional<String> notes() {
        String lines = rows.where(row -> !row.get(DefaultsOnTables.NOTE).isEmpty()).rows().stream()
                .map(row -> "- " + key(row) + " on " + row.get(DefaultsOnTables.TABLE) + ", seed "
                        + row.get(DefaultsOnTables.SEED) + ": " + row.get(DefaultsOnTables.NOTE) + "\n")
                .sorted()
                .collect(Collectors.joining());
        return lines.isEmpty() ? Optional.empty() : Optional.of("Without a result:\n\n" + lines);
    }

    private static List<String> line(String head, List<String> cells) {
        List<String> line = new ArrayList<>(List.of(head));
        line.addAll(cells);
        return line;
    }

    private static String number(double value) {
        return Double.isNaN(value) ? NOTHING : String.format(Locale.ROOT, value < 1000 ? "%.4f" : "%.0f", value);
    }

    private static String emphasised(String text, boolean isBest) {
        return isBest ? "**" + text + "**" : text;
    }

    /** Accuracy, or correlation where the class is numeric, by table. */
    void draw(Path svg) throws IOException {
        List<String> tables =
                rows.values(DefaultsOnTables.TABLE).stream().sorted().toList();
        CategoryChart chart = new CategoryChartBuilder()
                .width(900)
                .height(460)
                .title("Accuracy, or correlation for a numeric class")
                .build();
        chart.getStyler()
                .setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Scatter)
                .setXAxisLabelRotation(45)
                .setLegendPosition(LegendPosition.OutsideE)
                .setChartBackgroundColor(Color.WHITE);
        List<String> all = new ArrayList<>(classifiers(rows, DefaultsOnTables.NETWORK));
        all.addAll(classifiers(rows, DefaultsOnTables.PEER));
        MeasureGrid accuracy = new MeasureGrid(rows, all, PredictionMeasures.ACCURACY, true);
        MeasureGrid correlation = new MeasureGrid(rows, all, PredictionMeasures.CORRELATION, true);
        for (String classifier : all) {
            List<Double> values = tables.stream()
                    .map(table -> {
                        double value = accuracy.mean(table, classifier);
                        return Double.isNaN(value) ? correlation.mean(table, classifier) : value;
                    })
                    .map(value -> Double.isNaN(value) ? null : value)
                    .toList();
            LineChart.mark(
                    chart.addSeries(classifier, tables, values),
                    chart.getSeriesMap().size() - 1);
        }
        LineChart.write(chart, svg);
    }
}
