package org.gatedepth.dl4j.training.update;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.Regularization;

/** The step by Deeplearning4j's own operations, in its order. The views of parameters and gradients are made once. */
final class StockUpdates implements Updates {
    private final BaseMultiLayerUpdater<?> updater;
    private final INDArray params;
    private final INDArray gradients;
    /** The gradients that are divided by the rows of a minibatch. */
    private final List<INDArray> divided = new ArrayList<>();

    private final List<Normalised> layers = new ArrayList<>();
    private final List<Block> blocks = new ArrayList<>();

    /** The gradients of one layer, which are normalised together. */
    private record Normalised(Trainable layer, Gradient gradients) {}

    /** Parameters that share an updater. */
    private record Block(UpdaterBlock block, INDArray gradient, List<Regularised> penalties) {}

    /** One regularisation of one parameter. */
    private record Regularised(Regularization regularisation, INDArray param, INDArray gradient, boolean scored) {
        double score(int iteration, int epoch) {
            return scored ? regularisation.score(param, iteration, epoch) : 0;
        }

        void apply(Regularization.ApplyStep step, double rate, int iteration, int epoch) {
            if (regularisation.applyStep() == step) {
                regularisation.apply(param, gradient, rate, iteration, epoch);
            }
        }
    }

    /** For the parameters see {@link Updates#of}. */
    StockUpdates(BaseMultiLayerUpdater<?> updater, INDArray params, INDArray gradients, boolean mean) {
        this.updater = updater;
        this.params = part(params, 0, params.length());
        this.gradients = part(gradients, 0, gradients.length());
        for (UpdaterBlock block : updater.getUpdaterBlocks()) {
            List<Regularised> penalties = new ArrayList<>();
            for (UpdaterBlock.ParamState state : block.getLayersAndVariablesInBlock()) {
                Trainable layer = state.getLayer();
                String name = state.getParamName();
                INDArray gradient = part(gradients, state.getParamOffsetStart(), state.getParamOffsetEnd());
                INDArray param = part(params, state.getParamOffsetStart(), state.getParamOffsetEnd());
                if (mean && layer.updaterDivideByMinibatch(name)) {
                    divide(state.getParamOffsetStart(), state.getParamOffsetEnd());
                }
                if (layers.isEmpty() || layers.get(layers.size() - 1).layer() != layer) {
                    layers.add(new Normalised(layer, new DefaultGradient()));
                }
                layers.get(layers.size() - 1).gradients().setGradientFor(name, gradient);
                List<Regularization> all = layer.getConfig().getRegularizationByParam(name);
                if (all != null) {
                    all.forEach(r -> penalties.add(new Regularised(r, param, gradient, Updates.isScored(layer))));
                }
            }
            blocks.add(new Block(
                    block, part(gradients, block.getParamOffsetStart(), block.getParamOffsetEnd()), penalties));
        }
    }

    /** Adds a range to those that are divided, as one with the range before it where they meet. */
    private void divide(long from, long to) {
        INDArray last = divided.isEmpty() ? null : divided.get(divided.size() - 1);
        if (last != null && last.offset() + last.length() == gradients.offset() + from) {
            divided.set(
                    divided.size() - 1,
                    Nd4j.create(
                            gradients.data(),
                            new long[] {last.length() + to - from},
                            new long[] {1},
                            last.offset(),
                            'c'));
        } else {
            divided.add(part(gradients, from, to));
        }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very updater
    public boolean isOf(BaseMultiLayerUpdater<?> current) {
        return updater == current;
    }

    private static INDArray part(INDArray vector, long from, long to) {
        return Nd4j.create(vector.data(), new long[] {to - from}, new long[] {1}, vector.offset() + from, 'c');
    }

    @Override
    public Penalty penalty(int iteration, int epoch) {
        return new Penalty(() -> {}, () -> penalties(iteration, epoch));
    }

    private double penalties(int iteration, int epoch) {
        double sum = 0;
        for (Block block : blocks) {
            for (Regularised penalty : block.penalties()) {
                sum += penalty.score(iteration, epoch);
            }
        }
        return sum;
    }

    @Override
    public void apply(long rows, int iteration, int epoch) {
        divided.forEach(part -> part.divi(rows));
        layers.forEach(layer -> updater.preApply(layer.layer(), layer.gradients(), iteration));
        for (Block block : blocks) {
            boolean hasRate = block.block().getGradientUpdater().getConfig().hasLearningRate();
            double rate =
                    hasRate ? block.block().getGradientUpdater().getConfig().getLearningRate(iteration, epoch) : 1;
            block.penalties().forEach(p -> p.apply(Regularization.ApplyStep.BEFORE_UPDATER, rate, iteration, epoch));
            block.block().getGradientUpdater().applyUpdater(block.gradient(), iteration, epoch);
            block.penalties().forEach(p -> p.apply(Regularization.ApplyStep.POST_UPDATER, rate, iteration, epoch));
        }
        params.subi(gradients);
    }
}
