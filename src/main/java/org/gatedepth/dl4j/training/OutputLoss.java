package org.gatedepth.dl4j.training;

import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** What the scores of one output of a network are worth. */
interface OutputLoss {
    /**
     * A minibatch of one output, row by row.
     *
     * @param rows number of rows
     * @param scores {@code [rows, scores()]}, what the layer computes before any activation
     * @param labels {@code [rows, labels()]}
     * @param mask label mask, {@code [rows, 1]} or {@code [rows, labels()]}; null for 1 everywhere
     * @param gradient gets the gradient of the sum with respect to the scores
     */
    record Minibatch(int rows, double[] scores, double[] labels, double @Nullable [] mask, double[] gradient) {
        /** What a label counts, of so many columns. */
        double count(int row, int column, int columns) {
            if (mask == null) {
                return 1;
            }
            return mask.length == rows ? mask[row] : mask[row * columns + column];
        }
    }

    /** Columns of the scores. */
    int scores();

    /** Columns of the labels. */
    int labels();

    /**
     * The sum of the losses of all rows; writes its gradient.
     *
     * @param iteration the network's count of iterations, for schedules of weights
     * @param epoch its count of epochs
     */
    double of(Minibatch minibatch, int iteration, int epoch);

    /** What is predicted for scores; null where this does not say. */
    default @Nullable SDVariable prediction(SameDiff sd, SDVariable scores) {
        return null;
    }
}
