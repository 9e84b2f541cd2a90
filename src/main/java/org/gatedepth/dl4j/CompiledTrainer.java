package org.gatedepth.dl4j;

import java.util.Collection;
import java.util.function.Supplier;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.trainer.IEarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.gatedepth.dl4j.training.StockTraining;
import org.gatedepth.dl4j.training.StoppedTraining;
import org.gatedepth.dl4j.training.TrainedNetwork;
import org.gatedepth.dl4j.training.Training;
import org.gatedepth.dl4j.training.UnknownPartException;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * Trains a network as one compiled function: equal to its own {@code fit(..)}, without what Deeplearning4j does around
 * each layer at each step.
 *
 * <p>It reads and writes the parameters, the state of the updaters and the counts of the network itself, so
 * {@code fit}, a saver, a listener or another trainer may go on at any time. A step is the one of {@code fit}: the mean
 * gradient of the minibatch, gradient normalisation, L1, L2, the updaters, weight decay, constraints. Dropout draws
 * from ND4J's generator in the same order.
 *
 * <p>It knows networks of rows, {@code [minibatch, features]}: {@link GatedStack} and the other layers and vertices of
 * this package for rows, {@link AuxiliaryOutputLayer}, {@link DeepSupervisionOutputLayer}, and of Deeplearning4j
 *
 * <ul>
 *   <li>{@code DenseLayer}, {@code ActivationLayer}, {@code DropoutLayer}, {@code BatchNormalization} with its running
 *       statistics, {@code OutputLayer} and {@code LossLayer} with any loss but {@code LossMixtureDensity}
 *   <li>{@code MergeVertex}, {@code SubsetVertex}, {@code ElementWiseVertex}, {@code ScaleVertex}, {@code ShiftVertex}
 *   <li>{@code Dropout} and {@code GaussianDropout}, L1, L2, weight decay, constraints, every updater and schedule
 * </ul>
 *
 * <p>Sequences, images, weight noise, frozen layers and layer normalisation of {@code DenseLayer} are refused by name.
 * Of listeners {@code onForwardPass} is not called, since there are no activations to hand out. Where a label mask has
 * other weights than 0 and 1 the gradient is that of the weighted loss, which Deeplearning4j's own {@code OutputLayer}
 * does not have.
 *
 * <pre>{@code
 * CompiledTrainer.of(network).fit(iterator, 20);
 * }</pre>
 *
 * <p>Not for two threads at a time. {@link #close} frees its memory at once.
 */
public final class CompiledTrainer implements AutoCloseable {
    private final Training training;

    private CompiledTrainer(Training training) {
        this.training = training;
    }

    /**
     * A trainer of a network that has been initialised.
     *
     * @throws IllegalArgumentException for a network with a layer, vertex or setting that it does not know, which it
     *     names
     */
    public static CompiledTrainer of(MultiLayerNetwork network) {
        return new CompiledTrainer(TrainedNetwork.of(network, 1));
    }

    /** The same for a graph. */
    public static CompiledTrainer of(ComputationGraph network) {
        return new CompiledTrainer(TrainedNetwork.of(network, 1));
    }

    /**
     * A trainer whose minibatches are computed by several threads, each with a part of the rows: the gradients are
     * summed, and one update is made. So the network becomes the same as with one worker, up to the rounding of that
     * sum, and the same each time. With {@link FusedAdam} the workers share the update, too; other updaters work in the
     * calling thread.
     *
     * <p>The workers are fastest with one thread of BLAS each: {@code Nd4j.factory().blas().setMaxThreads(1)}.
     *
     * @param workers number of threads, with the calling one; at least 1
     * @throws IllegalArgumentException as {@link #of(MultiLayerNetwork)}, and for several workers with batch
     *     normalisation, whose statistics are of all rows of a minibatch
     */
    public static CompiledTrainer of(MultiLayerNetwork network, int workers) {
        return new CompiledTrainer(TrainedNetwork.of(network, workers));
    }

    /** The same for a graph. */
    public static CompiledTrainer of(ComputationGraph network, int workers) {
        return new CompiledTrainer(TrainedNetwork.of(network, workers));
    }

    /**
     * A trainer of a network that has been initialised: as one compiled function if that can be had, and else by the
     * network's own {@code fit}. {@link #isCompiled} says which.
     */
    public static CompiledTrainer orFit(MultiLayerNetwork network) {
        return new CompiledTrainer(orElse(() -> TrainedNetwork.of(network, 1), () -> new StockTraining(network)));
    }

    /** The same for a graph. */
    public static CompiledTrainer orFit(ComputationGraph network) {
        return orFit(network, 1);
    }

    /** The same with several workers, as {@link #of(MultiLayerNetwork, int)}; a network's own {@code fit} has one. */
    public static CompiledTrainer orFit(ComputationGraph network, int workers) {
        return new CompiledTrainer(orElse(() -> TrainedNetwork.of(network, workers), () -> new StockTraining(network)));
    }

    private static Training orElse(Supplier<Training> compiled, Supplier<Training> stock) {
        try {
            return compiled.get();
        } catch (UnknownPartException notKnown) {
            return stock.get();
        }
    }

    /**
     * Deeplearning4j's early stopping with the steps of a compiled trainer.
     *
     * @param configuration when to stop, and where to save
     * @param network one that has been initialised
     * @param data minibatches
     * @return its {@code fit()} trains
     */
    public static IEarlyStoppingTrainer<MultiLayerNetwork> earlyStopping(
            EarlyStoppingConfiguration<MultiLayerNetwork> configuration,
            MultiLayerNetwork network,
            DataSetIterator data) {
        return new StoppedTraining<>(configuration, network, data, null, () -> TrainedNetwork.of(network, 1));
    }

    /** The same for a graph. */
    public static IEarlyStoppingTrainer<ComputationGraph> earlyStopping(
            EarlyStoppingConfiguration<ComputationGraph> configuration,
            ComputationGraph network,
            MultiDataSetIterator data) {
        return new StoppedTraining<>(configuration, network, null, data, () -> TrainedNetwork.of(network, 1));
    }

    /** The same for a graph with one input and one output. */
    public static IEarlyStoppingTrainer<ComputationGraph> earlyStopping(
            EarlyStoppingConfiguration<ComputationGraph> configuration,
            ComputationGraph network,
            DataSetIterator data) {
        return new StoppedTraining<>(configuration, network, data, null, () -> TrainedNetwork.of(network, 1));
    }

    /** Whether the network is trained as one compiled function; false only after {@link #orFit}. */
    public boolean isCompiled() {
        return training instanceof TrainedNetwork;
    }

    /** Trains for some epochs; listeners are told of each. */
    public void fit(DataSetIterator data, int epochs) {
        epochs(epochs, () -> {
            if (data.resetSupported()) {
                data.reset();
            }
            while (data.hasNext()) {
                fit(data.next());
            }
        });
    }

    /** The same with data sets of several inputs or outputs. */
    public void fit(MultiDataSetIterator data, int epochs) {
        epochs(epochs, () -> {
            if (data.resetSupported()) {
                data.reset();
            }
            while (data.hasNext()) {
                fit(data.next());
            }
        });
    }

    private void epochs(int epochs, Runnable epoch) {
        if (epochs < 1) {
            throw new IllegalArgumentException("epochs must be at least 1, got " + epochs);
        }
        Model model = training.network();
        for (int i = 0; i < epochs; i++) {
            Collection<TrainingListener> listeners = training.listeners();
            listeners.forEach(listener -> listener.onEpochStart(model));
            epoch.run();
            training.listeners().forEach(listener -> listener.onEpochEnd(model));
            training.incrementEpoch();
        }
    }

    /**
     * Makes one step on one minibatch.
     *
     * @return the mean loss of the minibatch before the step, without what L1, L2 and weight decay add to the network's
     *     {@code score()}
     * @throws IllegalArgumentException for feature masks, and for features, labels or label masks of another shape than
     *     the network's; nothing is changed then
     */
    public double fit(DataSet minibatch) {
        return fit(minibatch.toMultiDataSet());
    }

    /** The same with several inputs or outputs. */
    public double fit(MultiDataSet minibatch) {
        return training.step(minibatch);
    }

    @Override
    public void close() {
        training.close();
    }
}
