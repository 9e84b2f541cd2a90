package org.gatedepth.dl4j.training;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.gatedepth.dl4j.training.team.Team;
import org.gatedepth.dl4j.training.update.Updates;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** A network of Deeplearning4j that is trained as one {@link WholeFunction}. */
public final class TrainedNetwork implements Training {
    private final Model network;
    private final Kind kind;
    private final List<Input> inputs;
    private final List<Part> outputs;
    private final Team team;
    private final Passes passes;
    private final List<RunningStatistics> statistics;
    /** Whether the gradient of a minibatch is divided by its rows. */
    private final boolean mean;

    private Updates updates;

    /**
     * An input of a network.
     *
     * @param name its name
     * @param size its features; −1 where the network does not say
     */
    private record Input(String name, long size) {}

    /** What networks of one class are asked for. */
    private record Kind(
            Supplier<BaseMultiLayerUpdater<?>> updater,
            Supplier<Layer[]> layers,
            Supplier<Collection<TrainingListener>> listeners,
            DoubleConsumer setScore,
            Runnable incrementEpoch) {}

    private TrainedNetwork(
            Model network,
            Kind kind,
            NeuralNetConfiguration conf,
            List<Input> inputs,
            List<Part> parts,
            List<Part> outputs,
            int workers) {
        this.network = network;
        this.kind = kind;
        this.inputs = inputs;
        this.outputs = outputs;
        if (conf.getOptimizationAlgo() != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT || !conf.isMinimize()) {
            throw new UnknownPartException("a compiled trainer minimises by stochastic gradient descent, got "
                    + conf.getOptimizationAlgo() + ", minimize " + conf.isMinimize());
        }
        mean = conf.isMiniBatch();
        statistics = parts.stream()
                .flatMap(part -> Stream.ofNullable(part.statistics()))
                .toList();
        if (workers > 1 && !statistics.isEmpty()) {
            throw new UnknownPartException(
                    "several workers do not know batch normalisation, whose statistics are of all"
                            + " rows of a minibatch; train this network with one worker");
        }
        team = new Team(workers, "gatedepth-worker");
        passes = new Passes(
                inputs.stream().map(Input::name).toList(), parts, outputs, network.getGradientsViewArray(), team);
        updates = updates();
    }

    /** A list of layers that has been initialised, trained by one worker or more, each with a part of the rows. */
    public static TrainedNetwork of(MultiLayerNetwork network, int workers) {
        requireWorkers(workers);
        requireInitialised(network.params());
        requireWhole(network.getLayerWiseConfigurations().getBackpropType());
        if (network.getGradientsViewArray() == null) {
            network.initGradientsView();
        }
        String input = "in";
        List<Part> parts = Parts.of(network, input);
        return new TrainedNetwork(
                network,
                new Kind(
                        () -> (BaseMultiLayerUpdater<?>) network.getUpdater(),
                        network::getLayers,
                        network::getListeners,
                        network::setScore,
                        network::incrementEpochCount),
                network.conf(),
                List.of(input(input, parts)),
                parts,
                List.of(parts.get(parts.size() - 1)),
                workers);
    }

    /** The same for a graph. */
    public static TrainedNetwork of(ComputationGraph network, int workers) {
        requireWorkers(workers);
        requireInitialised(network.params());
        requireWhole(network.getConfiguration().getBackpropType());
        if (network.getGradientsViewArray() == null) {
            network.initGradientsView();
        }
        List<Part> parts = Parts.of(network);
        List<Part> outputs = network.getConfiguration().getNetworkOutputs().stream()
                .map(name -> parts.stream()
                        .filter(part -> part.name().equals(name))
                        .findFirst()
                        .orElseThrow())
                .toList();
        return new TrainedNetwork(
                network,
                new Kind(
                        network::getUpdater,
                        network::getLayers,
                        network::getListeners,
                        network::setScore,
                        network::incrementEpochCount),
                network.conf(),
                network.getConfiguration().getNetworkInputs().stream()
                        .map(name -> input(name, parts))
                        .toList(),
                parts,
                outputs,
                workers);
    }

    private static void requireWorkers(int workers) {
        if (workers < 1) {
            throw new IllegalArgumentException("workers must be at least 1, got " + workers);
        }
    }

    /** An input as the parts that read it know it. */
    private static Input input(String name, List<Part> parts) {
        return new Input(
                name,
                parts.stream()
                        .filter(part -> part.inputs().contains(name))
                        .mapToLong(Part::inputSize)
                        .max()
                        .orElse(-1));
    }

