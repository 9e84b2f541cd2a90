package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.testing.Letter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.FixedSchedule;

/**
 * A deep highway stack that has learned to tell A, B and C apart, made as shallow as its report says that it can be.
 */
class ShrinkTrainedTest {
    private static final int DEPTH = 30;
    private static final int CLASSES = 3;

    private static DataSet training;
    private static DataSet others;
    private static ComputationGraph network;
    private static DepthReport report;
    private static ComputationGraph shrunken;

    @BeforeAll
    static void trainAndShrink() throws Exception {
        DataSet letters = Letter.rows(6000);
        int[] rows = IntStream.range(0, letters.numExamples())
                .filter(i -> letters.getLabels().getRow(i).argMax().getInt(0) < CLASSES)
                .toArray();
        training = rows(letters, IntStream.of(rows).limit(rows.length / 2).toArray());
        others = rows(letters, IntStream.of(rows).skip(rows.length / 2).toArray());
        network = new ComputationGraph(GatedNetworks.configuration(NetworkSpec.classification(16, CLASSES)
                .withSize(DEPTH, 20)
                .withActivation(Activation.RELU)
                .withConnection(Connection.HIGHWAY)
                .withUpdater(new Adam(1e-3))));
        network.init();
        Letter.minibatches(training, 200).forEach(network::fit);
        report = DepthReport.of(network, others);
        shrunken = Shrink.without(network, report).network();
    }

    private static DataSet rows(DataSet data, int[] rows) {
        INDArray labels = data.getLabels()
                .getRows(rows)
                .getColumns(IntStream.range(0, CLASSES).toArray());
        return new DataSet(data.getFeatures().getRows(rows), labels);
    }

    private static double accuracy(ComputationGraph graph) {
        return agreement(graph.outputSingle(others.getFeatures()), others.getLabels());
    }

    /** The share of the rows whose largest number stands in the same column. */
    private static double agreement(INDArray a, INDArray b) {
        int[] left = a.argMax(1).toIntVector();
        int[] right = b.argMax(1).toIntVector();
        return IntStream.range(0, left.length).filter(i -> left[i] == right[i]).count() / (double) left.length;
    }

    @Test
    void isAsMuchShallowerAsTheReportSays() {
        List<String> idle = report.lesions().idle();
        GatedStack stack = (GatedStack) shrunken.getLayer("stack").conf().getLayer();

        assertThat(idle).hasSizeBetween(5, DEPTH - 1);
        assertThat(stack.getDepth()).isEqualTo(DEPTH - idle.size());
    }

    @Test
    void predictsWhatTheReportSaysOfTheIdleBlocksBypassed() {
        Lesions lesions = report.lesions();
        Lesions.Outcome said = lesions.cumulative().get(lesions.idle().size() - 1);
        INDArray before = network.outputSingle(others.getFeatures());
        INDArray after = shrunken.outputSingle(others.getFeatures());

        assertThat(accuracy(shrunken)).isCloseTo(Objects.requireNonNull(said.accuracy()), within(1e-9));
        assertThat(1 - agreement(before, after)).isCloseTo(said.changed(), within(1e-9));
        assertThat(shrunken.score(others)).isCloseTo(said.loss(), within(1e-5));
        assertThat(accuracy(network))
                .isCloseTo(Objects.requireNonNull(lesions.intact().accuracy()), within(1e-9));
    }

    @Test
    void isAtLeastAsGoodAfterALittleFineTuning() {
        ComputationGraph tuned = shrunken.clone();
        GatedNetworks.setLearningRate(tuned, new FixedSchedule(1e-4));

        Letter.minibatches(training, 50).forEach(tuned::fit);

        assertThat(accuracy(tuned)).isGreaterThan(0.9).isGreaterThanOrEqualTo(accuracy(network));
    }
}
