package org.gatedepth.dl4j;

import java.util.Map;
import org.gatedepth.dl4j.training.update.FusedAdamUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * {@link Adam} with the same arithmetic, options and state, in one pass over the parameters for floats on a CPU.
 *
 * <p>{@code m ← β₁·m + (1 − β₁)·g}, {@code v ← β₂·v + (1 − β₂)·g²}, and the update {@code η·√(1 − β₂ᵗ)/(1 − β₁ᵗ) ·
 * m/(√v + ε)}. It goes into any Deeplearning4j configuration, and a model trained with {@code Adam} goes on with it: a
 * {@code FusedAdam} equals an {@code Adam} of the same values. With Deeplearning4j's {@code weightDecay(..)} it is Adam
 * with decoupled weight decay.
 *
 * <p>Sources: Kingma, Ba 2014, <i>Adam</i>, arXiv 1412.6980, section 2 (the order of computation at its end);
 * Loshchilov, Hutter 2017, <i>Decoupled Weight Decay Regularization</i>, arXiv 1711.05101.
 *
 * <pre>{@code
 * new NeuralNetConfiguration.Builder().updater(new FusedAdam(1e-3)).weightDecay(0.01)
 * }</pre>
 */
public class FusedAdam extends Adam {
    private static final long serialVersionUID = 1L;

    /** With Adam's default values: learning rate 0.001, β₁ 0.9, β₂ 0.999, ε 1e−8. */
    public FusedAdam() {}

    /** With that learning rate. */
    public FusedAdam(double learningRate) {
        super(learningRate);
    }

    /** With a learning rate that follows a schedule. */
    public FusedAdam(ISchedule learningRateSchedule) {
        super(learningRateSchedule);
    }

    /** With all values given. */
    public FusedAdam(double learningRate, double beta1, double beta2, double epsilon) {
        super(learningRate, beta1, beta2, epsilon);
    }

    @Override
    public GradientUpdater<Adam> instantiate(INDArray viewArray, boolean initializeViewArray) {
        FusedAdamUpdater updater = new FusedAdamUpdater(this);
        INDArray state = viewArray.reshape(viewArray.length());
        updater.setStateViewArray(state, new long[] {state.length() / 2}, state.ordering(), initializeViewArray);
        return updater;
    }

    @Override
    public GradientUpdater<Adam> instantiate(Map<String, INDArray> updaterState, boolean initializeStateArrays) {
        FusedAdamUpdater updater = new FusedAdamUpdater(this);
        updater.setState(updaterState, initializeStateArrays);
        return updater;
    }

    @Override
    public FusedAdam clone() {
        return fused(this);
    }

    /** A builder, of which {@code build()} returns a {@code FusedAdam}; hides the one that builds an {@code Adam}. */
    public static Builder builder() {
        return new Builder();
    }

    private static FusedAdam fused(Adam values) {
        FusedAdam fused =
                new FusedAdam(values.getLearningRate(), values.getBeta1(), values.getBeta2(), values.getEpsilon());
        fused.setLrAndSchedule(values.getLearningRate(), values.getLearningRateSchedule());
        return fused;
    }

    /** Sets values one by one, as {@link Adam.Builder} does: a schedule together with β₁, for example. */
    public static class Builder extends Adam.Builder {
        @Override
        public FusedAdam build() {
            return fused(super.build());
        }
    }
}
