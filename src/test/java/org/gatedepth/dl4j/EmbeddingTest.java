package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.NoOp;

@ExtendWith(DoublePrecision.class)
class EmbeddingTest {

    private static final int ROWS = 12;

    /** Two numbers, and labels of three and of five. */
    private static final NetworkSpec SPEC = NetworkSpec.classification(4, 3)
            .withSize(4, 6)
            .withActivation(Activation.TANH)
            .withEmbeddings(List.of(new Embedding(3, 2), new Embedding(5, 4)));

    private static ComputationGraph graph(NetworkSpec spec) {
        ComputationGraph graph = new ComputationGraph(GatedNetworks.configuration(spec));
        graph.init();
        return graph.convertDataType(DataType.DOUBLE);
    }

    private static INDArray inputs() {
        INDArray inputs = normal(1, ROWS, 4);
        for (int i = 0; i < ROWS; i++) {
            inputs.putScalar(i, 2, i % 3);
            inputs.putScalar(i, 3, i % 5);
        }
        return inputs;
    }

    @Test
    void putsTheVectorOfTheLabelInItsPlace() {
        ComputationGraph graph = graph(SPEC);
        INDArray inputs = inputs();

        INDArray features = graph.feedForward(inputs, false).get("in.features");

        assertThat(features.shape()).containsExactly(ROWS, 2 + 2 + 4);
        for (int i = 0; i < ROWS; i++) {
            INDArray row = features.getRow(i);
            assertThat(row.get(NDArrayIndex.interval(0, 2)))
                    .isEqualTo(inputs.getRow(i).get(NDArrayIndex.interval(0, 2)));
            assertThat(row.get(NDArrayIndex.interval(2, 4)))
                    .isEqualTo(graph.getLayer("embedding.1").getParam("W").getRow(i % 3));
            assertThat(row.get(NDArrayIndex.interval(4, 8)))
                    .isEqualTo(graph.getLayer("embedding.2").getParam("W").getRow(i % 5));
        }
    }

    @Test
    void hasTheNumericGradient() {
        String clipped =
                GatedNetworks.configuration(SPEC.withUpdater(new NoOp())).toJson();
        ComputationGraph graph =
                new ComputationGraph(ComputationGraphConfiguration.fromJson(clipped.replace("ClipL2PerLayer", "None")));
        graph.init();
        graph = graph.convertDataType(DataType.DOUBLE);

        GradientChecks.check(graph, inputs(), oneHot(ROWS, 3));
    }

    @Test
    void learnsFromLabelsAlone() {
        ComputationGraph graph = graph(NetworkSpec.classification(1, 3)
                .withSize(2, 8)
                .withUpdater(new Adam(0.02))
                .withEmbeddings(List.of(new Embedding(6, 3))));
        INDArray labels = Nd4j.create(new double[] {0, 1, 2, 3, 4, 5}, new long[] {6, 1});

        for (int i = 0; i < 200; i++) {
            graph.fit(new INDArray[] {labels}, new INDArray[] {oneHot(6, 3)});
        }

        assertThat(graph.outputSingle(labels).argMax(1).toIntVector())
                .isEqualTo(oneHot(6, 3).argMax(1).toIntVector());
    }

    @Test
    void leavesConfigurationWithoutEmbeddingsAsItWas() {
        String json =
                GatedNetworks.configuration(SPEC.withEmbeddings(List.of())).toJson();

        assertThat(json).doesNotContain("Subset", "Merge", "Embedding");
        assertThat(json)
                .isEqualTo(GatedNetworks.configuration(
                                NetworkSpec.classification(4, 3).withSize(4, 6).withActivation(Activation.TANH))
                        .toJson());
    }

    @Test
    void survivesJson() {
        ComputationGraphConfiguration conf = GatedNetworks.configuration(SPEC);

        assertThat(ComputationGraphConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
    }

    @Test
    void survivesModelSerializer() throws Exception {
        ComputationGraph graph = graph(SPEC);
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        ModelSerializer.writeModel(graph, zip, true);

        ComputationGraph restored =
                ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(zip.toByteArray()), true);

        assertThat(restored.outputSingle(inputs())).isEqualTo(graph.outputSingle(inputs()));
    }

    @Test
    void predictsTheSameWithoutHeads() {
        ComputationGraph graph = graph(withHeads());
        INDArray labels = oneHot(ROWS, 3);
        graph.fit(new MultiDataSet(new INDArray[] {inputs()}, new INDArray[] {labels, labels, labels}));

        ComputationGraph lean = GatedNetworks.withoutHeads(graph);

        assertThat(lean.getNumOutputArrays()).isEqualTo(1);
        assertThat(lean.outputSingle(inputs())).isEqualTo(graph.output(inputs())[0]);
    }

    @Test
    void leavesEarlyWithTheAnswerOfItsHead() {
        ComputationGraph graph = graph(withHeads());
        INDArray[] outputs = graph.output(inputs());
        // Some rows leave at the first head, and some do not.
        double[] highest = outputs[1].max(1).toDoubleVector().clone();
        double confidence = (Arrays.stream(highest).min().orElseThrow()
                        + Arrays.stream(highest).max().orElseThrow())
                / 2;

        EarlyExit.Result result = new EarlyExit(graph, List.of("low", "high"), confidence).predict(inputs());

        assertThat(Arrays.stream(result.exits()).distinct().count()).isGreaterThan(1);
        for (int i = 0; i < ROWS; i++) {
            INDArray answer = outputs[(result.exits()[i] + 1) % 3].getRow(i);
            assertThat(result.output().getRow(i).equalsWithEps(answer, 1e-9)).isTrue();
        }
    }

    private static NetworkSpec withHeads() {
        return SPEC.withHeads(List.of(
                new AuxiliaryHead("low", 1, Head.of(Loss.softmaxCrossEntropy(), 3)),
                new AuxiliaryHead("high", 3, Head.of(Loss.softmaxCrossEntropy(), 3))));
    }

    @Test
    void refusesMoreEmbeddingsThanInputs() {
        List<Embedding> two = List.of(new Embedding(3, 2), new Embedding(3, 2));

        assertThatThrownBy(() -> NetworkSpec.classification(1, 2).withEmbeddings(two))
                .hasMessage("each embedding needs an input column of its own, got 2 embeddings and 1 inputs");
    }

    @Test
    void refusesEmbeddingOfOneLabel() {
        assertThatThrownBy(() -> new Embedding(1, 2)).hasMessage("an embedding needs at least 2 labels, got 1");
    }
}
