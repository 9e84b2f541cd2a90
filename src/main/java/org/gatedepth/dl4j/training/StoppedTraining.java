package org.gatedepth.dl4j.training;

import java.util.Objects;
import java.util.function.Supplier;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.trainer.BaseEarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** Deeplearning4j's early stopping, whose steps are those of a {@link Training}. */
public final class StoppedTraining<T extends Model> extends BaseEarlyStoppingTrainer<T> {
    private final Supplier<Training> begin;
    private @Nullable Training training;

    /**
     * A trainer.
     *
     * @param configuration when to stop, and where to save
     * @param data minibatches of one input and output; null if there are several
     * @param multi minibatches of several inputs or outputs; null if there is one of each
     * @param begin makes the training, once for each {@link #fit()}, which closes it
     */
    public StoppedTraining(
            EarlyStoppingConfiguration<T> configuration,
            T network,
            @Nullable DataSetIterator data,
            @Nullable MultiDataSetIterator multi,
            Supplier<Training> begin) {
        super(configuration, network, data, multi, null);
        this.begin = begin;
    }

    @Override
    protected EarlyStoppingResult<T> fit(boolean pretrain) {
        if (pretrain) {
            throw new UnsupportedOperationException("a compiled trainer does not pretrain layers; call fit()");
        }
        try (Training current = begin.get()) {
            training = current;
            return super.fit(false);
        } finally {
            training = null;
        }
    }

    @Override
    protected void fit(DataSet minibatch) {
        fit(minibatch.toMultiDataSet());
    }

    @Override
    protected void fit(MultiDataSet minibatch) {
        Objects.requireNonNull(training).step(minibatch);
    }

    @Override
    protected void pretrain(DataSet minibatch) {
        throw new UnsupportedOperationException("a compiled trainer does not pretrain layers");
    }

    @Override
    protected void pretrain(MultiDataSet minibatch) {
        throw new UnsupportedOperationException("a compiled trainer does not pretrain layers");
    }
}
