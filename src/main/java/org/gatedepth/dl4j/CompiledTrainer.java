package org.gatedepth.dl4j;

import java.util.Collection;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.gatedepth.dl4j.training.TrainedNetwork;
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
 * <p>It knows networks of rows, {@code [minibatch, features]}: {@link GatedStack} and the other layers of this package
 * for rows, {@link AuxiliaryOutputLayer}, {@link DeepSupervisionOutputLayer}, and of Deeplearning4j {@code DenseLayer},
 * {@code ActivationLayer}, {@code OutputLayer} with MCXENT and softmax or MSE and identity, {@code MergeVertex} and
 * {@code SubsetVertex}. Of listeners {@code onForwardPass} is not called, since there are no activations to hand out.
 *
 * <pre>{@code
 * CompiledTrainer.of(network).fit(iterator, 20);
 * }</pre>
 *
 * <p>Not for two threads at a time. {@link #close} frees its memory at once.
 */
public final class CompiledTrainer implements AutoCloseable {
    private final TrainedNetwork network;

    private CompiledTrainer(TrainedNetwork network) {
        this.network = network;
    }

    /**
     * A trainer of a network that has been initialised.
     *
     * @throws IllegalArgumentException for a network with a layer, vertex or setting that it does not know, which it
     *     names
     */
    public static CompiledTrainer of(MultiLayerNetwork network) {
        return new CompiledTrainer(TrainedNetwork.of(network));
    }

    /** The same for a graph. */
    public static CompiledTrainer of(ComputationGraph network) {
        return new CompiledTrainer(TrainedNetwork.of(network));
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
        Model model = network.network();
        for (int i = 0; i < epochs; i++) {
            Collection<TrainingListener> listeners = network.listeners();
            listeners.forEach(listener -> listener.onEpochStart(model));
            epoch.run();
            network.listeners().forEach(listener -> listener.onEpochEnd(model));
            network.incrementEpoch();
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
        return network.step(
                minibatch.getFeatures(),
                minibatch.getLabels(),
                minibatch.getFeaturesMaskArrays(),
                minibatch.getLabelsMaskArrays());
    }

    @Override
    public void close() {
        network.close();
    }
}
