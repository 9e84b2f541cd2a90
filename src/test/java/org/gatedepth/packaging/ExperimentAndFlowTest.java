package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The saved experiment and the saved flow of the examples, with the installed package and without a display; with fewer
 * folds, which show as well that every fold is trained.
 */
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

    /** An example with a part of it replaced, in a file of its own. */
    private static String changed(String example, String part, String replacement) throws Exception {
        String text = Files.readString(Path.of("examples", example));
        assertThat(text).containsOnlyOnce(part);
        return Files.writeString(home.resolve(example), text.replace(part, replacement))
                .toString();
    }

    @Test
    void theExperimentComparesBothClassifiersInEveryFold() throws Exception {
        Path results = Built.TARGET.resolve("experiment.csv");
        Files.deleteIfExists(results);
        String experiment = changed("experiment.xml", "name=\"1\">10<", "name=\"1\">2<");

        Run run = run("weka.experiment.Experiment", "-r", "-l", experiment);

        assertThat(results).as(run.err()).exists();
        String[] rows = Files.readString(results).split("\\R");
        assertThat(rows[0]).contains("Percent_correct", "measureMeanGate");
        // Two tables, two runs, two folds.
        assertThat(rows).filteredOn(row -> row.contains("GatedNetwork")).hasSize(8);
        assertThat(rows).filteredOn(row -> row.contains("RandomForest")).hasSize(8);
    }

    @Test
    void theFlowCrossValidates() throws Exception {
        Path result = Built.TARGET.resolve("flow.txt");
        Files.deleteIfExists(result);
        String flow = changed("flow.kf", "\"numFolds\": \"10\"", "\"numFolds\": \"2\"");

        Run run = run("weka.knowledgeflow.FlowRunner", flow);

        assertThat(result).as(run.out() + run.err()).exists();
        assertThat(result).content().contains("Scheme: GatedNetwork", "Total Number of Instances              150");
    }
}
