package org.gatedepth.weka;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Remembers the parameters of the epoch with the lowest validation loss, and says when to stop waiting for a better
 * one.
 *
 * <p>DL4J's {@code EarlyStoppingGraphTrainer} is not used: it owns the loop over epochs and minibatches, which here
 * has to return to Weka after each epoch and to look for an interrupt after each minibatch, and it trains from an
 * iterator without saying which rows weigh what.
 */
final class BestEpoch {

    private final int patience;
    private double loss = Double.POSITIVE_INFINITY;
    private int epoch;
    private @Nullable INDArray parameters;

    /** @param patience epochs without a better loss after which to stop; 0 for never */
    BestEpoch(int patience) {
        this.patience = patience;
    }

    void offer(int candidate, double candidateLoss, INDArray candidateParameters) {
        if (candidateLoss < loss) {
            loss = candidateLoss;
            epoch = candidate;
            parameters = candidateParameters.dup();
        }
    }

    boolean isPatienceOver(int current) {
        return patience > 0 && current - epoch >= patience;
    }

    int epoch() {
        return epoch;
    }

    double loss() {
        return loss;
    }

    @Nullable
    INDArray parameters() {
        return parameters;
    }
}
