package org.gatedepth.studies.tables;

import weka.core.Instances;

/** A classifier with its options, which learns some rows of a table and predicts others. */
public interface Contender {

    /**
     * Learns and predicts.
     *
     * @param train rows to learn, with their classes
     * @param test rows to predict, of the same attributes
     * @param seed of its random numbers
     */
    Answer answer(Instances train, Instances test, int seed) throws Exception;

    /**
     * Predictions and what they took.
     *
     * @param predictions by row the probability of each label of the class, or the predicted number alone
     */
    record Answer(double[][] predictions, double trainSeconds, double testSeconds) {}
}
