package org.gatedepth.weka.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.testing.LocalSpark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import weka.classifiers.Evaluation;
import weka.classifiers.functions.GatedNetwork;
import weka.core.Instances;
import weka.core.SerializationHelper;
import weka.core.converters.ConverterUtils.DataSource;

/** The command as a user starts it. */
class TrainOnSparkTest {
    private static final String IRIS = "examples/data/iris.arff";

    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark();

    @TempDir
    private Path folder;

    private static Ended run(Object... arguments) {
        return Ended.of(TrainOnSpark::new, arguments);
    }

    /** A quick training; later options stand in the place of these. */
    private Ended train(Object data, Object... more) {
        List<Object> all =
                new ArrayList<>(List.of("--data", data, "--output", folder.resolve("out"), "--partitions", 2));
        all.addAll(
                List.of("--steps", 2, "-depth", 2, "-width", 8, "-members", 1, "-weight-decay", 0, "-mini-batch", 16));
        all.addAll(List.of("-number-embedding", "NONE"));
        all.addAll(Arrays.asList(more));
        return run(all.toArray());
    }

    private GatedNetwork model() throws Exception {
        return (GatedNetwork)
                SerializationHelper.read(folder.resolve("out/network.model").toString());
    }

    private Instances header() throws Exception {
        return (Instances)
                SerializationHelper.readAll(folder.resolve("out/network.model").toString())[1];
    }

    private static Instances read(String file, int classIndex) throws Exception {
        Instances table = DataSource.read(file);
        table.setClassIndex(classIndex);
        return table;
    }

    private static Instances heldOut(Instances table, Lots lots) {
        Instances some = new Instances(table, 0);
        for (int i = 0; i < table.size(); i++) {
            if (lots.kind(Lots.place(0, i)) == Lots.Kind.HELD_OUT) {
                some.add(table.get(i));
            }
        }
        return some;
    }

    private static double figure(String text, String name) {
        Matcher matcher = Pattern.compile(name + ": +([-0-9.,Ee]+)").matcher(text);
        assertThat(matcher.find()).as(name + " in " + text).isTrue();
        return Double.parseDouble(matcher.group(1).replace(",", ""));
    }

    @Test
    void theModelIsOpenedAndEvaluatedByWekaToo() throws Exception {
        Ended ended = train(IRIS, "--hold-out", 30, "-epochs", 60, "-mixup", 0.1, "-S", 3);

        assertThat(ended.err()).isEmpty();
        assertThat(ended.status()).isZero();
        Instances iris = read(IRIS, 4);
        Instances heldOut = heldOut(iris, new Lots(3, 0.3, 0));
        Evaluation evaluation = new Evaluation(iris);
        evaluation.evaluateModel(model(), heldOut);
        assertThat(figure(ended.out(), "Held-out rows")).isEqualTo(heldOut.size());
        assertThat(figure(ended.out(), "Accuracy")).isCloseTo(evaluation.pctCorrect() / 100, within(1e-6));
        double logLoss = 0;
        for (int i = 0; i < heldOut.size(); i++) {
            logLoss -= Math.log(model().distributionForInstance(heldOut.get(i))[
                    (int) heldOut.get(i).classValue()]);
        }
        assertThat(figure(ended.out(), "Log loss")).isCloseTo(logLoss / heldOut.size(), within(1e-5));
        assertThat(evaluation.pctCorrect()).isGreaterThan(85);
        assertThat(ended.out())
                .contains("Reading the rows")
                .containsPattern("Round \\d+ of \\d+, epoch 60 of 60, loss 0\\.\\d+")
                .contains("Measured on all " + heldOut.size() + " held-out rows");
        assertThat(model().toString()).contains("-epochs 60").contains(heldOut.size() + " held-out rows");
        assertThat(folder.resolve("out/depth-report.txt")).content().contains("held-out rows");
        assertThat(folder.resolve("out/evaluation.txt")).content().contains("Accuracy:");
        ComputationGraph network =
                ModelSerializer.restoreComputationGraph(new File(folder.toString(), "out/network.zip"));
        assertThat(network.numParams()).isPositive();
        assertThat(header().equalHeaders(iris)).isTrue();
    }

    @Test
    void aNumericClassAndFilesOfCsv() throws Exception {
        Random random = new Random(1);
        for (int file = 0; file < 2; file++) {
            List<String> lines = new ArrayList<>(List.of("x,y,kind"));
            for (int i = 0; i < 150; i++) {
                double x = random.nextGaussian();
                boolean a = random.nextBoolean();
                lines.add((i % 20 == 0 ? "" : x) + "," + (50 + 10 * x + (a ? 5 : 0)) + "," + (a ? "a" : "b"));
            }
            Files.write(folder.resolve(file + ".csv"), lines);
        }

        Ended ended = train(folder.resolve("*.csv"), "--class", "y", "-epochs", 40, "-mixup", 0);

        assertThat(ended.err()).isEmpty();
        assertThat(figure(ended.out(), "Correlation")).isGreaterThan(0.8);
        Instances asTrained = header();
        SparkSession spark = SparkSession.builder().getOrCreate();
        List<List<RawRow>> partitions = TableFiles.of(
                        List.of(folder.resolve("*.csv").toString()),
                        spark.sparkContext().hadoopConfiguration())
                .open(spark, Set.of())
                .rows()
                .glom()
                .collect();
        for (int p = 0; p < partitions.size(); p++) {
            for (int i = 0; i < partitions.get(p).size(); i++) {
                if (new Lots(1, 0.2, 0).kind(Lots.place(p, i)) == Lots.Kind.HELD_OUT) {
                    asTrained.add(RowReader.of(header()).row(partitions.get(p).get(i)));
                }
            }
        }
        Evaluation evaluation = new Evaluation(asTrained);
        evaluation.evaluateModel(model(), asTrained);
        assertThat(figure(ended.out(), "Held-out rows")).isEqualTo(evaluation.numInstances());
        assertThat(figure(ended.out(), "Correlation")).isCloseTo(evaluation.correlationCoefficient(), within(1e-6));
        assertThat(figure(ended.out(), "Root mean squared error"))
                .isCloseTo(evaluation.rootMeanSquaredError(), within(1e-5 * evaluation.rootMeanSquaredError()));
        assertThat(figure(ended.out(), "Mean absolute error"))
                .isCloseTo(evaluation.meanAbsoluteError(), within(1e-5 * evaluation.meanAbsoluteError()));
    }

