package org.gatedepth.dl4j.training.update;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/** The step of a network of floats whose updaters are all {@code FusedAdam}, without ops of ND4J. */
final class FusedUpdates implements Updates {
    private final BaseMultiLayerUpdater<?> updater;
    private final boolean mean;
    /** Of the gradients, as that of the steps: it lives as long as the network, which the trainer holds. */
    private final FloatBuffer memory;

    private final List<Layer> layers = new ArrayList<>();
    private final List<FusedStep> steps = new ArrayList<>();
    private final Sums sums = new Sums();

    /** A layer with the place of its gradients. */
    private record Layer(Trainable layer, int from, int to) {}

    /** For the parameters see {@link Updates#of}; {@link #knows} has said that they can be had. */
    FusedUpdates(BaseMultiLayerUpdater<?> updater, INDArray params, INDArray gradients, boolean mean) {
        this.updater = updater;
        this.mean = mean;
        memory = Numbers.floats(gradients);
        for (UpdaterBlock block : updater.getUpdaterBlocks()) {
            FusedStep step = new FusedStep(
                    (FusedAdamUpdater) block.getGradientUpdater(), params, gradients, block.getParamOffsetStart());
            for (UpdaterBlock.ParamState state : block.getLayersAndVariablesInBlock()) {
                int from = state.getParamOffsetStart();
                int to = state.getParamOffsetEnd();
                step.add(
                        layer(state.getLayer(), from, to),
                        from,
                        to - from,
                        regularisations(state),
                        Updates.isScored(state.getLayer()));
            }
            steps.add(step);
        }
    }

    /** Whether all of a network's updates can be had. */
    static boolean knows(BaseMultiLayerUpdater<?> updater, INDArray params, INDArray gradients) {
        return Numbers.isPlainFloats(params)
                && Numbers.isPlainFloats(gradients)
                && updater.getUpdaterBlocks().stream()
                        .allMatch(block -> block.getGradientUpdater() instanceof FusedAdamUpdater fused
                                && fused.isFused()
                                && block.getLayersAndVariablesInBlock().stream().allMatch(FusedUpdates::knows));
    }

    private static boolean knows(UpdaterBlock.ParamState state) {
        GradientNormalization normalisation = state.getLayer().getConfig().getGradientNormalization();
        return (normalisation == null
                        || normalisation == GradientNormalization.None
                        || normalisation == GradientNormalization.ClipL2PerLayer)
                && state.getLayer().updaterDivideByMinibatch(state.getParamName())
                && regularisations(state).stream().allMatch(FusedStep::knows);
    }

    private static List<Regularization> regularisations(UpdaterBlock.ParamState state) {
        List<Regularization> all = state.getLayer().getConfig().getRegularizationByParam(state.getParamName());
        return all == null ? List.of() : List.copyOf(all);
    }

    /** The index of a layer, whose gradients go on with these. */
    @SuppressWarnings("ReferenceEquality") // the very layer
    private int layer(Trainable layer, int from, int to) {
        int last = layers.size() - 1;
        if (last >= 0 && layers.get(last).layer() == layer) {
            layers.set(last, new Layer(layer, layers.get(last).from(), to));
        } else {
            layers.add(new Layer(layer, from, to));
        }
        return layers.size() - 1;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very updater
    public boolean isOf(BaseMultiLayerUpdater<?> current) {
        return updater == current;
    }

    @Override
    public double penalty(int iteration, int epoch) {
        double sum = 0;
        for (FusedStep step : steps) {
            sum += step.penalty(iteration, epoch);
        }
        return sum;
    }

    @Override
    public void apply(long rows, int iteration, int epoch) {
        float divisor = mean ? rows : 1;
        float[] factors = new float[layers.size()];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = clipping(layers.get(i), divisor);
        }
        for (FusedStep step : steps) {
            step.apply(divisor, factors, iteration, epoch);
        }
    }

    /** By what the gradients of a layer, once divided, are multiplied so that their norm is within the threshold. */
    private float clipping(Layer layer, float divisor) {
        if (layer.layer().getConfig().getGradientNormalization() != GradientNormalization.ClipL2PerLayer) {
            return 1;
        }
        double norm = Math.sqrt(sums.squares(memory, layer.from(), layer.to() - layer.from())) / divisor;
        double threshold = layer.layer().getConfig().getGradientNormalizationThreshold();
        return norm > threshold ? (float) (threshold / norm) : 1;
    }
}
