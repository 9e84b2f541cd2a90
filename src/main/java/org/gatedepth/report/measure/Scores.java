package org.gatedepth.report.measure;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How well an output predicts its labels. Both are rows of numbers.
 *
 * <p>The numbers tell the task. If the rows of labels and predictions sum to 1, they are classes. If all labels are 0
 * or 1 and all predictions lie between, each column is a yes or no. All others are numbers.
 */
public final class Scores {
    /**
     * How good a prediction is.
     *
     * @param loss mean loss of an example: cross-entropy in nats for classes, squared error (mean over the outputs)
     *     otherwise
     * @param accuracy share of the examples that are predicted right; null unless the network predicts classes
     * @param changed share of the examples whose predicted class is another than the intact network's; for numbers the
     *     mean squared change over the variance of the intact predictions
     */
    public record Score(double loss, @Nullable Double accuracy, double changed) {}

    private enum Task {
        CLASSES,
        YES_OR_NO,
        NUMBERS
    }

    private static final double SUM_TOLERANCE = 1e-3;
    private static final double SMALLEST = 1e-30;

    private final Task task;
    private final double[][] labels;
    private final double[][] intact;
    private final int @Nullable [] counted;

    /**
     * Prepares the comparison.
     *
     * @param labels {@code [rows, outputs]} or {@code [rows, outputs, time]}
     * @param mask 0 for rows that do not count; null if all rows count
     * @param predicted what the intact network predicts, of the labels' shape
     */
    public Scores(INDArray labels, @Nullable INDArray mask, INDArray predicted) {
        if (!labels.equalShapes(predicted)) {
            throw new IllegalArgumentException("the labels have the shape " + Arrays.toString(labels.shape())
                    + ", but the network predicts " + Arrays.toString(predicted.shape())
                    + ": give the labels that it was trained on");
        }
        this.counted = counted(mask);
        this.labels = rows(labels);
        this.intact = rows(predicted);
        requireFinite();
        task = sumToOne(this.labels) && sumToOne(intact)
                ? Task.CLASSES
                : within(this.labels, true) && within(intact, false) ? Task.YES_OR_NO : Task.NUMBERS;
    }

    private void requireFinite() {
        for (double[] row : labels) {
            for (double label : row) {
                if (Double.isNaN(label)) {
                    throw new IllegalArgumentException(
                            "the labels hold NaN: give such examples a label mask of 0, or leave them out");
                }
            }
        }
    }

    private static int @Nullable [] counted(@Nullable INDArray mask) {
        if (mask == null) {
            return null;
        }
        double[] flat = mask.rank() == 2 && mask.size(1) > 1
                ? mask.castTo(DataType.DOUBLE).ravel('c').toDoubleVector()
                : mask.castTo(DataType.DOUBLE).ravel().toDoubleVector();
        return IntStream.range(0, flat.length).filter(i -> flat[i] != 0).toArray();
    }

    /** The rows that count. The steps of a sequence are rows one after the other. */
    private double[][] rows(INDArray array) {
        INDArray flat = array.rank() == 3
                ? array.permute(0, 2, 1).dup('c').reshape(array.size(0) * array.size(2), array.size(1))
                : array;
        if (flat.rank() != 2) {
            throw new IllegalArgumentException(
                    "the depth report reads labels of two or three dimensions, got the shape "
                            + Arrays.toString(array.shape()));
        }
        double[][] all = Matrix.of(flat);
        return counted == null
                ? all
                : IntStream.of(counted).mapToObj(i -> all[i]).toArray(double[][]::new);
    }

    private static boolean sumToOne(double[][] rows) {
        if (rows.length == 0 || rows[0].length < 2) {
            return false;
        }
        for (double[] row : rows) {
            double sum = 0;
            for (double p : row) {
                sum += p;
                if (p < -SUM_TOLERANCE) {
                    return false;
                }
            }
            if (Math.abs(sum - 1) > SUM_TOLERANCE) {
                return false;
            }
        }
        return true;
    }

    private static boolean within(double[][] rows, boolean ends) {
        for (double[] row : rows) {
            for (double p : row) {
                if (p < 0 || p > 1 || (ends && p > 0 && p < 1)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether the output predicts one of several classes. */
    public boolean isOfClasses() {
        return task == Task.CLASSES;
    }

    /** The class of each row. */
    public int[] classes() {
        return IntStream.range(0, labels.length).map(i -> largest(labels[i])).toArray();
    }

    /** Number of classes. */
    public int outputs() {
        return labels.length == 0 ? 0 : labels[0].length;
    }

    /** The probability of the predicted class by row. */
    public double[] confidence() {
        return IntStream.range(0, intact.length)
                .mapToDouble(i -> intact[i][largest(intact[i])])
                .toArray();
    }

    /** Which rows the intact network predicts right. */
    public boolean[] right() {
        boolean[] right = new boolean[labels.length];
        for (int i = 0; i < right.length; i++) {
            right[i] = largest(intact[i]) == largest(labels[i]);
        }
        return right;
    }

    /** The score of the intact network. */
    public Score intact() {
        return score(intact);
    }

    /** The score when the network predicts so. */
    public Score of(INDArray prediction) {
        return score(rows(prediction));
    }

    private Score score(double[][] predicted) {
        int columns = outputs();
        double loss = 0;
        int right = 0;
        int changed = 0;
        double moved = 0;
        for (int i = 0; i < labels.length; i++) {
            loss += loss(labels[i], predicted[i]);
            switch (task) {
                case CLASSES -> {
                    right += largest(predicted[i]) == largest(labels[i]) ? 1 : 0;
                    changed += largest(predicted[i]) == largest(intact[i]) ? 0 : 1;
                }
                case YES_OR_NO -> {
                    for (int k = 0; k < columns; k++) {
                        right += predicted[i][k] >= .5 == labels[i][k] >= .5 ? 1 : 0;
                        changed += predicted[i][k] >= .5 == intact[i][k] >= .5 ? 0 : 1;
                    }
                }
                case NUMBERS -> moved += squaredDistance(predicted[i], intact[i]);
            }
        }
        double rows = labels.length;
        double answers = task == Task.YES_OR_NO ? rows * columns : rows;
        return task == Task.NUMBERS
                ? new Score(loss / rows, null, moved == 0 ? 0 : moved / spread())
                : new Score(loss / rows, right / answers, changed / answers);
    }

    private double loss(double[] label, double[] predicted) {
        double loss = 0;
        for (int k = 0; k < label.length; k++) {
            loss += switch (task) {
                case CLASSES -> label[k] == 0 ? 0 : -label[k] * Math.log(Math.max(SMALLEST, predicted[k]));
                case YES_OR_NO -> -Math.log(Math.max(SMALLEST, label[k] >= .5 ? predicted[k] : 1 - predicted[k]));
                case NUMBERS -> (label[k] - predicted[k]) * (label[k] - predicted[k]) / label.length;
            };
        }
        return loss;
    }

    /** The squared distances of the intact predictions from their mean, summed. */
    private double spread() {
        double[] mean = new double[outputs()];
        for (double[] row : intact) {
            for (int k = 0; k < mean.length; k++) {
                mean[k] += row[k] / intact.length;
            }
        }
        double sum = 0;
        for (double[] row : intact) {
            sum += squaredDistance(row, mean);
        }
        return sum;
    }

    private static double squaredDistance(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += (a[k] - b[k]) * (a[k] - b[k]);
        }
        return sum;
    }

    private static int largest(double[] row) {
        int largest = 0;
        for (int k = 1; k < row.length; k++) {
            if (row[k] > row[largest]) {
                largest = k;
            }
        }
        return largest;
    }
}
