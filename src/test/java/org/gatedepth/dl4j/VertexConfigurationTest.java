package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.dl4j.VertexTest.output;
import static org.gatedepth.dl4j.VertexTest.overRows;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.row;

import java.io.File;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.block.Weighting;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** Settings of vertices: stored, copied, compared and refused. */
@ExtendWith(DoublePrecision.class)
class VertexConfigurationTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.VertexTest#vertices")
    void survivesJsonAndYaml(String name, GraphVertex vertex) {
        ComputationGraph graph = overRows(WorkspaceMode.ENABLED, new Adam(0.01), vertex);
        ComputationGraphConfiguration conf = graph.getConfiguration();
        assertThat(ComputationGraphConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
        ComputationGraphConfiguration fromYaml = ComputationGraphConfiguration.fromYaml(conf.toYaml());
        assertThat(fromYaml).isEqualTo(conf);
        ComputationGraph again = new ComputationGraph(fromYaml);
        again.init();
        again.setParams(graph.params());
        assertClose(again.outputSingle(normal(1, 5, 4)), graph.outputSingle(normal(1, 5, 4)), 0);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.VertexTest#vertices")
    void aStoredGraphGoesOnTrainingAlike(String name, GraphVertex vertex, @TempDir Path folder) throws Exception {
        ComputationGraph graph = overRows(WorkspaceMode.ENABLED, new Adam(0.01), vertex);
        for (int i = 0; i < 3; i++) {
            graph.fit(Networks.data(8, i));
        }
        File file = folder.resolve("graph.zip").toFile();
        ModelSerializer.writeModel(graph, file, true);
        ComputationGraph restored = ModelSerializer.restoreComputationGraph(file, true);
        assertClose(restored.outputSingle(normal(1, 5, 4)), graph.outputSingle(normal(1, 5, 4)), 0);
        DataSet next = Networks.data(8, 9);
        graph.fit(next);
        restored.fit(next);
        assertClose(restored.params(), graph.params(), 1e-12);
    }

    // Not Adam: Deeplearning4j's clone of a graph starts its count of iterations anew.
    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.VertexTest#vertices")
    void aClonedGraphTrainsAlikeButApart(String name, GraphVertex vertex) {
        ComputationGraph graph = overRows(WorkspaceMode.ENABLED, new Sgd(0.1), vertex);
        graph.fit(Networks.data(8, 1));
        ComputationGraph clone = graph.clone();
        INDArray before = graph.params().dup();
        clone.fit(Networks.data(8, 2));
        assertClose(graph.params(), before, 0);
        graph.fit(Networks.data(8, 2));
        assertClose(graph.params(), clone.params(), 1e-12);
    }

    @Test
    void refusesInputsOfDifferentShapes() {
        assertThatThrownBy(() -> output(new HighwayGateVertex(), row(1, 2), row(1, 2, 3), row(1, 2)))
                .hasStackTraceContaining("HighwayGateVertex needs inputs of one shape");
    }

    @Test
    void refusesTheWrongNumberOfInputs() {
        assertThatThrownBy(() -> output(new HighwayGateVertex(), row(1, 2), row(1, 2)))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() ->
                        new HighwayGateVertex().getOutputType(0, InputType.feedForward(2), InputType.feedForward(2)))
                .hasMessage("HighwayGateVertex needs the inputs [transform, gate, carry] in this order, got 2");
    }

    @Test
    void refusesALearnedSkipWithFixedWeights() {
        assertThatThrownBy(
                        () -> new WeightedSkipVertex.Builder().learnSkip(true).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("alpha cannot be learned with weighting FIXED; use SCALAR or PER_UNIT");
    }

    @Test
    void refusesWeightsThatAreNotFinite() {
        assertThatThrownBy(
                        () -> new WeightedSkipVertex.Builder().beta(Double.NaN).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("alpha and beta must be finite numbers, got 1.0 and NaN");
    }

    @Test
    void refusesWeightsPerUnitOfAnUnknownNumberOfUnits() {
        assertThatThrownBy(() -> new WeightedSkipVertex.Builder()
                        .weighting(Weighting.PER_UNIT)
                        .build()
                        .numParams(true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a WeightedSkipVertex with PER_UNIT weights needs to know its features or channels: call"
                        + " units(..) on its builder, or setInputTypes(..) on the graph's");
    }

    @Test
    void verticesOfTheSameSettingsAreEqual() {
        assertThat(new HighwayGateVertex()).isEqualTo(new HighwayGateVertex().clone());
        WeightedSkipVertex a =
                new WeightedSkipVertex.Builder().beta(0.5).units(3).build();
        assertThat(a).isEqualTo(a.clone()).hasSameHashCodeAs(a.clone());
        assertThat(a).isNotEqualTo(new WeightedSkipVertex.Builder().units(3).build());
    }
}