    @Test
    void aSecondStartGoesOnFromTheLastRound() throws Exception {
        Path checkpoints = folder.resolve("checkpoints");
        Object[] options = {"--checkpoints", checkpoints, "-epochs", 4, "-mixup", 0.2};
        assertThat(train(IRIS, options).err()).isEmpty();
        String first = model().graph();
        double[] expected = model().distributionForInstance(read(IRIS, 4).get(70));
        String newest;
        try (Stream<Path> files = Files.list(checkpoints)) {
            newest = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("round-\\d+\\.zip"))
                    .max(String::compareTo)
                    .orElseThrow();
        }
        // As if the driver had died in the last round.
        Files.delete(checkpoints.resolve(newest));
        Files.move(folder.resolve("out"), folder.resolve("before"));

        Ended again = train(IRIS, options);

        assertThat(again.err()).isEmpty();
        assertThat(again.out()).doesNotContain("Reading the rows").containsOnlyOnce("Round ");
        assertThat(model().distributionForInstance(read(IRIS, 4).get(70))).containsExactly(expected, within(1e-9));
        assertThat(model().graph()).hasSameSizeAs(first);

        Files.move(folder.resolve("out"), folder.resolve("second"));
        Ended other = train(IRIS, "--checkpoints", checkpoints, "-epochs", 5, "-mixup", 0.2);

        assertThat(other.status()).isEqualTo(1);
        assertThat(other.err())
                .startsWith("checkpoints must be those of the same command")
                .hasLineCount(1);
    }

    @Test
    void headsWeightsAndValidationAreThoseOfTheClassifier() throws Exception {
        Ended ended = train(
                IRIS,
                "-epochs",
                12,
                "-mixup",
                0,
                "-aux-every",
                1,
                "-aux-attributes",
                1,
                "-class-weights",
                "1,2,1",
                "-validation",
                20,
                "-patience",
                3,
                "-early-exit",
                0.9);

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .contains("validation loss")
                .containsPattern("Rows: +\\d+ for training, \\d+ for validation")
                .contains("of the held-out rows")
                .contains("Validation loss:");
    }

    @Test
    void withNothingHeldOutTheReportIsOfTrainingRows() {
        Ended ended = train(IRIS, "--hold-out", 0, "-epochs", 1, "-mixup", 0);

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).contains("No rows were held out.").contains("Measured on all 150 training rows");
    }

    @Test
    void whatIsLeftToTheClassifierIsChosenByPilotRuns() {
        Ended ended = run(
                "--data",
                IRIS,
                "--output",
                folder.resolve("out"),
                "-depth",
                1,
                "-width",
                4,
                "-members",
                1,
                "-epochs",
                2);

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .contains("Pilot run 1 on a part of the sample, 2 epochs")
                .contains("Pilot runs:");
    }

    static List<Arguments> refused() {
        return List.of(
                Arguments.of(List.of("--foo"), "options must be those of TrainOnSpark (--help) or of the classifier"),
                Arguments.of(List.of("-bar", 3), "got -bar"),
                Arguments.of(List.of("-depth", "x"), "Option -depth must be a whole number, but 'x' was given."),
                Arguments.of(List.of("-resume"), "-resume keeps what Weka needs"),
                Arguments.of(List.of("-time-series", "1-3"), "options of sequences are for tables with bags"),
                Arguments.of(List.of("--hold-out", 95), "--hold-out must be a percentage from 0 to 90, got 95.0"),
                Arguments.of(List.of("--class", "none"), "--class must be the name of a column"),
                Arguments.of(List.of("--steps", 0), "--steps must be at least 1, got 0"),
                Arguments.of(List.of("--output", "/proc/none/out"), "the results cannot be written to"),
                Arguments.of(List.of("--output", "nowhere://x/y"), "a folder must be of a file system"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatCannotBeDoneIsRefusedInOneSentence(List<Object> options, String sentence) {
        List<Object> all = new ArrayList<>(List.of("--data", IRIS));
        if (!options.contains("--output")) {
            all.addAll(List.of("--output", folder.resolve("out")));
        }
        all.addAll(options);

        Ended ended = run(all.toArray());

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains(sentence).hasLineCount(1);
    }

    @Test
    void optionsThatAreNecessaryAndHelp() {
        assertThat(run("--data", IRIS).err())
                .contains("Missing required option: '--output=<folder>'")
                .hasLineCount(1);
        assertThat(run("--help").out()).contains("--hold-out").contains("-depth, -width");
    }

    @Test
    void resultsThatAreThereAreKept() throws Exception {
        Path out = Files.createDirectory(folder.resolve("out"));
        Files.writeString(out.resolve("network.model"), "mine");

        Ended ended = train(IRIS, "-epochs", 1, "-mixup", 0);

        assertThat(ended.err())
                .startsWith("the folder of the results must not have any yet")
                .hasLineCount(1);
        assertThat(out.resolve("network.model")).hasContent("mine");
    }
}
