package org.gatedepth.weka.model;

import java.io.Serializable;
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
public final class BestEpoch implements Serializable {

    private static final long serialVersionUID = 1L;

    private double loss = Double.POSITIVE_INFINITY;
    private int epoch;
    private float @Nullable [] parameters;

    /** One that goes on from here, by itself. */
    public BestEpoch copy() {
        BestEpoch copy = new BestEpoch();
        copy.loss = loss;
        copy.epoch = epoch;
        copy.parameters = parameters;
        return copy;
    }

    public void offer(int candidate, double candidateLoss, INDArray candidateParameters) {
        if (candidateLoss < loss) {
            loss = candidateLoss;
            epoch = candidate;
            parameters = candidateParameters.toFloatVector();
        }
    }

    /**
     * Whether there were so many epochs without a better loss.
     *
     * @param current the last epoch
     * @param patience number of epochs; 0 for never
     */
    public boolean isPatienceOver(int current, int patience) {
        return patience > 0 && current - epoch >= patience;
    }

    public int epoch() {
        return epoch;
    }

    public double loss() {
        return loss;
    }

    /** The parameters, not to be changed; null before the first offer. */
    public float @Nullable [] parameters() {
        return parameters;
    }
}