    private static void requireInitialised(@Nullable INDArray params) {
        if (params == null || params.isEmpty()) {
            throw new IllegalArgumentException("the network has no parameters yet: call init() first");
        }
    }

    private static void requireWhole(BackpropType type) {
        if (type != BackpropType.Standard) {
            throw new UnknownPartException("a compiled trainer does not know truncated backpropagation through time;"
                    + " train this network with its own fit(..)");
        }
    }

    private Updates updates() {
        return Updates.of(kind.updater().get(), network.params(), network.getGradientsViewArray(), mean, team);
    }

    @Override
    public Model network() {
        return network;
    }

    @Override
    public Collection<TrainingListener> listeners() {
        return kind.listeners().get();
    }

    @Override
    public void incrementEpoch() {
        kind.incrementEpoch().run();
    }

    /**
     * Makes one step.
     *
     * @param minibatch features {@code [rows, features]} for each input, labels for each output, no feature masks
     */
    @Override
    public double step(MultiDataSet minibatch) {
        INDArray[] features = minibatch.getFeatures();
        INDArray[] labels = minibatch.getLabels();
        @Nullable INDArray @Nullable [] featureMasks = minibatch.getFeaturesMaskArrays();
        @Nullable INDArray @Nullable [] labelMasks = minibatch.getLabelsMaskArrays();
        @Nullable INDArray[] masks = labelMasks == null ? new INDArray[outputs.size()] : labelMasks;
        requireShapes(features, labels, featureMasks, masks);
        long rows = features[0].size(0);
        int iteration = BaseOptimizer.getIterationCount(network);
        int epoch = BaseOptimizer.getEpochCount(network);
        Updates.Penalty penalty = updates.penalty(iteration, epoch);
        Passes.Result result = passes.run(
                new Passes.Minibatch(
                        passes.read(features, iteration, epoch), (int) rows, labels, masks, iteration, epoch),
                penalty.work());
        double score = mean ? result.loss() / rows : result.loss();
        kind.setScore().accept(score + penalty.value().getAsDouble());
        int from = passes.scores();
        for (RunningStatistics one : statistics) {
            one.write(result.computed(), (int) rows, from);
            from += one.columns();
        }
        if (!updates.isOf(kind.updater().get())) {
            updates = updates();
        }
        listeners().forEach(listener -> listener.onBackwardPass(network));
        listeners().forEach(listener -> listener.onGradientCalculation(network));
        updates.apply(rows, iteration, epoch);
        listeners().forEach(listener -> listener.iterationDone(network, iteration, epoch));
        BaseOptimizer.incrementIterationCount(network, 1);
        network.applyConstraints(iteration, epoch);
        for (Layer layer : kind.layers().get()) {
            layer.setIterationCount(iteration + 1);
        }
        return score;
    }

    private void requireShapes(
            INDArray[] features,
            INDArray[] labels,
            @Nullable INDArray @Nullable [] featureMasks,
            @Nullable INDArray[] masks) {
        if (features.length != inputs.size() || labels.length != outputs.size() || masks.length != outputs.size()) {
            throw new IllegalArgumentException("the network has " + inputs.size() + " inputs and " + outputs.size()
                    + " outputs, got " + features.length + " arrays of features, " + labels.length + " of labels and "
                    + masks.length + " label masks");
        }
        if (featureMasks != null && Arrays.stream(featureMasks).anyMatch(Objects::nonNull)) {
            throw new IllegalArgumentException(
                    "a compiled trainer knows rows, which have no feature masks; weight examples by label masks");
        }
        long rows = features[0].size(0);
        for (int i = 0; i < features.length; i++) {
            INDArray array = features[i];
            long size = inputs.get(i).size();
            if (array.rank() != 2 || array.size(0) != rows || rows == 0 || (size > 0 && array.size(1) != size)) {
                throw new IllegalArgumentException("expected features of shape ["
                        + (rows == 0 ? "rows, " : rows + ", ") + (size > 0 ? size : "features") + "], got "
                        + Arrays.toString(array.shape()));
            }
        }
        for (int o = 0; o < labels.length; o++) {
            Losses.require(outputs.get(o), labels[o], masks[o], rows);
        }
    }

    @Override
    public void close() {
        team.close();
        passes.close();
    }
}
