package org.gatedepth.report.measure;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How well an output predicts its labels. Both are rows of numbers.
 *
 * <p>Unless the output is known to predict numbers, the labels and predictions tell the task. If the rows of labels and
 * predictions sum to 1, they are classes. If all labels are 0 or 1 and all predictions lie between, each column is a
 * yes or no. All others are numbers.
 */
public final class Scores {
    /**
     * How good a prediction is.
     *
     * @param loss mean loss of an example: cross-entropy in nats for classes, squared error (mean over the outputs)
     *     otherwise
     * @param accuracy share of the examples that are predicted right; null unless the network predicts classes
     * @param changed share of the examples whose predicted class is another than the intact network's; for numbers the
     *     mean squared change over the variance of the intact predictions, or over their mean square where they do not
     *     vary
     */
    public record Score(double loss, @Nullable Double accuracy, double changed) {}

    private enum Task {
        CLASSES,
        YES_OR_NO,
        NUMBERS
    }

    private static final double SUM_TOLERANCE = 1e-3;
    private static final double SMALLEST = 1e-30;
    /** A spread below this share of the squares is rounding. */
    private static final double NO_SPREAD = 1e-12;

    private final Task task;
    /** Number of rows, those that do not count among them. */
    private final int all;

    private final double[][] labels;
    private final double[][] intact;
    private final int @Nullable [] counted;
    /** By row and output. */
    private final double @Nullable [][] weights;

    /**
     * Prepares the comparison.
     *
     * @param labels {@code [rows, outputs]} or {@code [rows, outputs, time]}
     * @param mask 0 for what does not count; null if all counts. Of labels of two dimensions {@code [rows, 1]}, or a
     *     weight for each label {@code [rows, outputs]}; of sequences {@code [rows, time]}, or of the labels' shape
     * @param predicted what the intact network predicts, of the labels' shape
     * @param numbers whether the output predicts numbers, whatever the labels and predictions look like
     * @throws IllegalArgumentException for other shapes, and where nothing counts
     */
    public Scores(INDArray labels, @Nullable INDArray mask, INDArray predicted, boolean numbers) {
        if (!labels.equalShapes(predicted)) {
            throw new IllegalArgumentException("the labels have the shape " + Arrays.toString(labels.shape())
                    + ", but the network predicts " + Arrays.toString(predicted.shape())
                    + ": give the labels that it was trained on");
        }
        double[][] all = mask == null ? null : weights(labels, mask);
        counted = all == null ? null : counted(all);
        weights = all == null || all[0].length == 1 || labels.size(1) == 1 ? null : counted(all, counted);
        this.all = (int) (labels.length() / labels.size(1));
        this.labels = rows(labels);
        this.intact = rows(predicted);
        forgetMissing();
        requireFinite();
        task = numbers ? Task.NUMBERS : task();
    }

    private Task task() {
        if (sumToOne(labels) && sumToOne(intact)) {
            return Task.CLASSES;
        }
        return within(labels, true) && within(intact, false) ? Task.YES_OR_NO : Task.NUMBERS;
    }

    /** The mask by row, one weight for the row or one for each output. */
    private static double[][] weights(INDArray labels, INDArray mask) {
        long steps = labels.rank() == 3 ? labels.size(2) : 1;
        boolean first = mask.rank() > 0 && mask.size(0) == labels.size(0);
        if (first && mask.equalShapes(labels)) {
            return Matrix.of(flat(mask));
        }
        if (first && mask.length() == labels.size(0) * steps && mask.rank() <= 2) {
            return Matrix.of(mask.dup('f').reshape('f', mask.length(), 1));
        }
        throw new IllegalArgumentException("a label mask has the shape [rows, 1] or that of the labels, of sequences"
                + " [rows, time]; the labels have the shape " + Arrays.toString(labels.shape()) + " and the mask has "
                + Arrays.toString(mask.shape()));
    }

    private static int[] counted(double[][] weights) {
        int[] rows = IntStream.range(0, weights.length)
                .filter(i -> Arrays.stream(weights[i]).anyMatch(weight -> weight != 0))
                .toArray();
        if (rows.length == 0) {
            throw new IllegalArgumentException(
                    "the label mask is 0 everywhere, so no example counts: give at least one label that does");
        }
        return rows;
    }

