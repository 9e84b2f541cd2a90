package org.gatedepth.dl4j.training;

import java.util.Collection;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Training of a network of Deeplearning4j, step by step. */
public interface Training extends AutoCloseable {
    /** The network. */
    Model network();

    /** Its listeners. */
    Collection<TrainingListener> listeners();

    /** Counts an epoch. */
    void incrementEpoch();

    /**
     * Makes one step.
     *
     * @return the mean loss of the minibatch before the step, without penalties on parameters
     */
    double step(MultiDataSet minibatch);

    /** Frees the memory of training; the network stays. */
    @Override
    void close();
}
