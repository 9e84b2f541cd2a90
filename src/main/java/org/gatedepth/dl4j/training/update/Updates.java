package org.gatedepth.dl4j.training.update;

import java.util.function.DoubleSupplier;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.gatedepth.dl4j.training.team.Team;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What Deeplearning4j does with a gradient before it is subtracted from the parameters: the mean over the minibatch,
 * clipping, L1 and L2, the updaters, weight decay.
 *
 * <p>It works on the updaters of the network itself, so that training by {@code fit} may go on at any time.
 */
public interface Updates {
    /**
     * The updates of a network.
     *
     * @param params all parameters of the network
     * @param gradients all gradients
     * @param mean whether the gradient of a minibatch is divided by its rows
     * @param team shares the work where the updaters are {@code FusedAdam}, which gives what one thread gives
     */
    static Updates of(BaseMultiLayerUpdater<?> updater, INDArray params, INDArray gradients, boolean mean, Team team) {
        return FusedUpdates.knows(updater, params, gradients)
                ? new FusedUpdates(updater, params, gradients, mean, team)
                : new StockUpdates(updater, params, gradients, mean);
    }

    /** Whether Deeplearning4j's score has the penalties on a parameter: not those of vertices without a layer. */
    static boolean isScored(Trainable layer) {
        return !(layer instanceof GraphVertex vertex) || vertex.hasLayer();
    }

    /** Whether these are the updates of an updater, and not of one that was there before. */
    boolean isOf(BaseMultiLayerUpdater<?> current);

    /** What L1, L2 and weight decay add to the score, for the parameters that are there when it is worked out. */
    Penalty penalty(int iteration, int epoch);

    /**
     * What is added to a score.
     *
     * @param work must have been run, by any number of threads, before there is a value
     * @param value the sum
     */
    record Penalty(Runnable work, DoubleSupplier value) {}

    /** Makes the step that the gradients of a minibatch of so many rows stand for. */
    void apply(long rows, int iteration, int epoch);
}