    private static double[][] counted(double[][] all, int @Nullable [] rows) {
        return rows == null ? all : IntStream.of(rows).mapToObj(i -> all[i]).toArray(double[][]::new);
    }

    /** A label that does not count is 0, whatever was given in its place. */
    private void forgetMissing() {
        for (int i = 0; weights != null && i < labels.length; i++) {
            for (int k = 0; k < labels[i].length; k++) {
                labels[i][k] = weights[i][k] == 0 ? 0 : labels[i][k];
            }
        }
    }

    private double weight(int row, int output) {
        return weights == null ? 1 : weights[row][output];
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

    /** The rows that count, of sequences the first step of all examples first, as layers read them. */
    private double[][] rows(INDArray array) {
        return counted(Matrix.of(flat(array)), counted);
    }

    private static INDArray flat(INDArray array) {
        INDArray flat = array.rank() == 3
                ? array.permute(0, 2, 1).dup('f').reshape('f', array.size(0) * array.size(2), array.size(1))
                : array;
        if (flat.rank() != 2) {
            throw new IllegalArgumentException(
                    "the depth report reads labels of rows and of sequences, which have two or three dimensions, got"
                            + " the shape " + Arrays.toString(array.shape())
                            + ": measure a network whose output predicts one of these");
        }
        return flat;
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

    /** The class of each row of the labels, of sequences the first step of all examples first; −1 for none. */
    public int[] classes() {
        int[] classes = new int[all];
        Arrays.fill(classes, -1);
        for (int i = 0; i < labels.length; i++) {
            classes[counted == null ? i : counted[i]] = largest(labels[i]);
        }
        return classes;
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
        double all = 0;
        double loss = 0;
        double right = 0;
        double changed = 0;
        double moved = 0;
        for (int i = 0; i < labels.length; i++) {
            if (task == Task.CLASSES) {
                int given = largest(labels[i]);
                double weight = weight(i, given);
                all += weight;
                loss += weight * classLoss(labels[i], predicted[i]);
                right += largest(predicted[i]) == given ? weight : 0;
                changed += largest(predicted[i]) == largest(intact[i]) ? 0 : weight;
                continue;
            }
            for (int k = 0; k < columns; k++) {
                double weight = weight(i, k);
                double label = labels[i][k];
                double p = predicted[i][k];
                all += weight;
                if (task == Task.YES_OR_NO) {
                    loss -= weight * Math.log(Math.max(SMALLEST, label >= .5 ? p : 1 - p));
                    right += p >= .5 == label >= .5 ? weight : 0;
                    changed += p >= .5 == intact[i][k] >= .5 ? 0 : weight;
                } else {
                    loss += weight * square(label - p);
                    moved += weight * square(p - intact[i][k]);
                }
            }
        }
        return switch (task) {
            case CLASSES -> new Score(loss / all, right / all, changed / all);
            // Of an example the loss is the sum over its answers.
            case YES_OR_NO -> new Score(loss / all * columns, right / all, changed / all);
            case NUMBERS -> new Score(loss / all, null, moved == 0 ? 0 : moved / scale());
        };
    }

    private static double classLoss(double[] label, double[] predicted) {
        double loss = 0;
        for (int k = 0; k < label.length; k++) {
            loss -= label[k] == 0 ? 0 : label[k] * Math.log(Math.max(SMALLEST, predicted[k]));
        }
        return loss;
    }

    /**
     * The squared distances of the intact predictions from their mean, summed. Where the predictions do not differ, as
     * on one row, their squares stand for that, and where all are 0 the scale is 1.
     */
    private double scale() {
        double spread = 0;
        double squares = 0;
        for (int k = 0; k < outputs(); k++) {
            double weights = 0;
            double sum = 0;
            for (int i = 0; i < intact.length; i++) {
                weights += weight(i, k);
                sum += weight(i, k) * intact[i][k];
            }
            double mean = weights == 0 ? 0 : sum / weights;
            for (int i = 0; i < intact.length; i++) {
                spread += weight(i, k) * square(intact[i][k] - mean);
                squares += weight(i, k) * square(intact[i][k]);
            }
        }
        return squares == 0 ? 1 : spread > NO_SPREAD * squares ? spread : squares;
    }

    private static double square(double a) {
        return a * a;
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
