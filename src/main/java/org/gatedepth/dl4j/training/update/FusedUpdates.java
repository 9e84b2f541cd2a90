package org.gatedepth.dl4j.training.update;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.gatedepth.dl4j.training.team.RangeWork;
import org.gatedepth.dl4j.training.team.Ranges;
import org.gatedepth.dl4j.training.team.Team;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/** The step of a network of floats whose updaters are all {@code FusedAdam}, without ops of ND4J. */
final class FusedUpdates implements Updates {
    /** Parameters whose step takes some tens of microseconds. */
    private static final int RANGE = 1 << 16;

    private final BaseMultiLayerUpdater<?> updater;
    private final boolean mean;
    /** Their memory, as that of the steps, lives as long as the network, which the trainer holds. */
    private final FloatBuffer params;

    private final FloatBuffer gradients;

    private final List<Layer> layers = new ArrayList<>();
    private final List<FusedStep> steps = new ArrayList<>();
    private final Team team;
    private final int length;

    /** A layer with the place of its gradients. */
    private record Layer(Trainable layer, int from, int to) {}

    /** For the parameters see {@link Updates#of}; {@link #knows} has said that they can be had. */
    FusedUpdates(BaseMultiLayerUpdater<?> updater, INDArray params, INDArray gradients, boolean mean, Team team) {
        this.updater = updater;
        this.mean = mean;
        this.team = team;
        length = (int) gradients.length();
        this.params = Numbers.floats(params);
        this.gradients = Numbers.floats(gradients);
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
    public Penalty penalty(int iteration, int epoch) {
        Sums sums = new Sums(
                params,
                steps.stream()
                        .flatMap(step -> step.penalties(iteration, epoch).stream())
                        .toList());
        return new Penalty(sums.work(), () -> Arrays.stream(sums.values()).sum());
    }

    @Override
    public void apply(long rows, int iteration, int epoch) {
        float divisor = mean ? rows : 1;
        float[] factors = factors(divisor);
        List<RangeWork> passes = steps.stream()
                .map(step -> step.pass(divisor, factors, iteration, epoch))
                .toList();
        team.share(new Ranges(length, RANGE, (from, to) -> passes.forEach(pass -> pass.work(from, to))));
    }

    /** By what the gradients of each layer, once divided, are multiplied so that their norm is within its threshold. */
    private float[] factors(float divisor) {
        List<Integer> clipped = new ArrayList<>();
        List<Sums.Term> terms = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            if (layer.layer().getConfig().getGradientNormalization() == GradientNormalization.ClipL2PerLayer) {
                clipped.add(i);
                terms.add(new Sums.Term(layer.from(), layer.to() - layer.from(), false, 1));
            }
        }
        Sums sums = new Sums(gradients, terms);
        team.share(sums.work());
        double[] squares = sums.values();
        float[] factors = new float[layers.size()];
        Arrays.fill(factors, 1);
        for (int c = 0; c < squares.length; c++) {
            int i = clipped.get(c);
            double norm = Math.sqrt(squares[c]) / divisor;
            double threshold = layers.get(i).layer().getConfig().getGradientNormalizationThreshold();
            if (norm > threshold) {
                factors[i] = (float) (threshold / norm);
            }
        }
        return factors;
    }
}
