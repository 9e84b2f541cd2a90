package org.gatedepth.weka.spark;

import java.io.Serializable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.gatedepth.weka.table.statistics.ColumnStatistics;
import org.gatedepth.weka.table.statistics.Moments;
import org.jspecify.annotations.Nullable;
import weka.core.Attribute;

/** What the rows seen so far have in one column. Two of them can be added. */
final class ColumnSurvey implements Serializable {
    private static final long serialVersionUID = 1L;

    /** A column of more labels is hardly one of labels. */
    static final int MOST_LABELS = 10_000;

    private final SourceColumn column;
    private final Moments moments = new Moments();
    /** Of each label the weight and the number of training rows; null if there are too many. */
    private @Nullable Map<String, double[]> labels = new HashMap<>();

    private double missingWeight;
    /** A cell that is no number. */
    private @Nullable String text;

    ColumnSurvey(SourceColumn column) {
        this.column = column;
    }

    /** Adds a cell; rows that are not trained on tell labels and types only. */
    void add(@Nullable Object cell, double weight, boolean training) {
        if (cell == null) {
            missingWeight += training ? weight : 0;
            return;
        }
        switch (column.type()) {
            case NUMBER, DATE -> addNumber((Double) cell, weight, training);
            case LABEL -> addLabel((String) cell, weight, training);
            case TEXT -> addText((String) cell, weight, training);
        }
    }

    private void addText(String cell, double weight, boolean training) {
        if (text == null) {
            Double number = number(cell);
            if (number == null) {
                text = cell;
            } else {
                addNumber(number, weight, training);
            }
        }
        if (labels != null) {
            addLabel(cell, weight, training);
        }
    }

    private void addNumber(double number, double weight, boolean training) {
        if (!(Math.abs(number) <= Moments.MOST)) {
            throw new IllegalArgumentException("numbers must be from -1E150 to 1E150, got " + number
                    + " in the column '" + column.name() + "': divide them, or mark this one as missing");
        }
        if (training) {
            moments.add(number, weight);
        }
    }

    private void addLabel(String label, double weight, boolean training) {
        if (labels == null) {
            return;
        }
        double[] sum = labels.computeIfAbsent(label, key -> new double[2]);
        if (training) {
            sum[0] += weight;
            sum[1]++;
        }
        if (labels.size() > MOST_LABELS) {
            labels = null;
            requireFewLabels();
        }
    }

    private void requireFewLabels() {
        if (labels == null && (column.type() == SourceColumn.Type.LABEL || text != null)) {
            throw new IllegalArgumentException("a column of labels must have at most " + MOST_LABELS
                    + " of them, got more in the column '" + column.name() + "'"
                    + (text == null ? "" : ", which is not numeric since it has '" + text + "'")
                    + ": leave the column out of the files, or mark such values as missing");
        }
    }

    ColumnSurvey plus(ColumnSurvey other) {
        moments.add(other.moments);
        missingWeight += other.missingWeight;
        text = text == null ? other.text : text;
        Map<String, double[]> mine = labels;
        if (mine == null || other.labels == null) {
            labels = null;
        } else {
            other.labels.forEach((label, sum) ->
                    mine.merge(label, sum, (a, b) -> new double[] {a[0] + b[0], a[1] + b[1]}));
            labels = mine.size() > MOST_LABELS ? null : mine;
        }
        requireFewLabels();
        return this;
    }

    /** The number that a text is; null if it is none. Texts such as 1d and 0x1p3 are labels. */
    static @Nullable Double number(String text) {
        char last = text.charAt(text.length() - 1);
        if (!(last >= '0' && last <= '9') && last != '.') {
            return null;
        }
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    boolean isNominal() {
        return column.type() == SourceColumn.Type.LABEL || (column.type() == SourceColumn.Type.TEXT && text != null);
    }

    /** Weka's attribute; labels that no file lists are in the order of numbers, if they are numbers, or of letters. */
    Attribute attribute() {
        if (column.type() == SourceColumn.Type.DATE) {
            return new Attribute(column.name(), column.dateFormat());
        }
        return isNominal() ? new Attribute(column.name(), orderedLabels()) : new Attribute(column.name());
    }

    private List<String> orderedLabels() {
        if (!column.labels().isEmpty()) {
            return column.labels();
        }
        Comparator<String> byNumber = Comparator.comparing(label -> {
            Double number = number(label);
            return number == null ? Double.POSITIVE_INFINITY : number;
        });
        return known().keySet().stream()
                .sorted(byNumber.thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private Map<String, double[]> known() {
        return labels == null ? Map.of() : labels;
    }

    /** Of each label the weight of the rows that are trained on. */
    double[] labelWeights() {
        return sums(0);
    }

    /** Of each label the number of rows that are trained on. */
    double[] labelCounts() {
        return sums(1);
    }

    /** The labels that rows have, and no row that is trained on. */
    List<String> unseen() {
        return orderedLabels().stream()
                .filter(label -> known().getOrDefault(label, new double[] {0, 1})[1] == 0)
                .toList();
    }

    private double[] sums(int of) {
        return orderedLabels().stream()
                .mapToDouble(label -> known().getOrDefault(label, new double[2])[of])
                .toArray();
    }

    ColumnStatistics statistics() {
        return isNominal()
                ? new ColumnStatistics(new Moments(), labelWeights(), missingWeight)
                : new ColumnStatistics(moments, new double[0], missingWeight);
    }
}
