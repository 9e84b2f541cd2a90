package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.apache.commons.csv.CSVRecord;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The quick forms of the studies run, and show the shapes that the full forms show. */
@Tag("package")
class StudiesTest {
    private static CompiledStudies studies;

    @BeforeAll
    static void compile() throws Exception {
        studies = CompiledStudies.in("studies-test/classes");
    }

    /** The rows of the CSV file that the quick form of a study writes. */
    private static List<CSVRecord> rows(String study, String name) throws Exception {
        Path folder = Built.emptyFolder("studies-test/" + name);
        Run run = studies.run(study, folder, "--quick");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("|");
        assertThat(folder.resolve(name + ".svg")).isNotEmptyFile();
        return CompiledStudies.rows(folder.resolve(name + ".csv"));
    }

    private static double least(List<CSVRecord> rows, String column, Predicate<CSVRecord> of) {
        return rows.stream()
                .filter(of)
                .mapToDouble(row -> Double.parseDouble(row.get(column)))
                .min()
                .orElseThrow();
    }

    private static Predicate<CSVRecord> with(String column, Object value) {
        return row -> row.get(column).equals(value.toString());
    }

    @Test
    void plainNetsDegradeWithDepthAndHighwayNetsDoNot() throws Exception {
        List<CSVRecord> rows = rows("DepthSweep", "depth-sweep");

        Predicate<CSVRecord> deep = with("depth", 100);
        double highway = least(rows, "final_loss", deep.and(with("connection", "HIGHWAY")));
        assertThat(least(rows, "final_loss", deep.and(with("connection", "PLAIN"))))
                .isGreaterThan(10 * highway)
                .isGreaterThan(2 * least(rows, "final_loss", with("depth", 10).and(with("connection", "PLAIN"))));
        assertThat(highway)
                .isLessThan(10 * least(rows, "final_loss", with("depth", 10).and(with("connection", "HIGHWAY"))));
    }

    @Test
    void scaledAndDroppedShortcutsKeepADeepResidualNetFromTraining() throws Exception {
        List<CSVRecord> rows = rows("ShortcutAblation", "shortcut-ablation");

        double identity = least(rows, "final_loss", with("variant", "identity"));
        assertThat(least(rows, "final_loss", with("variant", "half"))).isGreaterThan(3 * identity);
        assertThat(least(rows, "final_loss", with("variant", "dropout .5"))).isGreaterThan(3 * identity);
    }

    @Test
    void moreBlocksAreNotNeededWhereTheDataAreEasyAndAResidualNetIsShallow() throws Exception {
        List<CSVRecord> rows = rows("LesionDepth", "lesions");

        assertThat(least(rows, "train_unneeded", with("data", "letter-3")))
                .isGreaterThan(2
                        * least(
                                rows,
                                "train_unneeded",
                                with("data", "letter-26").and(with("net", "highway-2"))));
        assertThat(least(rows, "effective_depth", with("net", "residual"))).isLessThan(15);
    }

    @Test
    void deepHighwayNetsNeedGatesThatBeginNearlyClosed() throws Exception {
        List<CSVRecord> rows = rows("GateBias", "gate-bias");

        assertThat(least(rows, "final_loss", with("depth", 50).and(with("bias", 0))))
                .isGreaterThan(2 * least(rows, "final_loss", with("depth", 50).and(with("bias", -4))));
        assertThat(least(rows, "final_loss", with("depth", 10).and(with("bias", -6))))
                .isGreaterThan(least(rows, "final_loss", with("depth", 10).and(with("bias", -2))));
    }

    @Test
    void headsHelpAPlainNetThatIsTooDeep() throws Exception {
        List<CSVRecord> rows = rows("AuxiliaryLossSweep", "auxiliary-losses");

        assertThat(least(rows, "final_loss", with("weight", ".9")))
                .isLessThan(least(rows, "final_loss", with("weight", "0")));
    }

    @ParameterizedTest
    @CsvSource({
        "DepthSweep, depth-sweep",
        "ShortcutAblation, shortcut-ablation",
        "LesionDepth, lesions",
        "GateBias, gate-bias",
        "AuxiliaryLossSweep, auxiliary-losses",
        "ConnectionsOnTables, tables",
        "ConvolutionalHighway, convolutional-highway",
        "AddingProblem, adding-problem",
        "CopyMemory, copy-memory",
        "RecurrenceDepth, recurrence-depth",
        "EasierTargets, easier-targets",
        "PixelSequences, pixel-sequences"
    })
    void theTablesOfTheResultsAreThoseOfTheirFiles(String study, String name) throws Exception {
        Path folder = Built.emptyFolder("studies-test/results-" + name);
        Files.copy(CompiledStudies.STUDIES.resolve("results/" + name + ".csv"), folder.resolve(name + ".csv"));

        Run run = studies.run(study, folder, "--draw");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(Files.readString(CompiledStudies.STUDIES.resolve("RESULTS.md")))
                .contains(run.out().strip());
    }

