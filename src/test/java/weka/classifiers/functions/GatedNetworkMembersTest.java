package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import weka.core.Instances;
import weka.core.Utils;

/** Networks side by side whose predictions are averaged. */
class GatedNetworkMembersTest {

    private static final String OPTIONS = "-members 3 -scaling STANDARDISE -number-embedding NONE ";

    private final Instances table = Tables.signs(60, 1);

    private static GatedNetwork built(String options, Instances table) throws Exception {
        GatedNetwork network = Tables.quick(Utils.splitOptions(OPTIONS + options));
        network.buildClassifier(table);
        return network;
    }

    @Test
    void predictTheMeanOfTheOutputsOfTheExportedNetwork(@TempDir Path folder) throws Exception {
        GatedNetwork network = built("", table);
        File zip = folder.resolve("network.zip").toFile();
        network.export(zip);
        ComputationGraph graph = ModelSerializer.restoreComputationGraph(zip);

        INDArray[] outputs = graph.output(standardised());

        assertThat(outputs).hasSize(3);
        INDArray mean = outputs[0].add(outputs[1]).add(outputs[2]).div(3);
        double[][] predicted = network.distributionsForInstances(table);
        for (int i = 0; i < predicted.length; i++) {
            assertThat(predicted[i]).as("row %d", i).containsExactly(mean.toDoubleMatrix()[i], within(1e-6));
        }
        assertThat(outputs[0].equalsWithEps(outputs[1], 1e-3)).isFalse();
    }

    private INDArray standardised() {
        double[][] rows = new double[table.size()][2];
        for (int a = 0; a < 2; a++) {
            double mean = table.meanOrMode(a);
            double deviation = Math.sqrt(table.variance(a));
            for (int i = 0; i < rows.length; i++) {
                rows[i][a] = (table.get(i).value(a) - mean) / deviation;
            }
        }
        return Nd4j.createFromArray(rows).castTo(DataType.FLOAT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-class-weights balanced", "-validation 20 -patience 0", "-dropout 0.3"})
    void goOnAsOneLongRun(String options) throws Exception {
        GatedNetwork twice = built("-resume -epochs 5 " + options, table);

        twice.initializeClassifier(table);
        while (twice.next()) {
            // One epoch a turn.
        }
        twice.done();

        assertThat(twice.distributionsForInstances(table))
                .isDeepEqualTo(built("-resume -epochs 10 " + options, table).distributionsForInstances(table));
    }

    @Test
    void cannotBeChangedWhenTrainingIsResumed() throws Exception {
        GatedNetwork network = built("-resume", table);
        network.setMembers(2);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.initializeClassifier(table))
                .withMessageContaining("-members must stay 3");
    }

    @Test
    void areTheSameOfTheSameSeed() throws Exception {
        assertThat(built("", table).distributionsForInstances(table))
                .isDeepEqualTo(built("", table).distributionsForInstances(table));
    }

    @Test
    void areRefusedWithHeads() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> built("-aux-every 1", table))
                .withMessage("Option -members must be 1 with auxiliary heads, but 3 was given.");
    }

    @Test
    void areInTheDescription() throws Exception {
        assertThat(built("", table).toString())
                .containsPattern("Members: +3 such networks, which begin differently; their predictions are averaged");
        GatedNetwork single = Tables.quick("-members", "1");
        single.buildClassifier(table);
        assertThat(single.toString()).doesNotContain("Members:");
    }

    @Test
    void predictNumbersInTheirUnits() throws Exception {
        Instances plane = Tables.plane(100, 1);

        double[][] predicted = built("-epochs 60", plane).distributionsForInstances(plane);

        for (int i = 0; i < predicted.length; i++) {
            assertThat(predicted[i][0]).as("row %d", i).isCloseTo(plane.get(i).classValue(), within(150.0));
        }
    }

    @Test
    void theDescriptionHasThePilotRunsAndTheOneThatWasTaken() throws Exception {
        String text = built("-weight-decay auto -mixup auto", table).toString();

        assertThat(text)
                .containsPattern("Pilot runs: +\\d\\.\\d{4} held-out loss: 3 epochs, weight decay 0\\.3, mixup 0\\.2,")
                .containsPattern("\n +\\d\\.\\d{4} held-out loss: 3 epochs, weight decay 5\\.0, mixup 0\\.0,")
                .containsOnlyOnce(" (taken)");
    }
}
