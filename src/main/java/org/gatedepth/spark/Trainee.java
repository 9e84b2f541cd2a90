package org.gatedepth.spark;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.gatedepth.dl4j.CompiledTrainer;
import org.gatedepth.dl4j.network.Copies;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;

/** A network that has been initialised, of either class: the driver's own, or a worker's copy. */
final class Trainee {
    private final Model network;
    private final @Nullable MultiLayerNetwork list;
    private final @Nullable ComputationGraph graph;

    /**
     * What a worker builds its copy from.
     *
     * @param graph whether it is a {@code ComputationGraph}
     * @param json the configuration
     */
    record Blueprint(boolean graph, String json) implements java.io.Serializable {

        /** The same for networks that differ in how long they have trained only. */
        String withoutCounts() {
            return json.replaceAll("\"(iterationCount|epochCount)\"\\s*:\\s*\\d+", "\"$1\":0");
        }
    }

    private Trainee(Model network, @Nullable MultiLayerNetwork list, @Nullable ComputationGraph graph) {
        this.network = network;
        this.list = list;
        this.graph = graph;
    }

    static Trainee of(MultiLayerNetwork network) {
        requireInitialised(network.params());
        if (network.getGradientsViewArray() == null) {
            network.initGradientsView();
        }
        return new Trainee(network, network, null);
    }

    static Trainee of(ComputationGraph network) {
        requireInitialised(network.params());
        if (network.getGradientsViewArray() == null) {
            network.initGradientsView();
        }
        return new Trainee(network, null, network);
    }

    /** A network with random parameters, to be set; ND4J's generator stays as it was. */
    static Trainee of(Blueprint blueprint) {
        return blueprint.graph()
                ? of(Copies.of(ComputationGraphConfiguration.fromJson(blueprint.json()), null))
                : of(Copies.of(MultiLayerConfiguration.fromJson(blueprint.json()), null));
    }

    private static void requireInitialised(@Nullable INDArray params) {
        if (params == null || params.isEmpty()) {
            throw new IllegalArgumentException("the network has no parameters yet: call init() first");
        }
    }

    Blueprint blueprint() {
        return list != null
                ? new Blueprint(false, list.getLayerWiseConfigurations().toJson())
                : new Blueprint(true, graph().getConfiguration().toJson());
    }

    CompiledTrainer trainer() {
        return list != null ? CompiledTrainer.orFit(list) : CompiledTrainer.orFit(graph());
    }

    INDArray params() {
        return network.params();
    }

    /** The state of its updaters; null if they have none. */
    @Nullable
    INDArray updaterState() {
        BaseMultiLayerUpdater<?> updater =
                list != null ? (BaseMultiLayerUpdater<?>) list.getUpdater() : graph().getUpdater();
        INDArray state = updater.getStateViewArray();
        return state == null || state.isEmpty() ? null : state;
    }

    long seed() {
        return network.conf().getSeed();
    }

    int iteration() {
        return list != null ? list.getIterationCount() : graph().getIterationCount();
    }

    NetworkState state() {
        INDArray state = updaterState();
        return new NetworkState(
                NetworkState.bytes(params()),
                state == null ? null : NetworkState.bytes(state),
                iteration(),
                list != null ? list.getEpochCount() : graph().getEpochCount());
    }

    void set(NetworkState state) {
        params().assign(NetworkState.array(state.params()));
        INDArray mine = updaterState();
        if (mine != null && state.updater() != null) {
            mine.assign(NetworkState.array(state.updater()));
        }
        setCounts(state.iteration(), state.epoch());
    }

    /** Sets the counts of the network and of each layer. */
    void setCounts(int iteration, int epoch) {
        if (list != null) {
            list.setIterationCount(iteration);
            list.setEpochCount(epoch - 1);
            list.incrementEpochCount();
        } else {
            graph().getConfiguration().setIterationCount(iteration);
            graph().getConfiguration().setEpochCount(epoch - 1);
            graph().incrementEpochCount();
        }
    }

    void setScore(double score) {
        if (list != null) {
            list.setScore(score);
        } else {
            graph().setScore(score);
        }
    }

    /** The loss of a minibatch in inference, summed over its examples, without penalties on parameters. */
    double lossSum(MultiDataSet minibatch) {
        double score = list != null
                ? list.score(
                        new DataSet(
                                minibatch.getFeatures(0),
                                minibatch.getLabels(0),
                                minibatch.getFeaturesMaskArray(0),
                                minibatch.getLabelsMaskArray(0)),
                        false)
                : graph().score(minibatch, false);
        return summed(score - penalty(), minibatch);
    }

    /** The score of a minibatch as a sum over its examples. */
    double summed(double score, MultiDataSet minibatch) {
        return network.conf().isMiniBatch() ? score * minibatch.getFeatures(0).size(0) : score;
    }

    private double penalty() {
        return list != null ? list.calcRegularizationScore(true) : graph().calcRegularizationScore(true);
    }

    private ComputationGraph graph() {
        if (graph == null) {
            throw new IllegalStateException("a list of layers is no graph");
        }
        return graph;
    }
}
