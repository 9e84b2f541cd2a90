package org.gatedepth.dl4j.training;

import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Training by the network's own {@code fit}. */
public final class StockTraining implements Training {
    private final Model network;
    private final Supplier<Collection<TrainingListener>> listeners;
    private final Runnable incrementEpoch;
    private final Consumer<MultiDataSet> fit;
    private final DoubleSupplier penalty;

    /** A list of layers that has been initialised. */
    public StockTraining(MultiLayerNetwork network) {
        this.network = network;
        listeners = network::getListeners;
        incrementEpoch = network::incrementEpochCount;
        // Not fit(MultiDataSet), which passes over the label mask where there is no feature mask.
        fit = minibatch -> network.fit(new DataSet(
                minibatch.getFeatures(0),
                minibatch.getLabels(0),
                minibatch.getFeaturesMaskArray(0),
                minibatch.getLabelsMaskArray(0)));
        penalty = () -> network.calcRegularizationScore(true);
    }

    /** The same for a graph. */
    public StockTraining(ComputationGraph network) {
        this.network = network;
        listeners = network::getListeners;
        incrementEpoch = network::incrementEpochCount;
        fit = network::fit;
        penalty = () -> network.calcRegularizationScore(true);
    }

    @Override
    public Model network() {
        return network;
    }

    @Override
    public Collection<TrainingListener> listeners() {
        return listeners.get();
    }

    @Override
    public void incrementEpoch() {
        incrementEpoch.run();
    }

    @Override
    public double step(MultiDataSet minibatch) {
        double before = penalty.getAsDouble();
        fit.accept(minibatch);
        return network.score() - before;
    }

    @Override
    public void close() {
        // The network has what it needs.
    }
}
