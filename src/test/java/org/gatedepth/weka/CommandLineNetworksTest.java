package org.gatedepth.weka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import weka.core.Utils;

/** How many networks Weka's evaluation trains for a command. */
class CommandLineNetworksTest {

    @ParameterizedTest
    @CsvSource({
        "-t a.arff, 11",
        "-t a.arff -x 5 -depth 3, 6",
        "-t a.arff -x many, 0",
        "-t a.arff -no-cv, 1",
        "-t a.arff -T b.arff, 1",
        "-t a.arff -split-percentage 66, 2"
    })
    void areThatOfAllRowsAndThoseThatAreTested(String command, int networks) throws Exception {
        String[] options = Utils.splitOptions(command);

        assertThat(CommandLine.networks(options)).isEqualTo(networks);
        assertThat(String.join(" ", options)).as("left as it was").isEqualTo(command);
    }
}
