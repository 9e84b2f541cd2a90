package org.gatedepth.bench;

import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.gatedepth.block.Connection;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.dl4j.CompiledTrainer;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.HighwayLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * Highway blocks of relu below a softmax, as a {@link ComputationGraph}: {@code fit(DataSet)} and {@code output(x)}.
 */
final class GraphWorkload implements Workload {
    private static final String INPUT = "in";
    private static final double LEARNING_RATE = 1e-3;

    private final ComputationGraph network;
    private final Consumer<DataSet> step;
    private final Batches batches;

    private GraphWorkload(Size size, IUpdater updater, BiFunction<GraphBuilder, Size, String> blocks) {
        this(size, updater, blocks, network -> network::fit);
    }

    private GraphWorkload(
            Size size,
            IUpdater updater,
            BiFunction<GraphBuilder, Size, String> blocks,
            Function<ComputationGraph, Consumer<DataSet>> training) {
        GraphBuilder graph = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(updater)
                .weightInit(WeightInit.RELU)
                .graphBuilder()
                .addInputs(INPUT)
                .setInputTypes(InputType.feedForward(size.width()));
        String last = blocks.apply(graph, size);
        OutputLayer output = new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .weightInit(WeightInit.XAVIER)
                .nOut(Size.CLASSES)
                .build();
        graph.addLayer("out", output, last).setOutputs("out");
        network = new ComputationGraph(graph.build());
        network.init();
        step = training.apply(network);
        batches = new Batches(size);
    }

    /** All blocks as one {@link GatedStack}, trained by a {@link CompiledTrainer}. */
    static Workload compiledTrainer(Size size) {
        return new GraphWorkload(
                size, new FusedAdam(LEARNING_RATE), GraphWorkload::stack, network -> CompiledTrainer.of(network)::fit);
    }

    /** All blocks as one {@link GatedStack}. */
    static Workload gatedStack(Size size) {
        return new GraphWorkload(size, new FusedAdam(LEARNING_RATE), GraphWorkload::stack);
    }

    private static String stack(GraphBuilder graph, Size size) {
        GatedStack stack = new GatedStack.Builder()
                .connection(Connection.HIGHWAY)
                .depth(size.blocks())
                .nOut(size.width())
                .activation(Activation.RELU)
                .build();
        graph.addLayer("stack", stack, INPUT);
        return "stack";
    }

    /** Each block as a {@link HighwayLayer}. */
    static Workload highwayLayers(Size size) {
        return new GraphWorkload(size, new FusedAdam(LEARNING_RATE), (graph, s) -> {
            String x = INPUT;
            for (int i = 0; i < s.blocks(); i++) {
                HighwayLayer layer = new HighwayLayer.Builder()
                        .transformGateBias(HighwayBlock.defaultTransformGateBias(s.blocks()))
                        .nOut(s.width())
                        .activation(Activation.RELU)
                        .build();
                String y = "block" + i;
                graph.addLayer(y, layer, x);
                x = y;
            }
            return x;
        });
    }

    /** Each block as two {@link DenseLayer}s and four {@link ElementWiseVertex} for {@code y = T·H + x − T·x}. */
    static Workload stockVertices(Size size) {
        return new GraphWorkload(size, new Adam(LEARNING_RATE), (graph, s) -> {
            String x = INPUT;
            for (int i = 0; i < s.blocks(); i++) {
                x = stockBlock(graph, s, "block" + i, x);
            }
            return x;
        });
    }

    private static String stockBlock(GraphBuilder graph, Size size, String name, String x) {
        DenseLayer transform = new DenseLayer.Builder()
                .nOut(size.width())
                .activation(Activation.RELU)
                .build();
        DenseLayer gate = new DenseLayer.Builder()
                .nOut(size.width())
                .activation(Activation.SIGMOID)
                .weightInit(WeightInit.XAVIER)
                .biasInit(HighwayBlock.defaultTransformGateBias(size.blocks()))
                .build();
        graph.addLayer(name + "-H", transform, x)
                .addLayer(name + "-T", gate, x)
                .addVertex(name + "-TH", new ElementWiseVertex(ElementWiseVertex.Op.Product), name + "-T", name + "-H")
                .addVertex(name + "-Tx", new ElementWiseVertex(ElementWiseVertex.Op.Product), name + "-T", x)
                .addVertex(name + "-sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), name + "-TH", x)
                .addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Subtract), name + "-sum", name + "-Tx");
        return name;
    }

    @Override
    public void step() {
        step.accept(batches.next());
    }

    @Override
    public INDArray inference() {
        return network.output(batches.features())[0];
    }
}
