package org.gatedepth.dl4j.probe;

import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.network.RandomState;
import org.gatedepth.dl4j.network.Wrappers;
import org.gatedepth.dl4j.runtime.BlockConf;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.gatedepth.dl4j.runtime.SequenceConf;
import org.gatedepth.dl4j.runtime.SequenceRuntime;
import org.gatedepth.dl4j.runtime.watch.Levels;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * A copy of a network, whose blocks can be watched and bypassed. The network itself and ND4J's random generator are
 * left as they are.
 *
 * <p>In training the copy does what it does in inference: no dropout, no noise on weights, batch normalisation by the
 * statistics that it learned. Nothing in it is frozen, so that frozen layers hand gradients down and are measured like
 * others.
 *
 * <p>Its {@link #sites()} are the layers of Gatedepth: stacks, single layers of blocks, and the vertices that join
 * branches.
 */
public abstract class NetworkProbe {

    /**
     * An output of the network.
     *
     * @param name its name
     * @param depth the number of blocks below it
     * @param numbers whether it predicts numbers, not probabilities
     */
    public record Output(String name, int depth, boolean numbers) {

        /** That of a layer of Deeplearning4j's. */
        static Output of(String name, int depth, Layer layer) {
            boolean numbers = Wrappers.unwrapped(layer).conf().getLayer() instanceof BaseLayer output
                    && output.getActivationFn() instanceof ActivationIdentity;
            return new Output(name, depth, numbers);
        }
    }

    private final String description;
    private final long parameters;

    NetworkProbe(String description, long parameters) {
        this.description = description;
        this.parameters = parameters;
    }

    /**
     * Copies a network.
     *
     * @param network an initialised network
     * @throws IllegalArgumentException if it is not initialised, or has no layer of Gatedepth
     */
    public static NetworkProbe of(MultiLayerNetwork network) {
        return checked(ofAny(network));
    }

    /**
     * Copies a network.
     *
     * @param network an initialised network
     * @throws IllegalArgumentException if it is not initialised, or has no layer of Gatedepth
     */
    public static NetworkProbe of(ComputationGraph network) {
        return checked(ofAny(network));
    }

    /**
     * Copies a network that may have no layer of Gatedepth.
     *
     * @param network an initialised network
     * @throws IllegalArgumentException if it is not initialised
     */
    static NetworkProbe ofAny(MultiLayerNetwork network) {
        requireInitialised(network.isInitCalled());
        MultiLayerConfiguration conf = network.getLayerWiseConfigurations().clone();
        Wrappers.unshare(conf);
        Wrappers.thaw(conf);
        InferenceMode.set(conf);
        return new ListProbe(conf, network.params().dup());
    }

    /**
     * Copies a network that may have no layer of Gatedepth.
     *
     * @param network an initialised network
     * @throws IllegalArgumentException if it is not initialised
     */
    static NetworkProbe ofAny(ComputationGraph network) {
        requireInitialised(network.getVertices() != null && network.params() != null);
        ComputationGraphConfiguration conf = network.getConfiguration().clone();
        Wrappers.unshare(conf);
        Wrappers.thaw(conf);
        InferenceMode.set(conf);
        return new GraphProbe(conf, network.params().dup());
    }

    private static void requireInitialised(boolean is) {
        if (!is) {
            throw new IllegalArgumentException(
                    "the network is not initialised: call init() on it, or load a trained one");
        }
    }

    private static NetworkProbe checked(NetworkProbe probe) {
        if (probe.sites().isEmpty() && probe.layers().stream().noneMatch(Levels.class::isInstance)) {
            SortedSet<String> kinds = new TreeSet<>();
            for (Layer layer : probe.layers()) {
                kinds.add(layer.conf().getLayer().getClass().getSimpleName());
            }
            throw new IllegalArgumentException(
                    "the network has no layer of Gatedepth that is measured, such as GatedStack, HighwayLayer or"
                            + " HighwayGateVertex, only " + String.join(", ", kinds));
        }
        return probe;
    }

    /** The network as its configuration and seed initialise it. */
    public abstract NetworkProbe initial();

    /** The layers of blocks and the vertices that join branches, in the order of computation. */
    public abstract List<ProbedSite> sites();

    /** The outputs, the network's own first. */
    public abstract List<Output> outputs();

    /**
     * What the network predicts.
     *
     * @param data examples
     * @return for each of {@link #outputs()} an array that the caller may keep, sequences as {@code [minibatch, size,
     *     time]}
     */
    public abstract List<INDArray> predict(MultiDataSet data);

    /**
     * The labels of the outputs, sequences as {@code [minibatch, size, time]}.
     *
     * @param data examples with labels
     * @throws IllegalArgumentException if there are no labels for an output
     */
    public abstract List<INDArray> labels(MultiDataSet data);

    /**
     * The mask of the labels of each output. Where none is given, it is the mask of the features that comes to the
     * output; null where all count.
     */
    public abstract List<@Nullable INDArray> masks(MultiDataSet data);

    /**
     * Runs forward and backward, so that each site has its inputs and its gradient, and knows which rows count; no
     * parameter changes.
     *
     * @throws IllegalArgumentException if the mask of the features leaves nothing
     */
    public final void backward(MultiDataSet data) {
        sites().forEach(ProbedSite::forget);
        try (RandomState ignored = RandomState.keep()) {
            pass(data);
        }
        LabelRows labels = LabelRows.of(labels(data).get(0), masks(data).get(0));
        sites().forEach(site -> site.settle(labels));
    }

    /** Runs forward and backward. */
    abstract void pass(MultiDataSet data);

    /** The mask that is given, else the one that comes to an output, where it tells rows of the labels. */
    static @Nullable INDArray mask(@Nullable INDArray given, @Nullable INDArray coming, INDArray labels) {
        boolean tells = coming != null && coming.rank() <= 2 && coming.length() == LabelRows.count(labels);
        return given == null && tells ? coming : given;
    }

    /** One of several arrays that may not be there. */
    static @Nullable INDArray one(INDArray @Nullable [] arrays, int index) {
        return arrays == null ? null : arrays[index];
    }

    /** The matrices {@code [features, outputs]} that read the output of a site directly, by the name of the layer. */
    public abstract Map<String, INDArray> readers(ProbedSite site);

    /** The number of features that an input of the network must have; −1 where it cannot be told. */
    public abstract long width(int input);

    /**
     * The layers over sequences, Gatedepth's and the recurrent ones of Deeplearning4j, with what each of them reads;
     * those within a {@code Bidirectional} are not among them. Measuring with them takes away what the sites know.
     */
    public abstract List<ProbedSequence> overTime(MultiDataSet data);

    abstract List<Layer> layers();

    /** The parameters of the copy. */
    abstract INDArray params();

    /** Takes the values of parameters, those of the network as they are now. */
    final void assign(INDArray params) {
        params().assign(params);
    }

    /**
     * Runs forward in inference, so that each site has its inputs.
     *
     * @throws IllegalArgumentException if there are more or fewer inputs than the network has
     */
    abstract void forward(INDArray... features);

    static void requireInputs(int expected, INDArray[] given) {
        if (given.length != expected) {
            throw new IllegalArgumentException("the network has " + expected + (expected == 1 ? " input" : " inputs")
                    + ", got " + given.length + " arrays of features");
        }
    }

    abstract DataType dataType();

    /** The type of network with the number of its layers. */
    public final String description() {
        return description;
    }

    /** Number of parameters. */
    public final long parameters() {
        return parameters;
    }

    /** The floating point type of the network. */
    public final DataType type() {
        return dataType();
    }

    /** The features of the rows that a layer reads; −1 where it does not say, or reads sequences or images. */
    static long inputsOf(Layer layer) {
        org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
        if (conf instanceof BlockConf block && !(conf instanceof SequenceConf) && block.imageFormat() == null) {
            return block.getNIn();
        }
        return conf instanceof org.deeplearning4j.nn.conf.layers.DenseLayer dense ? dense.getNIn() : -1;
    }

    /** Number of blocks of a site; a vertex is one. */
    static int depth(ProbedSite site) {
        return site.vertex() != null
                ? 1
                : (int) site.blocks().stream()
                        .filter(block -> !block.isProjection())
                        .count();
    }

    /** A matrix of weights on so many features; null where a layer has none. */
    static @Nullable INDArray weights(Layer layer, long features) {
        INDArray w = layer instanceof BlockRuntime || layer instanceof SequenceRuntime ? null : layer.getParam("W");
        return w != null && w.rank() == 2 && w.size(0) == features ? w : null;
    }
}
