package org.gatedepth.dl4j.runtime;

import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;

/** Deeplearning4j's builder of SameDiff layers, of which every method returns the builder's own type. */
@SuppressWarnings("unchecked")
public abstract class TypedBuilder<T extends TypedBuilder<T>> extends SameDiffLayer.Builder<T> {
    @Override
    public T weightDecay(double coefficient) {
        return weightDecay(coefficient, true);
    }

    @Override
    public T weightDecay(double coefficient, boolean applyLearningRate) {
        super.weightDecay(coefficient, applyLearningRate);
        return (T) this;
    }

    @Override
    public T weightDecayBias(double coefficient) {
        return weightDecayBias(coefficient, true);
    }

    @Override
    public T weightDecayBias(double coefficient, boolean applyLearningRate) {
        super.weightDecayBias(coefficient, applyLearningRate);
        return (T) this;
    }
}
