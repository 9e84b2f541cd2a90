package org.gatedepth.report.drawing;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of numbers to be drawn as colours, as data.
 *
 * @param across title of the columns
 * @param up title of the rows
 * @param columns names of the columns
 * @param rows names of the rows, the first on top
 * @param cells the rows; NaN where a cell is empty
 * @param max the number of the darkest colour; 0 has the lightest
 */
public record Heat(
        String across, String up, List<String> columns, List<String> rows, List<List<Double>> cells, double max) {

    /** The most cells in a row and in a column. If there are more, neighbours become one cell with their mean. */
    public static final int MOST = 50;

    /** Merges neighbours where there are more than {@link #MOST} rows or columns. */
    public static Heat of(
            String across, String up, List<String> columns, List<String> rows, List<List<Double>> cells, double max) {
        int wide = (columns.size() + MOST - 1) / MOST;
        int high = (rows.size() + MOST - 1) / MOST;
        List<List<Double>> means = new ArrayList<>();
        for (int row = 0; row < rows.size(); row += high) {
            List<Double> line = new ArrayList<>();
            for (int column = 0; column < columns.size(); column += wide) {
                line.add(mean(cells.subList(row, Math.min(rows.size(), row + high)), column, column + wide));
            }
            means.add(line);
        }
        return new Heat(across, up, every(columns, wide), every(rows, high), means, max);
    }

    private static double mean(List<List<Double>> rows, int from, int to) {
        return rows.stream()
                .flatMap(row -> row.subList(Math.min(row.size(), from), Math.min(row.size(), to)).stream())
                .mapToDouble(x -> x)
                .filter(Double::isFinite)
                .average()
                .orElse(Double.NaN);
    }

    private static List<String> every(List<String> names, int step) {
        List<String> some = new ArrayList<>();
        for (int i = 0; i < names.size(); i += step) {
            some.add(names.get(i));
        }
        return some;
    }
}