    @Test
    void aConvolutionalHighwayNetLearns() throws Exception {
        List<CSVRecord> rows = rows("ConvolutionalHighway", "convolutional-highway");

        assertThat(Double.parseDouble(rows.get(rows.size() - 1).get("test_accuracy")))
                .isGreaterThan(.65);
    }

    @Test
    void layersOverSequencesLearnTheAddingProblem() throws Exception {
        List<CSVRecord> rows = rows("AddingProblem", "adding-problem");

        // Who always answers 1 has .167.
        for (String model : List.of("TEMPORAL_STACK", "RECURRENT_HIGHWAY", "ATTENTION")) {
            assertThat(least(rows, "figure", with("model", model))).as(model).isLessThan(.02);
        }
    }

    @Test
    void layersOverSequencesBeginToCopy() throws Exception {
        List<CSVRecord> rows = rows("CopyMemory", "copy-memory");

        // Ten symbols of eight in 50 steps, without memory.
        assertThat(least(rows, "figure", with("model", "TEMPORAL_STACK"))).isLessThan(.7 * 10 * Math.log(8) / 50);
    }

    @Test
    void pixelsInTheirOrderAndInAnotherAreClassified() throws Exception {
        List<CSVRecord> rows = rows("PixelSequences", "pixel-sequences");

        for (String order : List.of("plain", "permuted")) {
            assertThat(least(rows, "figure", with("variant", order).and(with("model", "TEMPORAL_STACK"))))
                    .as(order)
                    .isLessThan(.75);
        }
    }

    @Test
    void charactersArePredictedAtEveryRecurrenceDepth() throws Exception {
        List<CSVRecord> rows = rows("RecurrenceDepth", "recurrence-depth");

        for (int depth : new int[] {1, 3, 5}) {
            assertThat(least(rows, "test_bits", with("depth", depth)))
                    .as("depth " + depth)
                    .isBetween(1.0, 5.5);
        }
    }

    @Test
    void entitiesAreTaggedWithPartsOfSpeechBelow() throws Exception {
        List<CSVRecord> rows = rows("EasierTargets", "easier-targets");

        assertThat(rows).hasSize(2);
        assertThat(least(rows, "token_f1", with("block", 1))).isGreaterThan(.02);
    }

    @Test
    void connectionsAreComparedOnTablesAndARunThatWasStoppedGoesOn() throws Exception {
        List<CSVRecord> rows = rows("ConnectionsOnTables", "tables");
        assertThat(rows).extracting(row -> row.get("classifier")).contains("highway", "residual", "RandomForest");
        assertThat(least(rows, "accuracy", with("table", "iris"))).isGreaterThan(.838);
        // As if it had been stopped before a short run.
        Path csv = Built.TARGET.resolve("studies-test/tables/tables.csv");
        Files.write(
                csv,
                Files.readAllLines(csv).stream()
                        .filter(line -> !line.contains(",SMO,"))
                        .toList());

        Run again = studies.run("ConnectionsOnTables", csv.getParent(), "--quick");

        assertThat(again.err()).contains(rows.size() - 1 + " of " + rows.size() + " runs are in", "[1 of 1,");
        assertThat(CompiledStudies.rows(csv)).hasSameSizeAs(rows);
    }

    @Test
    void classifiersAreComparedWithTheOptionsThatAreGiven() throws Exception {
        Run run = studies.program(
                "CompareClassifiers",
                Built.emptyFolder("studies-test/compared"),
                "2",
                "examples/data/iris.arff",
                "examples/data/labor.arff",
                "weka.classifiers.functions.GatedNetwork -depth 2 -epochs 20",
                "weka.classifiers.trees.RandomForest");

        assertThat(run.succeededQuietly().out().lines().toList())
                .hasSize(5)
                .startsWith("| data set | GatedNetwork -depth 2 -epochs 20 | RandomForest |")
                .element(4, InstanceOfAssertFactories.STRING)
                .matches("\\| mean of 2 accuracies( \\| 0\\.[89]\\d{3} \\(\\d+ s\\)){2} \\|");
    }

    @ParameterizedTest
    @CsvSource({
        "--fast, unknown: [--fast]",
        "--processes two, 'processes must be from 1 to 999, got two'",
        "--processes, --processes needs a value after it",
        "--draw, there are no results in"
    })
    void badOptionsGetOneSentence(String options, String sentence) throws Exception {
        Run run = studies.run("ConnectionsOnTables", Built.emptyFolder("studies-test/bad"), options.split(" "));

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).startsWith("tables: " + sentence).doesNotContain("Exception");
    }

    @Test
    void dataThatAreMissingAreNamedWithWhatBringsThem() throws Exception {
        Run run = studies.run("LesionDepth", Built.emptyFolder("studies-test/missing"));

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("lesions: there is no ")
                .contains("dataset-fashion-mnist", "ended without a result")
                .doesNotContain("Exception");
    }
}
