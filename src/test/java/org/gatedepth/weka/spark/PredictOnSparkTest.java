package org.gatedepth.weka.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.gatedepth.testing.LocalSpark;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import weka.classifiers.functions.GatedNetwork;
import weka.classifiers.rules.ZeroR;
import weka.core.Instances;
import weka.core.SerializationHelper;
import weka.core.Utils;
import weka.core.converters.ConverterUtils.DataSource;

/** The predictions of a model on Spark are those that Weka makes with it. */
class PredictOnSparkTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark();

    @TempDir
    private static Path folder;

    private static GatedNetwork iris;
    private static Instances flowers;

    private static Ended run(Object... arguments) {
        return Ended.of(PredictOnSpark::new, arguments);
    }

    private static GatedNetwork trained(Instances table) throws Exception {
        GatedNetwork network = new GatedNetwork();
        network.setOptions(Utils.splitOptions(
                "-depth 2 -width 8 -epochs 2 -members 1 -weight-decay 0 -mixup 0" + " -number-embedding NONE"));
        network.buildClassifier(table);
        return network;
    }

    @BeforeAll
    static void train() throws Exception {
        flowers = DataSource.read("examples/data/iris.arff");
        flowers.setClassIndex(4);
        iris = trained(flowers);
        SerializationHelper.write(folder.resolve("iris.model").toString(), iris);
    }

    /** In another order, with a column whose name differs from another in its case alone, and without the class. */
    private static Path csv() throws Exception {
        List<String> lines = new ArrayList<>(List.of("PetalLength,petallength,petalwidth,sepallength,sepalwidth"));
        for (int i = 0; i < flowers.size(); i++) {
            double[] v = flowers.get(i).toDoubleArray();
            lines.add("f" + i + "," + v[2] + "," + v[3] + "," + v[0] + "," + v[1]);
        }
        return Files.write(folder.resolve("flowers.csv"), lines);
    }

    private static List<Row> read(String format, Path from) {
        SparkSession spark = SparkSession.builder().getOrCreate().newSession();
        spark.conf().set("spark.sql.caseSensitive", true);
        return spark.read()
                .format(format)
                .option("header", true)
                .load(from.toString())
                .collectAsList();
    }

    @Test
    void csvToCsv() throws Exception {
        Path out = folder.resolve("predicted.csv");

        Ended ended = run("--model", folder.resolve("iris.model"), "--data", csv(), "--output", out);

        assertThat(ended.err()).isEmpty();
        assertThat(ended.status()).isZero();
        List<Row> rows = read("csv", out);
        assertThat(rows).hasSameSizeAs(flowers);
        assertThat(rows.get(0).schema().fieldNames())
                .containsExactly(
                        "PetalLength",
                        "petallength",
                        "petalwidth",
                        "sepallength",
                        "sepalwidth",
                        "prediction",
                        "probability_Iris-setosa",
                        "probability_Iris-versicolor",
                        "probability_Iris-virginica");
        for (int i = 0; i < rows.size(); i++) {
            double[] expected = iris.distributionForInstance(flowers.get(i));
            assertThat(rows.get(i).getString(0)).isEqualTo("f" + i);
            assertThat(rows.get(i).getString(5))
                    .isEqualTo(flowers.classAttribute().value(Utils.maxIndex(expected)));
            for (int label = 0; label < 3; label++) {
                assertThat(Double.parseDouble(rows.get(i).getString(6 + label)))
                        .isCloseTo(expected[label], within(1e-6));
            }
        }
    }

    @Test
    void arffToParquetWithANumericClass() throws Exception {
        Instances table = DataSource.read("examples/data/cpu.arff");
        table.setClassIndex(table.numAttributes() - 1);
        GatedNetwork cpu = trained(table);
        SerializationHelper.write(folder.resolve("cpu.model").toString(), cpu);
        Path out = folder.resolve("predicted.parquet");

        Ended ended = run(
                "--model",
                folder.resolve("cpu.model"),
                "--data",
                "examples/data/cpu.arff",
                "--output",
                out,
                "--format",
                "parquet");

        assertThat(ended.err()).isEmpty();
        List<Row> rows = read("parquet", out);
        assertThat(rows).hasSameSizeAs(table);
        for (int i = 0; i < rows.size(); i++) {
            double expected = cpu.classifyInstance(table.get(i));
            assertThat(rows.get(i).<Double>getAs("prediction")).isCloseTo(expected, within(1e-6 * Math.abs(expected)));
            assertThat(rows.get(i).getDouble(0)).isEqualTo(table.get(i).value(0));
        }
    }

    private static void assertRefused(Ended ended, String sentence) {
        assertThat(ended.err()).contains(sentence).hasLineCount(1);
        assertThat(ended.status()).isEqualTo(1);
    }

    @Test
    void whatCannotBePredictedIsRefused() throws Exception {
        Path model = folder.resolve("iris.model");
        Path out = folder.resolve("refused");
        Path missing = Files.write(folder.resolve("missing.csv"), List.of("petallength,x", "1,2"));
        Path word = Files.write(
                folder.resolve("word.csv"), List.of("petallength,petalwidth,sepallength,sepalwidth", "1,2,3,long"));
        Path clash = Files.write(
                folder.resolve("clash.csv"),
                List.of("petallength,petalwidth,sepallength,sepalwidth,prediction", "1,2,3,4,5"));
        Path zeroR = folder.resolve("zeror.model");
        SerializationHelper.write(zeroR.toString(), new ZeroR());
        Path there = Files.createDirectory(folder.resolve("there"));
        Files.writeString(there.resolve("mine"), "mine");

        assertRefused(
                run("--model", folder.resolve("none"), "--data", csv(), "--output", out), "none cannot be read: File");
        assertRefused(run("--model", zeroR, "--data", csv(), "--output", out), "the model must be one of GatedNetwork");
        assertRefused(
                run("--model", model, "--data", folder.resolve("none.csv"), "--output", out), "there is no such file");
        assertRefused(
                run("--model", model, "--data", missing, "--output", out),
                "got no column 'sepallength' among petallength, x");
        assertRefused(
                run("--model", model, "--data", word, "--output", out),
                "a numeric column must have numbers, got 'long' in the column 'sepalwidth'");
        assertRefused(run("--model", model, "--data", clash, "--output", out), "got 'prediction': rename it");
        assertRefused(
                run("--model", model, "--data", csv(), "--output", there),
                "--output must name a folder that is not there yet");
        assertRefused(
                run("--model", model, "--data", csv(), "--output", out, "--format", "arff"),
                "--format must be csv or parquet, got arff");
        assertThat(out).doesNotExist();
        assertThat(there.resolve("mine")).hasContent("mine");
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith(".refused"));
        }
    }

    @Test
    void aLabelThatTrainingDidNotKnowIsRefused() throws Exception {
        Instances table = DataSource.read("examples/data/labor.arff");
        table.setClassIndex(table.numAttributes() - 1);
        SerializationHelper.write(folder.resolve("labor.model").toString(), trained(table));
        List<String> names = new ArrayList<>();
        List<String> cells = new ArrayList<>();
        for (int a = 0; a < table.numAttributes() - 1; a++) {
            names.add(table.attribute(a).name());
            cells.add(table.attribute(a).isNominal() ? "new" : "");
        }
        Path file = Files.write(folder.resolve("labor.csv"), List.of(String.join(",", names), String.join(",", cells)));

        assertRefused(
                run("--model", folder.resolve("labor.model"), "--data", file, "--output", folder.resolve("labor")),
                "that the model was trained with, got 'new' in the column");
    }

    @Test
    void aModelOfBagsIsForWeka() throws Exception {
        Instances table = DataSource.read("examples/data/opinions.arff");
        table.setClassIndex(table.numAttributes() - 1);
        SerializationHelper.write(folder.resolve("texts.model").toString(), trained(table));

        assertRefused(
                run("--model", folder.resolve("texts.model"), "--data", csv(), "--output", folder.resolve("texts")),
                "a model on Spark must read numbers, labels and dates");
    }
}
