package org.gatedepth.studies;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One measure of classifiers on tables, by fold. A classifier without a result on a table has NaN there. */
final class MeasureGrid {
    private final List<String> tables;
    private final List<String> classifiers;
    private final boolean higherIsBetter;

    /** Values by seed and fold, by table and classifier. */
    private final Map<List<String>, Map<List<String>, Double>> values = new HashMap<>();

    /**
     * Takes a column.
     *
     * @param classifiers their names, in order, by {@link DefaultsSummary#key}
     */
    MeasureGrid(ResultTable rows, List<String> classifiers, String column, boolean higherIsBetter) {
        this.tables = rows.values(DefaultsOnTables.TABLE).stream().sorted().toList();
        this.classifiers = classifiers;
        this.higherIsBetter = higherIsBetter;
        for (Map<String, String> row : rows.rows()) {
            if (!row.get(column).isEmpty()) {
                values.computeIfAbsent(
                                List.of(row.get(DefaultsOnTables.TABLE), DefaultsSummary.key(row)),
                                k -> new LinkedHashMap<>())
                        .put(
                                List.of(row.get(DefaultsOnTables.SEED), row.get(DefaultsOnTables.FOLD)),
                                Double.parseDouble(row.get(column)));
            }
        }
    }

    List<String> tables() {
        return tables;
    }

    private Map<List<String>, Double> folds(String table, String classifier) {
        return values.getOrDefault(List.of(table, classifier), Map.of());
    }

    /** Over the folds of a table. */
    double mean(String table, String classifier) {
        return folds(table, classifier).values().stream()
                .mapToDouble(v -> v)
                .average()
                .orElse(Double.NaN);
    }

    /** Of the means of all tables; NaN if one has none. */
    double mean(String classifier) {
        return tables.stream()
                .mapToDouble(table -> mean(table, classifier))
                .average()
                .orElse(Double.NaN);
    }

    /** Whether a classifier has results on all tables. */
    boolean isWhole(String classifier) {
        return !Double.isNaN(mean(classifier));
    }

    /** Over all tables; classifiers that are equal share their ranks, and those without a result are last. */
    double meanRank(String classifier) {
        return tables.stream()
                .mapToDouble(table -> rank(table, classifier))
                .average()
                .orElse(Double.NaN);
    }

    private double rank(String table, String classifier) {
        double own = goodness(mean(table, classifier));
        double better = 0;
        double equal = 0;
        for (String other : classifiers) {
            double value = goodness(mean(table, other));
            better += value > own ? 1 : 0;
            equal += value == own ? 1 : 0;
        }
        return better + (equal + 1) / 2;
    }

    /** Higher is better; nothing is worse than no result. */
    private double goodness(double value) {
        return Double.isNaN(value) ? Double.NEGATIVE_INFINITY : higherIsBetter ? value : -value;
    }

    /** The best of some classifiers on a table. */
    Optional<String> best(String table, List<String> of) {
        return of.stream()
                .filter(classifier -> !Double.isNaN(mean(table, classifier)))
                .max(Comparator.comparingDouble(classifier -> goodness(mean(table, classifier))));
    }

    /** The one of some classifiers with the best mean over all tables. */
    Optional<String> best(List<String> of) {
        return of.stream()
                .filter(this::isWhole)
                .max(Comparator.comparingDouble(classifier -> goodness(mean(classifier))));
    }

    /** A classifier minus another on a table, over the folds that both have. */
    Difference difference(String table, String classifier, String other) {
        Map<List<String>, Double> others = folds(table, other);
        return Difference.of(folds(table, classifier).entrySet().stream()
                .filter(fold -> others.containsKey(fold.getKey()))
                .mapToDouble(fold -> fold.getValue() - others.get(fold.getKey()))
                .toArray());
    }

    /** A classifier minus another, over all tables. */
    Difference difference(String classifier, String other) {
        return Difference.of(tables.stream()
                .mapToDouble(table -> mean(table, classifier) - mean(table, other))
                .toArray());
    }
}
