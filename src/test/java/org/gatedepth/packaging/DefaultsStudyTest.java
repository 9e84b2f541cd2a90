package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import weka.classifiers.Evaluation;
import weka.classifiers.trees.RandomForest;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.converters.ConverterUtils.DataSource;

/** The study of defaults on tables: same folds for all, right measures, and a run that was stopped goes on. */
@Tag("package")
class DefaultsStudyTest {
    private static final String STUDY = "DefaultsOnTables";
    private static final int FOLDS = 5;
    private static final int SEED = 3;

    private static CompiledStudies studies;
    private static Path tables;
    private static Path results;

    @BeforeAll
    static void compile() throws Exception {
        studies = CompiledStudies.in("defaults-test/classes");
        tables = Built.emptyFolder("defaults-test/tables");
        results = Built.emptyFolder("defaults-test/results");
        Files.copy(example("cpu.arff"), tables.resolve("cpu.arff"));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(tables.resolve("iris.arff.gz")))) {
            Files.copy(example("iris.arff"), out);
        }
    }

    private static Path example(String file) {
        return CompiledStudies.ROOT.resolve("examples/data").resolve(file);
    }

    private static Run study(String... options) throws Exception {
        return studies.run(STUDY, results, options);
    }

    @Test
    void itsMeasuresAreThoseOfWekaOnTheSameFoldsAndARunThatWasStoppedGoesOn() throws Exception {
        String[] options = {
            tables.toString(),
            "--seed",
            String.valueOf(SEED),
            "--classifiers",
            "RandomForest,small",
            "--variant",
            "small=-depth 2 -epochs 5",
            "--processes",
            "1"
        };
        Run run = study(options);

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out())
                .startsWith("| Accuracy | small | RandomForest |\n")
                .contains(
                        "| Accuracy minus that of the best peer ± standard error | best peer | small |",
                        "| mean of 1 | RandomForest |",
                        "| R² | ",
                        "| small -depth 2 -epochs 5 | 2 | ");
        assertThat(results.resolve("defaults.svg")).isNotEmptyFile();
        List<CSVRecord> rows = CompiledStudies.rows(results.resolve("defaults.csv"));
        assertThat(rows)
                .hasSize(2 * 2 * FOLDS)
                .allSatisfy(row -> assertThat(row.get("note")).isEmpty());
        Instances iris = DataSource.read(example("iris.arff").toString());
        Instances cpu = DataSource.read(example("cpu.arff").toString());
        for (int fold = 0; fold < FOLDS; fold++) {
            Forest ofIris = new Forest(iris, fold);
            CSVRecord row = row(rows, "iris", fold);
            assertEqual(row, "accuracy", ofIris.evaluation.pctCorrect() / 100);
            assertEqual(row, "roc_area", ofIris.evaluation.weightedAreaUnderROC());
            assertEqual(
                    row,
                    "log_loss",
                    ofIris.mean(instance -> -Math.log(
                            Math.max(ofIris.predicted(instance)[(int) instance.classValue()], Math.ulp(1.0)))));
            Forest ofCpu = new Forest(cpu, fold);
            row = row(rows, "cpu", fold);
            assertEqual(row, "correlation", ofCpu.evaluation.correlationCoefficient());
            assertEqual(row, "rmse", ofCpu.evaluation.rootMeanSquaredError());
            double mean = ofCpu.mean(Instance::classValue);
            assertEqual(
                    row,
                    "r2",
                    1
                            - Math.pow(ofCpu.evaluation.rootMeanSquaredError(), 2)
                                    / ofCpu.mean(instance -> Math.pow(instance.classValue() - mean, 2)));
        }

        Run again = study(options);

        assertThat(again.err()).contains("4 of 4 runs are in");
        assertThat(again.out()).isEqualTo(run.out());
    }

    private static CSVRecord row(List<CSVRecord> rows, String table, int fold) {
        return rows.stream()
                .filter(row -> row.get("table").equals(table)
                        && row.get("classifier").equals("RandomForest")
                        && row.get("fold").equals(String.valueOf(fold + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** The file has six digits. */
    private static void assertEqual(CSVRecord row, String column, double expected) {
        assertThat(Double.parseDouble(row.get(column)))
                .as(row.get("table") + " " + column)
                .isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
    }

    /** Weka's forest on a fold, evaluated by Weka. */
    private static final class Forest {
        private final RandomForest forest = new RandomForest();
        private final Instances test;
        private final Evaluation evaluation;

        Forest(Instances table, int fold) throws Exception {
            Instances rows = new Instances(table);
            rows.setClassIndex(rows.numAttributes() - 1);
            rows.randomize(new Random(SEED));
            if (rows.classAttribute().isNominal()) {
                rows.stratify(FOLDS);
            }
            Instances train = rows.trainCV(FOLDS, fold, new Random(SEED));
            test = rows.testCV(FOLDS, fold);
            forest.setSeed(SEED);
            forest.buildClassifier(train);
            evaluation = new Evaluation(train);
            evaluation.evaluateModel(forest, test);
        }

        double[] predicted(Instance instance) {
            try {
                return forest.distributionForInstance(instance);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        double mean(ToDoubleFunction<Instance> value) {
            return test.stream().mapToDouble(value).average().orElseThrow();
        }
    }

    @Test
    void aRunOverTheLimitIsARowThatSaysSo() throws Exception {
        Path folder = Built.emptyFolder("defaults-test/limit");

        Run run = studies.run(
                STUDY,
                folder,
                tables.toString(),
                "--classifiers",
                "endless",
                "--variant",
                "endless=-epochs 1000000",
                "--limit",
                "3",
                "--processes",
                "1");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out())
                .contains(
                        "- endless -epochs 1000000 on iris, seed 1: stopped after 3 s",
                        "- endless -epochs 1000000 on cpu, seed 1: stopped after 3 s");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--limit 0 | --limit needs a whole number from 1 to 999999, got 0",
                "--seed | --seed needs a value after it",
                "--fast 1 | unknown: --fast",
                "--variant quantile | a variant is a name without a comma, =, and options",
                "--variant wrong=-no-such-option | the variant wrong has wrong options",
                "--classifiers Forest | --classifiers names [Forest]; there are [GatedNetwork], [RandomForest, ",
                "nowhere | there is no folder nowhere"
            })
    void badOptionsGetOneSentence(String options, String sentence) throws Exception {
        Run run = studies.run(STUDY, Built.emptyFolder("defaults-test/bad"), options.split(" "));

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("defaults: " + sentence).doesNotContain("Exception");
    }
}
