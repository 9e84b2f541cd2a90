package org.gatedepth.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.gatedepth.block.Connection;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.dl4j.network.Copies;
import org.gatedepth.dl4j.network.Graphs;
import org.gatedepth.dl4j.network.Members;
import org.gatedepth.dl4j.network.RandomState;
import org.gatedepth.dl4j.network.TrainingSettings;
import org.gatedepth.dl4j.network.Wrappers;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Whole networks from a {@link NetworkSpec}: a {@link GatedStack} between an input and a stock output layer.
 *
 * <p>Where there are auxiliary heads the stack is cut after the blocks at which they stand: the parts are the layers
 * {@code stack1, stack2, ...}, and each head is an {@link AuxiliaryOutputLayer} of its own name. The network's outputs
 * are {@link #OUTPUT} and then the heads in their order; {@link AuxiliaryLabels} gives them labels.
 */
public final class GatedNetworks {
    /** Name of the network's input. */
    public static final String INPUT = "in";

    /** Name of the stack, and the beginning of the names of its parts where heads cut it. */
    public static final String STACK = "stack";

    /**
     * Where there are embeddings: name of the columns that are none, and of all with the vectors in their place. Names
     * of heads have no dot.
     */
    private static final String NUMBERS = "in.numbers";

    private static final String FEATURES = "in.features";

    /** Name of the output layer. */
    public static final String OUTPUT = "out";

    /**
     * Gradients of a layer are scaled down to this norm (Pascanu et al. 2013, arXiv 1211.5063). Mean gradients of a
     * healthy stack are below it; single rows that a deep stack amplifies are not, and one of them can throw 50 relu
     * blocks back to chance.
     */
    private static final double MAX_GRADIENT_NORM = 1;

    private GatedNetworks() {}

    /**
     * The configuration of a network, to be given to a {@code ComputationGraph}.
     *
     * <p>Input {@code [minibatch, inputs]}, output {@code [minibatch, outputs]}. With {@code k} embeddings the last
     * {@code k} columns are label indices, each is replaced by the vector of its {@link Embedding}, and the stack reads
     * {@code [minibatch, inputs - k + sum of sizes]}. Transforms start as He et al. (2015) for the relu family and as
     * Glorot &amp; Bengio (2010) for other activations; those of highway blocks of the relu family, whose output is
     * never negative and adds up over the blocks, start smaller: uniform between {@code ±1/√fanIn}. Gradients are
     * clipped at norm 1 for each layer.
     *
     * <p>With {@code m} members there are as many stacks and outputs side by side: {@code stack, stack.m2, ...} and
     * {@code out, out.m2, ...}. Each output gets the same labels; {@link #mean} is what the network predicts.
     */
    public static ComputationGraphConfiguration configuration(NetworkSpec spec) {
        ComputationGraphConfiguration.GraphBuilder graph = graph(spec).addInputs(INPUT);
        String features = addColumns(spec, graph);
        for (int member = 1; member <= spec.members(); member++) {
            addOutput(spec, member, addStack(spec, member, features, graph), graph);
        }
        return build(spec, graph, InputType.feedForward(spec.inputs()));
    }

    /** The stack of a member, in parts with the heads between them; returns the name of the last one. */
    private static String addStack(
            NetworkSpec spec, int member, String features, ComputationGraphConfiguration.GraphBuilder graph) {
        SortedSet<Integer> cuts = new TreeSet<>(Set.of(spec.depth()));
        spec.heads().forEach(head -> cuts.add(head.depth()));
        String below = features;
        int from = 0;
        long size = spec.width();
        for (int to : cuts) {
            String name = Members.name(
                    cuts.size() == 1 ? STACK : STACK + (cuts.headSet(to).size() + 1), member);
            GatedStack part = stack(spec, to - from, size);
            graph.addLayer(name, part, below);
            for (AuxiliaryHead head : spec.heads()) {
                if (head.depth() == to) {
                    graph.addLayer(head.name(), head.layer(), name);
                }
            }
            below = name;
            from = to;
            size = part.stack(size).outputSize();
        }
        return below;
    }

    /**
     * The beginning of a graph of another form that is trained as those of {@link #configuration}: seed, updater,
     * weight decay, initial weights and clipping of gradients. {@link #addColumns}, {@link #addOutput} and
     * {@link #build} add the rest.
     */
    public static ComputationGraphConfiguration.GraphBuilder graph(NetworkSpec spec) {
        return new NeuralNetConfiguration.Builder()
                .seed(spec.seed())
                .updater(spec.updater())
                .weightDecay(spec.weightDecay())
                .weightInit(WeightInit.XAVIER)
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(MAX_GRADIENT_NORM)
                .graphBuilder();
    }

    /**
     * Adds the output layer of a member.
     *
     * @param member counts from 1
     * @param below the vertex that it reads
     */
    public static void addOutput(
            NetworkSpec spec, int member, String below, ComputationGraphConfiguration.GraphBuilder graph) {
        boolean classes = spec.task() == NetworkSpec.Task.CLASSIFICATION;
        graph.addLayer(
                Members.name(OUTPUT, member),
                new OutputLayer.Builder(classes ? LossFunctions.LossFunction.MCXENT : LossFunctions.LossFunction.MSE)
                        .activation(classes ? Activation.SOFTMAX : Activation.IDENTITY)
                        .nOut(spec.outputs())
                        .build(),
                below);
    }

    /**
     * The end of a graph: its outputs in their order, and the input types.
     *
     * @param spec names its heads, which the graph has already, as it has the outputs of all members
     * @param types those of the inputs of the graph
     */
    public static ComputationGraphConfiguration build(
            NetworkSpec spec, ComputationGraphConfiguration.GraphBuilder graph, InputType... types) {
        List<String> outputs = new ArrayList<>();
        for (int member = 1; member <= spec.members(); member++) {
            outputs.add(Members.name(OUTPUT, member));
        }
        spec.heads().forEach(head -> outputs.add(head.name()));
        ComputationGraphConfiguration configuration = graph.setOutputs(outputs.toArray(new String[0]))
                .setInputTypes(types)
                .build();
        setLabels(spec, configuration);
        return configuration;
    }

    /** From the input types the builder takes 1 for the number of labels, as many as the layer has columns to read. */
    private static void setLabels(NetworkSpec spec, ComputationGraphConfiguration configuration) {
        for (int e = 0; e < spec.embeddings().size(); e++) {
            setLabels(configuration, embedding(e), spec.embeddings().get(e).labels());
        }
    }

    /**
     * Sets the number of labels of an embedding layer, which the input types of a configuration do not tell.
     *
     * @param configuration the configuration, which is changed
     * @param layer name of the layer
     */
    public static void setLabels(ComputationGraphConfiguration configuration, String layer, int labels) {
        LayerVertex vertex =
                (LayerVertex) Objects.requireNonNull(configuration.getVertices().get(layer), layer);
        ((FeedForwardLayer) vertex.getLayerConf().getLayer()).setNIn(labels);
    }

    private static String embedding(int number) {
        return "embedding." + (number + 1);
    }

    /**
     * Adds what a stack reads of {@link #INPUT}: the input, with vectors in place of its label columns if there are
     * any.
     *
     * @return name of the vertex
     */
    public static String addColumns(NetworkSpec spec, ComputationGraphConfiguration.GraphBuilder graph) {
        int numbers = spec.inputs() - spec.embeddings().size();
        List<String> parts = new ArrayList<>();
        if (spec.embeddings().isEmpty()) {
            return INPUT;
        }
        if (numbers > 0) {
            graph.addVertex(NUMBERS, new SubsetVertex(0, numbers - 1), INPUT);
            parts.add(NUMBERS);
        }
        for (int e = 0; e < spec.embeddings().size(); e++) {
            Embedding embedding = spec.embeddings().get(e);
            graph.addLayer(
                    embedding(e),
                    new EmbeddingLayer.Builder()
                            .nOut(embedding.size())
                            .activation(Activation.IDENTITY)
                            .build(),
                    new LabelColumnPreProcessor(numbers + e, spec.inputs()),
                    INPUT);
            parts.add(embedding(e));
        }
        graph.addVertex(FEATURES, new MergeVertex(), parts.toArray(new String[0]));
        return FEATURES;
    }

    /**
     * The prediction of a network with members: the mean of what they predict.
     *
     * @param outputs the outputs of the network, {@code network.output(features)}, one for each member
     * @return {@code [minibatch, outputs]}
     */
    public static INDArray mean(INDArray... outputs) {
        return Members.mean(outputs, outputs.length);
    }

    private static WeightInit scheme(NetworkSpec spec) {
        if (!isReluFamily(spec.activation())) {
            return WeightInit.XAVIER;
        }
        return spec.connection() == Connection.HIGHWAY ? WeightInit.UNIFORM : WeightInit.RELU;
    }

    /** So many blocks of the network's stack, of so many features. */
    public static GatedStack stack(NetworkSpec spec, int depth, long size) {
        GatedStack.Builder builder = new GatedStack.Builder()
                .connection(spec.connection())
                .depth(depth)
                .nOut(size)
                .activation(spec.activation())
                .layerNorm(spec.layerNorm())
                .weightInit(scheme(spec));
        if (spec.connection() == Connection.HIGHWAY) {
            // A part of a stack has the gates of the whole.
            Double given = spec.transformGateBias();
            builder.transformGateBias(given == null ? HighwayBlock.defaultTransformGateBias(spec.depth()) : given);
        }
        if (spec.dropProbability() > 0) {
            builder.dropOut(1 - spec.dropProbability());
        }
        return builder.build();
    }

    /**
     * Sets the learning rate of everything in a network that has one; its updaters keep what they have gathered.
     *
     * <p>Deeplearning4j's {@code network.setLearningRate} passes over SameDiff layers and vertices.
     *
     * @param schedule the rate by the network's count of iterations or epochs, which goes on; {@code new
     *     FixedSchedule(1e-4)} for one rate
     */
    public static void setLearningRate(ComputationGraph network, ISchedule schedule) {
        for (GraphVertex vertex : network.getVertices()) {
            TrainingSettings.setLearningRate(
                    vertex.hasLayer() ? Wrappers.unwrapped(vertex.getLayer()).getConfig() : vertex.getConfig(),
                    schedule);
        }
        // Those of Deeplearning4j's own layers; and makes the updaters anew.
        network.setLearningRate(schedule);
    }

    /** The same for a {@code MultiLayerNetwork}. */
    public static void setLearningRate(MultiLayerNetwork network, ISchedule schedule) {
        for (Layer layer : network.getLayers()) {
            TrainingSettings.setLearningRate(Wrappers.unwrapped(layer).getConfig(), schedule);
        }
        network.setLearningRate(schedule);
    }

    /**
     * A network with the same parameters and other settings of training: {@code FineTuneConfiguration} for gated
     * layers.
     *
     * <p>Deeplearning4j's {@link TransferLearning} passes over SameDiff layers and vertices, and over layers in
     * wrappers. Here every setting reaches these as it reaches stock layers: updaters, L1, L2 and weight decay,
     * gradient normalisation, dropout, activation (where the layer has one; the auxiliary heads of a
     * {@link DeepSupervisionOutputLayer} keep theirs), initial weights, constraints. Vertices get those of training
     * alone; frozen layers and vertices keep what they have. As after {@code TransferLearning} training begins anew:
     * epoch and iteration are 0, and the updater has gathered nothing.
     *
     * @param network the network, which is left as it is
     * @param tuning the settings
     * @throws DL4JInvalidConfigException for what gated layers cannot have: {@code biasInit}, {@code weightNoise},
     *     dropout that does more than multiply, activations that SameDiff cannot express, constraints on a
     *     {@link GatedStack} or on parameters that a layer does not have
     */
    public static ComputationGraph fineTune(ComputationGraph network, FineTuneConfiguration tuning) {
        return Copies.of(
                TrainingSettings.fineTuned(network.getConfiguration(), tuning),
                network.params().dup());
    }

    /** The same for a {@code MultiLayerNetwork}. */
    public static MultiLayerNetwork fineTune(MultiLayerNetwork network, FineTuneConfiguration tuning) {
        return Copies.of(
                TrainingSettings.fineTuned(network.getLayerWiseConfigurations(), tuning),
                network.params().dup());
    }

    /**
     * A network for deployment: the same without its auxiliary heads and whatever only they read.
     *
     * <p>The first output stays, and every other that is not an {@link AuxiliaryOutputLayer}. What they predict is the
     * same bit by bit. The state of the updater is not copied.
     *
     * @param network the network, which is left as it is
     */
    public static ComputationGraph withoutHeads(ComputationGraph network) {
        ComputationGraphConfiguration conf = network.getConfiguration().clone();
        List<String> outputs = new ArrayList<>(conf.getNetworkOutputs());
        outputs.subList(1, outputs.size())
                .removeIf(name -> conf.getVertices().get(name) instanceof LayerVertex vertex
                        && Wrappers.unwrapped(vertex.getLayerConf().getLayer()) instanceof AuxiliaryOutputLayer);
        Set<String> needed = Graphs.needed(conf, outputs);
        conf.setNetworkOutputs(outputs);
        conf.getVertices().keySet().retainAll(needed);
        conf.getVertexInputs().keySet().retainAll(needed);
        conf.setTopologicalOrder(null);
        conf.setTopologicalOrderStr(null);
        // A clone starts at epoch 0, and so would its schedules.
        conf.setIterationCount(network.getConfiguration().getIterationCount());
        conf.setEpochCount(network.getConfiguration().getEpochCount());
        ComputationGraph lean = new ComputationGraph(conf);
        try (RandomState ignored = RandomState.keep()) {
            lean.init();
        }
        for (GraphVertex vertex : lean.getVertices()) {
            if (vertex.numParams() > 0) {
                vertex.params().assign(network.getVertex(vertex.getVertexName()).params());
            }
        }
        return lean;
    }

    /**
     * A network for deployment: the same without the heads of its {@link DeepSupervisionOutputLayer} and the taps that
     * they read. What it predicts is the same bit by bit. The state of the updater is not copied.
     *
     * @param network the network, which is left as it is
     * @throws IllegalArgumentException if its last layers are not a GatedStack or TemporalStack and a
     *     DeepSupervisionOutputLayer
     */
    public static MultiLayerNetwork withoutHeads(MultiLayerNetwork network) {
        MultiLayerConfiguration conf = network.getLayerWiseConfigurations().clone();
        int top = network.getnLayers() - 1;
        if (top < 1
                || !(Wrappers.unwrapped(conf.getConf(top).getLayer()) instanceof DeepSupervisionOutputLayer output)
                || !removeTaps(Wrappers.unwrapped(conf.getConf(top - 1).getLayer()))) {
            throw new IllegalArgumentException("the network's last layers must be a GatedStack or TemporalStack and a"
                    + " DeepSupervisionOutputLayer, but it ends with "
                    + Wrappers.unwrapped(conf.getConf(top).getLayer())
                            .getClass()
                            .getSimpleName());
        }
        output.removeHeads();
        MultiLayerNetwork lean = new MultiLayerNetwork(conf);
        try (RandomState ignored = RandomState.keep()) {
            lean.init();
        }
        for (int i = 0; i < top; i++) {
            if (lean.getLayer(i).numParams() > 0) {
                lean.getLayer(i).params().assign(network.getLayer(i).params());
            }
        }
        output.views(lean.getLayer(top).paramTable())
                .forEach((name, array) -> array.assign(network.getLayer(top).getParam(name)));
        return lean;
    }

    /** Whether the layer is a stack, which then has no taps any more. */
    private static boolean removeTaps(org.deeplearning4j.nn.conf.layers.Layer layer) {
        if (layer instanceof GatedStack stack) {
            stack.setTaps(List.of());
        } else if (layer instanceof TemporalStack stack) {
            stack.setTaps(List.of());
        } else {
            return false;
        }
        return true;
    }

    private static boolean isReluFamily(Activation activation) {
        return switch (activation) {
            case RELU, RELU6, LEAKYRELU, ELU, GELU, SWISH, MISH -> true;
            default -> false;
        };
    }
}
