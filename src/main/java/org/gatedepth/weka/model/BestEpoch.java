package org.gatedepth.weka.model;

import java.io.Serializable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the parameters of the epoch with the lowest validation loss, and says when training may stop.
 *
 * <p>DL4J's {@code EarlyStoppingGraphTrainer} is not used: it owns the loop over epochs and minibatches, which here has
 * to return to Weka after each epoch and to check for an interrupt after each minibatch, and its iterator does not
 * carry the weights of rows.
 */
public final class BestEpoch implements Serializable {

    private static final long serialVersionUID = 1L;

    private double loss = Double.POSITIVE_INFINITY;
    private int epoch;
    private float @Nullable [] parameters;

    /** A copy that changes by itself. */
    public BestEpoch copy() {
        BestEpoch copy = new BestEpoch();
        copy.loss = loss;
        copy.epoch = epoch;
        copy.parameters = parameters;
        return copy;
    }

    /**
     * Keeps the parameters of an epoch if its loss is the lowest so far.
     *
     * @param candidate number of the epoch
     * @param candidateLoss its validation loss
     * @param candidateParameters gives a copy of the parameters after it
     */
    public void offer(int candidate, double candidateLoss, Supplier<float[]> candidateParameters) {
        if (candidateLoss < loss) {
            loss = candidateLoss;
            epoch = candidate;
            parameters = candidateParameters.get();
        }
    }

    /**
     * Whether there were so many epochs without a better loss.
     *
     * @param current the last epoch
     * @param patience number of epochs
     */
    public boolean isPatienceOver(int current, int patience) {
        return current - epoch >= patience;
    }

    /** Number of the best epoch; 0 before the first offer. */
    public int epoch() {
        return epoch;
    }

    /** Its validation loss; infinite before the first offer. */
    public double loss() {
        return loss;
    }

    /** The parameters, not to be changed; null before the first offer. */
    public float @Nullable [] parameters() {
        return parameters;
    }
}
