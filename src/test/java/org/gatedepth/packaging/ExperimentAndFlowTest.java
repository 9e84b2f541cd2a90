package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The saved experiment and the saved flow of the examples, with the installed package and without a display. */
@Tag("package")
class ExperimentAndFlowTest {

    private static final Path PROJECT = Path.of("").toAbsolutePath();

    private static Path home;

    @BeforeAll
    static void install() throws Exception {
        assumeTrue(Built.PLATFORM.equals(Built.HOST), "the package is for another platform");
        home = Built.install("experiment-test");
    }

    private static Run run(String... arguments) throws Exception {
        String[] all = new String[arguments.length + 2];
        all[0] = "-Dweka.packageManager.offline=true";
        all[1] = "-Djava.awt.headless=true";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return Run.java(PROJECT, Map.of("WEKA_HOME", home.toString()), Built.WEKA, all);
    }

    @Test
    void theExperimentComparesBothClassifiersInEveryFold() throws Exception {
        Path results = Built.TARGET.resolve("experiment.csv");
        Files.deleteIfExists(results);

        Run run = run("weka.experiment.Experiment", "-r", "-l", "examples/experiment.xml");

        assertThat(results).as(run.err()).exists();
        String[] rows = Files.readString(results).split("\\R");
        assertThat(rows[0]).contains("Percent_correct", "measureMeanGate");
        // Two tables, two runs, ten folds.
        assertThat(rows).filteredOn(row -> row.contains("GatedNetwork")).hasSize(40);
        assertThat(rows).filteredOn(row -> row.contains("RandomForest")).hasSize(40);
    }

    @Test
    void theFlowCrossValidates() throws Exception {
        Path result = Built.TARGET.resolve("flow.txt");
        Files.deleteIfExists(result);

        Run run = run("weka.knowledgeflow.FlowRunner", "examples/flow.kf");

        assertThat(result).as(run.out() + run.err()).exists();
        assertThat(result).content().contains("Scheme: GatedNetwork", "Total Number of Instances              150");
    }
}
