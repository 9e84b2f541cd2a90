package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import weka.core.Instances;

/** Model files of release 0.1.0 are read by this one; see {@link GoldenModels}. */
class GoldenModelTest {

    /** Predictions are made with floats, whose sums differ a little between processors. */
    private static final double ROUNDING = 1e-5;

    @ParameterizedTest
    @EnumSource
    void predictsAsTheReleaseThatWroteTheModel(GoldenModels golden) throws Exception {
        double[][] expected = golden.predictions();

        double[][] predictions = golden.read().distributionsForInstances(golden.table());

        assertThat(predictions).hasDimensions(expected.length, expected[0].length);
        for (int row = 0; row < expected.length; row++) {
            assertThat(predictions[row]).as("row " + row).containsExactly(expected[row], within(ROUNDING));
        }
    }

    @ParameterizedTest
    @EnumSource
    void describesItself(GoldenModels golden) throws Exception {
        GatedNetwork network = golden.read();

        assertThat(network.toString()).contains("3 HIGHWAY blocks of 16 units", "after block 2:", "effective depth");
        assertThat(network.depthReport().heads()).hasSize(3);
        assertThat(network.graph())
                .contains("<NAME>head after block 1: "
                        + golden.table().classAttribute().name() + "</NAME>");
        assertThat(network.getMeasure("measureEpochs")).isEqualTo(5);
    }

    @Test
    void canBeResumed() throws Exception {
        GatedNetwork network = GoldenModels.IRIS.read();
        Instances table = GoldenModels.IRIS.table();

        network.initializeClassifier(table);
        while (network.next()) {
            // One epoch a turn.
        }
        network.done();

        assertThat(network.getMeasure("measureEpochs")).isEqualTo(10);
        assertThat(network.distributionsForInstances(table)).hasDimensions(150, 3);
    }
}
