package org.gatedepth.dl4j.base;

import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInit;
import org.jspecify.annotations.Nullable;

/**
 * Deeplearning4j's builder of SameDiff layers, of which every method returns the builder's own type. Takes the initial
 * weights.
 */
@SuppressWarnings("unchecked")
public abstract class TypedBuilder<T extends TypedBuilder<T>> extends SameDiffLayer.Builder<T> {
    private @Nullable IWeightInit initialWeights;

    /** Initial values of the weights; by default those of the network's builder. */
    @Override
    public T weightInit(WeightInit scheme) {
        return weightInit(scheme.getWeightInitFunction());
    }

    /** Initial values of the weights; by default those of the network's builder. */
    public T weightInit(IWeightInit scheme) {
        initialWeights = scheme;
        return (T) this;
    }

    /** What was given for the initial values; null for those of the network's builder. */
    public final @Nullable IWeightInit initialWeights() {
        return initialWeights;
    }

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
