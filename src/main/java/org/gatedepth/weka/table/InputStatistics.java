package org.gatedepth.weka.table;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.gatedepth.weka.table.statistics.ColumnStatistics;
import org.gatedepth.weka.table.statistics.TableSample;
import weka.core.Attribute;
import weka.core.Instance;
import weka.core.Instances;

/**
 * Statistics of the attributes of a table, by weight, in two passes over the stored values: a value that a sparse row
 * does not store is 0, and is not read one by one. Or those that are known of all rows, where there is a sample only.
 */
final class InputStatistics {

    private final int rows;
    private double total;
    /** By attribute: how many rows store a value, and how much they weigh. */
    private final int[] stored;

    private final double[] storedWeight;
    private final int[] missing;
    private final double[] missingWeight;
    private final double[] mean;
    private final double[] deviation;
    private final double[] lowest;
    private final double[] highest;
    /** What differences are multiplied with before they are squared. */
    private final double[] unit;
    /** Of nominal attributes the weight of each label; of others nothing. */
    private final double[][] labels;

    InputStatistics(Instances table) {
        int attributes = table.numAttributes();
        rows = table.size();
        stored = new int[attributes];
        storedWeight = new double[attributes];
        missing = new int[attributes];
        missingWeight = new double[attributes];
        mean = new double[attributes];
        deviation = new double[attributes];
        lowest = new double[attributes];
        highest = new double[attributes];
        unit = new double[attributes];
        labels = new double[attributes][];
        for (int a = 0; a < attributes; a++) {
            Attribute attribute = table.attribute(a);
            labels[a] = new double[attribute.isNominal() ? attribute.numValues() : 0];
            lowest[a] = Double.POSITIVE_INFINITY;
            highest[a] = Double.NEGATIVE_INFINITY;
        }
        for (Instance row : table) {
            count(row);
        }
        for (int a = 0; a < attributes; a++) {
            countZeros(a);
        }
        double[] sums = new double[attributes];
        double[] squares = new double[attributes];
        for (Instance row : table) {
            addDifferences(row, sums, squares);
        }
        for (int a = 0; a < attributes; a++) {
            finish(a, sums[a], squares[a]);
        }
    }

    /** Statistics of a table of which there is a sample; of all its rows. */
    static InputStatistics of(TableSample table) {
        return table.isWhole() ? new InputStatistics(table.rows()) : new InputStatistics(table);
    }

    private InputStatistics(TableSample table) {
        List<ColumnStatistics> columns = table.columns();
        rows = table.rows().size();
        total = table.weight();
        stored = new int[columns.size()];
        storedWeight = new double[columns.size()];
        missing = new int[columns.size()];
        missingWeight =
                columns.stream().mapToDouble(ColumnStatistics::missingWeight).toArray();
        mean = numbers(columns, column -> column.numbers().mean());
        // The rows of a training have the mean weight 1; those of these statistics need not.
        double unitWeight = table.count() / table.weight();
        deviation =
                numbers(columns, column -> Math.sqrt(column.numbers().squares() * unitWeight / (table.count() - 1.0)));
        lowest = numbers(columns, column -> column.numbers().lowest());
        highest = numbers(columns, column -> column.numbers().highest());
        unit = new double[columns.size()];
        labels = columns.stream().map(ColumnStatistics::labels).toArray(double[][]::new);
    }

    private static double[] numbers(List<ColumnStatistics> columns, ToDoubleFunction<ColumnStatistics> value) {
        return columns.stream().mapToDouble(value).toArray();
    }

    private void count(Instance row) {
        double weight = row.weight();
        total += weight;
        for (int i = 0; i < row.numValues(); i++) {
            int a = row.index(i);
            double value = row.valueSparse(i);
            stored[a]++;
            storedWeight[a] += weight;
            if (Double.isNaN(value)) {
                missing[a]++;
                missingWeight[a] += weight;
            } else if (labels[a].length > 0) {
                labels[a][(int) value] += weight;
            } else {
                mean[a] += weight * value;
                lowest[a] = Math.min(lowest[a], value);
                highest[a] = Math.max(highest[a], value);
            }
        }
    }

    /** After the first pass: the values that are not stored, and the mean. */
    private void countZeros(int a) {
        if (stored[a] < rows) {
            lowest[a] = Math.min(lowest[a], 0);
            highest[a] = Math.max(highest[a], 0);
            if (labels[a].length > 0) {
                labels[a][0] += zeros(a);
            }
        }
        mean[a] = missing[a] < rows ? mean[a] / known(a) : 0;
        unit[a] = Magnitude.unit(lowest[a], highest[a]);
    }

    private void addDifferences(Instance row, double[] sums, double[] squares) {
        for (int i = 0; i < row.numValues(); i++) {
            int a = row.index(i);
            double difference = (row.valueSparse(i) - mean[a]) * unit[a];
            if (!Double.isNaN(difference)) {
                sums[a] += row.weight() * difference;
                squares[a] += row.weight() * difference * difference;
            }
        }
    }

    /**
     * After the second pass: the deviation, {@code sqrt(Σ w(x-m)² / (n-1))}, in which a missing value is the mean. The
     * sum of the differences is 0 but for rounding, and takes the rounding of the mean out (Chan et al. 1983).
     */
    private void finish(int a, double sum, double squares) {
        double zeros = zeros(a);
        double scaledMean = mean[a] * unit[a];
        double differences = sum - zeros * scaledMean;
        double all = squares + zeros * scaledMean * scaledMean;
        if (missing[a] < rows) {
            double squared = Math.max(0, all - differences * differences / known(a)) / (total - 1);
            deviation[a] = Math.sqrt(squared) / unit[a];
            mean[a] += differences / known(a) / unit[a];
        }
    }

    /** The weight of the rows that do not store a value. */
    private double zeros(int a) {
        return stored[a] == rows ? 0 : Math.max(0, total - storedWeight[a]);
    }

    private double known(int a) {
        return storedWeight[a] - missingWeight[a] + zeros(a);
    }

    /** Whether training rows have different values of a numeric attribute. */
    boolean varies(int attribute) {
        return lowest[attribute] < highest[attribute] && deviation[attribute] > 0;
    }

    double mean(int attribute) {
        return mean[attribute];
    }

    double deviation(int attribute) {
        return deviation[attribute];
    }

    double lowest(int attribute) {
        return lowest[attribute];
    }

    double highest(int attribute) {
        return highest[attribute];
    }

    /** The share of the rows without a value, by weight. */
    double missing(int attribute) {
        return missingWeight[attribute] / total;
    }

    /** Index of the most frequent label of a nominal attribute, the first of several. */
    int mode(int attribute) {
        double[] weights = labels[attribute];
        int mode = 0;
        for (int label = 1; label < weights.length; label++) {
            if (weights[label] > weights[mode]) {
                mode = label;
            }
        }
        return mode;
    }

    /** The share of each label of a nominal attribute, by weight; a missing value counts for the most frequent one. */
    double[] shares(int attribute) {
        double[] shares = labels[attribute].clone();
        if (shares.length == 0) {
            return shares;
        }
        shares[mode(attribute)] += missingWeight[attribute];
        double sum = 0;
        for (double share : shares) {
            sum += share;
        }
        for (int label = 0; label < shares.length; label++) {
            shares[label] /= sum;
        }
        return shares;
    }
}
