package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Weighting;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.HighwayGateVertex;
import org.gatedepth.dl4j.WeightedSkipVertex;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;

/** Vertices that join branches are left out as the blocks of layers are. */
@ExtendWith(DoublePrecision.class)
class ShrinkVertexTest {
    private static final INDArray X = normal(1, 7, Networks.INPUTS);

    private static DenseLayer dense() {
        return new DenseLayer.Builder()
                .nOut(Networks.INPUTS)
                .activation(Activation.TANH)
                .build();
    }

    private static GraphBuilder builder() {
        NeuralNetConfiguration.Builder settings = Networks.builder(new Adam(0.01));
        return settings.graphBuilder().addInputs("in").setInputTypes(InputType.feedForward(Networks.INPUTS));
    }

    private static ComputationGraph graph(GraphBuilder builder, String top) {
        ComputationGraph graph =
                Networks.init(builder.addLayer("out", Networks.output(), top).setOutputs("out"));
        graph.params().assign(normal(3, 1, graph.numParams()).muli(0.5));
        return graph;
    }

    /** A gate over a branch with a stack, and above it two weighted sums. */
    private static ComputationGraph graph() {
        WeightedSkipVertex residual =
                new WeightedSkipVertex.Builder().weighting(Weighting.SCALAR).build();
        return graph(
                builder()
                        .addLayer("gate", dense(), "in")
                        .addLayer(
                                "stack",
                                new GatedStack.Builder()
                                        .depth(3)
                                        .nOut(Networks.INPUTS)
                                        .build(),
                                "in")
                        .addVertex("highway", new HighwayGateVertex(), "stack", "gate", "in")
                        .addLayer("branch1", dense(), "highway")
                        .addVertex("sum1", residual, "highway", "branch1")
                        .addLayer("branch2", dense(), "sum1")
                        .addVertex("sum2", residual.clone(), "sum1", "branch2"),
                "sum2");
    }

    @Test
    void predictsWhatTheNetworkPredictsWithTheVertexBypassed() {
        ComputationGraph graph = graph();
        DataSet data = Networks.data(40, 1);
        DepthReport report = DepthReport.of(graph, data);
        assertThat(report.lesions().single())
                .extracting(Lesions.Outcome::block)
                .containsExactlyInAnyOrder("highway", "sum1", "sum2", "stack/1", "stack/2", "stack/3");
        for (Lesions.Outcome outcome : report.lesions().single()) {
            if (!outcome.block().startsWith("stack")) {
                ComputationGraph lean =
                        Shrink.without(graph, List.of(outcome.block())).network();
                assertThat(DepthReport.of(lean, data).lesions().intact().loss())
                        .isCloseTo(outcome.loss(), within(1e-12));
                lean.fit(data);
            }
        }
    }

    @Test
    void theBranchGoesWithTheVertex() {
        ComputationGraph graph = graph();
        Shrink.Result<ComputationGraph> lean = Shrink.without(graph, List.of("sum2", "stack/2", "highway"));
        assertThat(lean.removed()).containsExactly("stack/1", "stack/2", "stack/3", "highway", "sum2");
        assertThat(lean.kept()).isEmpty();
        assertThat(lean.network().getConfiguration().getVertices()).containsOnlyKeys("branch1", "sum1", "out");
    }

    @Test
    void theLastVertexGoesToo() {
        ComputationGraph graph = graph();
        Shrink.Result<ComputationGraph> lean = Shrink.without(graph, List.of("sum1", "sum2", "highway"));
        assertThat(lean.network().getConfiguration().getVertices()).containsOnlyKeys("out");
        INDArray expected = Networks.graph(Networks.unchanging()).outputSingle(X);
        assertThat(lean.network().outputSingle(X).shape()).isEqualTo(expected.shape());
        assertThat(lean.network().getLayer("out").params())
                .isEqualTo(graph.getLayer("out").params());
    }

    @Test
    void saysWhyAVertexStays() {
        ComputationGraph graph = graph(
                builder()
                        .addInputs("other")
                        .setInputTypes(InputType.feedForward(Networks.INPUTS))
                        .addVertex("merged", new WeightedSkipVertex(), "in", "other")
                        .addLayer("branch", dense(), "merged")
                        .addVertex(
                                "half",
                                new WeightedSkipVertex.Builder().alpha(.5).build(),
                                "merged",
                                "branch")
                        .addLayer("branch2", dense(), "half")
                        .addVertex(
                                "learned",
                                new WeightedSkipVertex.Builder()
                                        .weighting(Weighting.SCALAR)
                                        .learnSkip(true)
                                        .build(),
                                "half",
                                "branch2")
                        .addLayer("branch3", dense(), "learned")
                        .addVertex("read", new WeightedSkipVertex(), "learned", "branch3")
                        .addVertex("twice", new ElementWiseVertex(ElementWiseVertex.Op.Add), "learned", "read"),
                "twice");
        Shrink.Result<ComputationGraph> lean = Shrink.without(graph, List.of("merged", "half", "learned", "read"));
        assertThat(lean.removed()).isEmpty();
        assertThat(lean.kept())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "merged", "without it an input of the network would be read by nothing",
                        "half", "its skip multiplies by 0.5",
                        "learned", "the weight of its skip is learned",
                        "read", "what reads it reads its input too"));
        assertClose(lean.network().output(X, X)[0], graph.output(X, X)[0], 0);
    }
}
