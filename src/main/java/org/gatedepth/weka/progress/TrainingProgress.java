package org.gatedepth.weka.progress;

import java.util.List;
import org.gatedepth.weka.model.ModelReport;
import org.jspecify.annotations.Nullable;

/** Is told how a training run goes on, in the thread that trains. */
public interface TrainingProgress {

    /** What a run can measure of itself between two epochs; each call costs a pass of some rows through the network. */
    interface Details {
        /** The losses of the network's own output and of its heads, on some training rows. */
        List<OutputLoss> losses();

        /** The mean transform gates by block, on some training rows; empty where there are none. */
        List<Double> gates();
    }

    /**
     * The rows of a file are being read, before all else.
     *
     * @param rows how many there were up to now
     */
    default void reading(int rows) {}

    /**
     * Before training, a pilot run tries a setting that was left to the classifier.
     *
     * @param run its number, from 1
     * @param setting the setting
     */
    default void choosing(int run, String setting) {}

    /**
     * Training begins.
     *
     * @param epochs the number of the last epoch that may be run
     */
    void begun(int epochs);

    /**
     * A minibatch will be trained.
     *
     * @param epoch the epoch that is running, from 1
     * @param part the part of it that is done, in [0, 1)
     */
    void within(int epoch, double part);

    /**
     * An epoch is over.
     *
     * @param epoch its number, from 1
     * @param trainingLoss mean over its minibatches of the loss, with the losses of heads, and dropout
     * @param validationLoss loss on the rows that are held out; null without any
     * @param details what else can be measured now
     */
    void epoch(int epoch, double trainingLoss, @Nullable Double validationLoss, Details details);

    /**
     * The last epoch is over, and no other will follow.
     *
     * @param details what can be measured of the network as it is after that epoch
     */
    default void trained(Details details) {}

    /**
     * There is a model, and training is about to end.
     *
     * @param report what its depth, gates and heads do, which takes time to measure
     */
    default void built(ModelReport report) {}

    /**
     * Training is over.
     *
     * @param finished whether the model was built, and not stopped or failed
     */
    void ended(boolean finished);
}
