package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Weighting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Graphs with vertices are trained by a compiled trainer as by {@code fit}. */
class CompiledVerticesTest {
    private static final int INPUTS = 4;
    private static final int CLASSES = 3;

    private static DenseLayer dense(Activation activation) {
        return new DenseLayer.Builder().nOut(6).activation(activation).build();
    }

    /** Two branches from the input that a vertex joins. */
    private static ComputationGraph graph(DataType type, GraphVertex vertex, String... inputs) {
        GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .dataType(type)
                .seed(4)
                .updater(type == DataType.FLOAT ? new FusedAdam(1e-3) : new Adam(1e-2))
                .l2(1e-3)
                .weightDecay(1e-2)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(INPUTS))
                .addLayer("a", dense(Activation.TANH), "in")
                .addLayer("b", dense(Activation.SIGMOID), "in")
                .addVertex("joined", vertex, inputs)
                .addVertex("all", new MergeVertex(), "joined", "b")
                .addLayer("dropped", new DropoutLayer.Builder(.8).build(), "all")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "dropped")
                .setOutputs("out");
        ComputationGraph network = new ComputationGraph(builder.build());
        network.init();
        return network;
    }

    static Stream<Arguments> vertices() {
        String[] both = {"a", "b"};
        return Stream.of(
                Arguments.of(new MergeVertex(), both),
                Arguments.of(new SubsetVertex(1, 3), new String[] {"a"}),
                Arguments.of(new ScaleVertex(-1.5), new String[] {"a"}),
                Arguments.of(new ShiftVertex(.5), new String[] {"a"}),
                Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Add), new String[] {"a", "b", "a"}),
                Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Subtract), both),
                Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Product), both),
                Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Average), both),
                Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Max), both),
                Arguments.of(new HighwayGateVertex(), new String[] {"a", "b", "a"}),
                Arguments.of(new WeightedSkipVertex.Builder().build(), both),
                Arguments.of(
                        new WeightedSkipVertex.Builder()
                                .weighting(Weighting.PER_UNIT)
                                .build(),
                        both));
    }

    @ParameterizedTest
    @MethodSource("vertices")
    void vertexIsTrainedAsByFit(GraphVertex vertex, String... inputs) {
        TrainedTwice.assertAlikeGraphs(
                () -> graph(DataType.DOUBLE, vertex.clone(), inputs),
                i -> TrainedTwice.rows(DataType.DOUBLE, i, INPUTS, CLASSES, true),
                1e-12);
        TrainedTwice.assertAlikeGraphs(
                () -> graph(DataType.FLOAT, vertex.clone(), inputs),
                i -> TrainedTwice.rows(DataType.FLOAT, i, INPUTS, CLASSES, true),
                2e-6);
    }

    @Test
    void vertexThatIsNotKnownIsNamed() {
        ComputationGraph network = graph(DataType.FLOAT, new L2NormalizeVertex(), "a");
        assertThatThrownBy(() -> CompiledTrainer.of(network))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not know L2NormalizeVertex (\"joined\")");
    }
}
