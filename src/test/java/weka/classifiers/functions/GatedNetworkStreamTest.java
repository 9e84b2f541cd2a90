package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import weka.classifiers.Evaluation;
import weka.core.Instances;
import weka.core.Utils;
import weka.core.converters.ConverterUtils.DataSource;

/** Training on the rows of a file: {@code -stream}. */
class GatedNetworkStreamTest {

    private static final String QUICK =
            "-depth 2 -width 8 -epochs 2 -weight-decay 0.1 -mixup 0.1 -number-embedding NONE -members 1 ";

    @TempDir
    private Path folder;

    private Set<String> before = Set.of();

    @BeforeEach
    void lookAtTheTemporaryFiles() throws IOException {
        before = temporary();
    }

    @AfterEach
    void leavesNoTemporaryFile() throws IOException {
        Set<String> left = temporary();
        left.removeAll(before);
        assertThat(left).isEmpty();
    }

    private static Set<String> temporary() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("gatedepth-rows") || name.contains("arffOut"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    /** Numbers, one of them skewed, labels, a date, missing values. */
    private static Instances mixed(int rows) throws Exception {
        StringBuilder arff = new StringBuilder("""
                @relation mixed
                @attribute a numeric
                @attribute skewed numeric
                @attribute 'the label' {red,'light blue',green}
                @attribute day date yyyy-MM-dd
                @attribute class {no,yes}
                @data
                """);
        Random random = new Random(1);
        for (int i = 0; i < rows; i++) {
            double a = random.nextGaussian();
            int label = random.nextInt(3);
            arff.append(String.format(
                    Locale.ROOT,
                    "%s,%.4f,%s,2026-01-%02d,%s%n",
                    i % 9 == 0 ? "?" : String.format(Locale.ROOT, "%.4f", a),
                    Math.exp(2 * random.nextGaussian()),
                    label == 0 ? "red" : label == 1 ? "'light blue'" : "green",
                    1 + random.nextInt(28),
                    i % 17 == 0 ? "?" : a > 0 == (label == 1) ? "yes" : "no"));
        }
        Instances table = new Instances(new java.io.StringReader(arff.toString()));
        table.setClassIndex(4);
        return table;
    }

    private Path arff(Instances table) throws IOException {
        return write("rows.arff", table.toString());
    }

    private static GatedNetwork network(String options, Path stream) throws Exception {
        GatedNetwork network = new GatedNetwork();
        network.setOptions(Utils.splitOptions(options));
        network.setStream(stream.toString());
        return network;
    }

    private static double[][] trainedOnTheTable(String options, Instances table) throws Exception {
        GatedNetwork network = new GatedNetwork();
        network.setOptions(Utils.splitOptions(options));
        network.buildClassifier(table);
        return network.distributionsForInstances(table);
    }

    private static double[][] streamed(String options, Path stream, Instances table) throws Exception {
        GatedNetwork network = network(options, stream);
        network.buildClassifier(new Instances(table, 0));
        return network.distributionsForInstances(table);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                QUICK,
                QUICK + "-class-weights balanced",
                QUICK + "-validation 25",
                QUICK + "-aux-every 1",
                QUICK + "-aux-attributes 1,3 -early-exit 0",
                QUICK + "-resume",
                "-depth 2 -width 8 -epochs 2 -members 2"
            })
    void givesTheModelOfTheSameTableInMemory(String options) throws Exception {
        Instances table = mixed(150);

        assertThat(streamed(options, arff(table), table)).isDeepEqualTo(trainedOnTheTable(options, table));
    }

    @Test
    void weightsOfRowsCount() throws Exception {
        Instances table = mixed(60);
        table.get(3).setWeight(0);
        table.get(5).setWeight(7);

        assertThat(streamed(QUICK, arff(table), table)).isDeepEqualTo(trainedOnTheTable(QUICK, table));
    }

    @Test
    void readsCompressedFiles() throws Exception {
        Instances table = mixed(60);
        Path file = folder.resolve("rows.arff.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(table.toString().getBytes(StandardCharsets.UTF_8));
        }

        assertThat(streamed(QUICK, file, table)).isDeepEqualTo(trainedOnTheTable(QUICK, table));
    }

    @Test
    void readsCsvByTheTypesAndLabelsOfTheTable() throws Exception {
        Instances table = mixed(60);
        String lines = table.stream().map(Object::toString).collect(Collectors.joining("\n"));
        Path file = write("rows.csv", "a,skewed,the label,day,class\n" + lines + "\n");

        assertThat(streamed(QUICK, file, table)).isDeepEqualTo(trainedOnTheTable(QUICK, table));
    }

    /** More blocks than are in memory at a time. */
    @Test
    void learnsFromMoreRowsThanAreKeptInMemory() throws Exception {
        Path file = folder.resolve("wide.arff");
        int attributes = 3000;
        Random random = new Random(1);
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
            out.println("@relation wide");
            for (int a = 0; a < attributes; a++) {
                out.println("@attribute a" + a + " numeric");
            }
            out.println("@attribute class {no,yes}\n@data");
            // In the order of the class.
            for (int i = 0; i < 7000; i++) {
                int a = random.nextInt(attributes);
                out.println("{" + a + " " + (i < 3500 ? -1 : 1) + (i < 3500 ? "" : ", " + attributes + " yes") + "}");
            }
        }
        Instances header = new DataSource(file.toString()).getStructure();
        header.setClassIndex(attributes);
        GatedNetwork network = network(QUICK + "-learning-rate 0.02", file);

        network.buildClassifier(header);

        assertThat(network.toString()).contains("7000");
        Instances table = new DataSource(file.toString()).getDataSet(attributes);
        double right = 0;
        for (int i = 0; i < table.size(); i += 7) {
            right += network.classifyInstance(table.get(i)) == table.get(i).classValue() ? 0.001 : 0;
        }
        assertThat(right).isGreaterThan(0.9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "rows.arff | @relation r\\n@attribute a numeric\\n@attribute class {x,y}\\n@data\\n1,x\\nabc,y\\n"
                        + " | cannot be read (number expected, read Token[abc], line 6): correct it, or leave it out.",
                "rows.arff | @relation r\\n@attribute a numeric\\n@attribute class {x,y}\\n@data\\n1,x\\n1\\n"
                        + " | cannot be read (premature end of line, read Token[EOL], line 7): correct it, or leave it"
                        + " out.",
                "rows.arff | @relation r\\n@attribute a numeric\\n@attribute class {x,y}\\n@data\\n"
                        + " | has no rows: at least one is needed.",
                "rows.arff | \\n | cannot be read (premature end of file, read Token[EOF], line 2): correct it, or"
                        + " leave it out.",
                "rows.arff | '' | is empty: at least one row is needed.",
                "rows.arff | @relation r\\n@attribute a numeric\\n@attribute class {x,y}\\n@data\\n1,?\\n"
                        + " | has no row with a class value: at least one is needed.",
                "rows.arff | @relation r\\n@attribute b numeric\\n@attribute class {x,y}\\n@data\\n1,x\\n"
                        + " | does not have the attributes of the table (Attributes differ at position 1: Names differ:"
                        + " a != b): give a table with the header of the file.",
                "rows.csv | a,b\\n1,x\\n | does not have the attributes of the table (attribute 2 is 'b' and not"
                        + " 'class'): give a table with the header of the file.",
                "rows.csv | a,class,c\\n1,x,2\\n | does not have the attributes of the table (3 attributes and not 2):"
                        + " give a table with the header of the file.",
                "rows.csv | a,class\\n1,x\\n2,z\\n | cannot be read at line 3 (Read unknown nominal value zfor"
                        + " attribute class (line: 3). Try increasing the size of the memory buffer (-B option) or"
                        + " explicitly specify legal nominal values with the -L option.): correct it, or leave it out.",
                "rows.csv | a,class\\n1,x\\nabc,y\\n | cannot be read at line 3 (Was expecting a number for attribute a"
                        + " but read abc instead. (line: 3)): correct it, or leave it out.",
                "rows.arff.gz | not compressed at all | cannot be read (Not in GZIP format): correct it, or leave it"
                        + " out."
            })
    void refusesAFileInOneSentence(String name, String content, String sentence) throws Exception {
        Path file = write(name, content.equals("''") ? "" : content.replace("\\n", "\n"));
        Instances table = new Instances(
                new java.io.StringReader("@relation r\n@attribute a numeric\n@attribute class {x,y}\n@data\n1,x\n"));
        table.setClassIndex(1);

        assertThatThrownBy(() -> network(QUICK, file).buildClassifier(new Instances(table, 0)))
                .hasMessage("The file " + file + " of -stream " + sentence);
    }

    @Test
    void refusesAFileThatIsNotThere() throws Exception {
        Path file = folder.resolve("none.arff");

        assertThatThrownBy(() -> network(QUICK, file).buildClassifier(new Instances(mixed(10), 0)))
                .hasMessage("The file " + file + " of -stream cannot be opened: check its path.");
    }

    @Test
    void refusesTexts() throws Exception {
        Instances table = new Instances(
                new java.io.StringReader("@relation r\n@attribute t string\n@attribute class {x,y}\n@data\nabc,x\n"));
        table.setClassIndex(1);
        Path file = arff(table);

        assertThatThrownBy(() -> network(QUICK, file).buildClassifier(new Instances(table, 0)))
                .hasMessageStartingWith(
                        "Option -stream is for rows of numbers, labels and dates, but the table has" + " sequences");
    }

    @Test
    void canBeStopped() throws Exception {
        Instances table = mixed(60);
        GatedNetwork network = network(QUICK, arff(table));

        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> network.buildClassifier(new Instances(table, 0)))
                    .isInstanceOf(InterruptedException.class)
                    .hasMessage("Training was stopped before its first epoch; no model was built.");
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void canBeStoppedBetweenEpochs() throws Exception {
        Instances table = mixed(60);
        GatedNetwork network = network(QUICK, arff(table));
        network.initializeClassifier(new Instances(table, 0));
        network.next();

        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(network::next).hasMessageStartingWith("Training was stopped in epoch 2");
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void trainsFromACommandLine() throws Exception {
        Instances table = mixed(80);
        Path header = write("header.arff", new Instances(table, 0).toString());
        Path test = write("test.arff", new Instances(table, 0, 40).toString());
        String[] options = Stream.concat(
                        Stream.of(
                                "-t", header.toString(), "-stream", arff(table).toString(), "-T", test.toString()),
                        Arrays.stream(Utils.splitOptions(QUICK)))
                .toArray(String[]::new);

        CommandLineOutput output = CommandLineOutput.of(options);

        assertThat(output.error()).isEmpty();
        assertThat(output.output()).contains("=== Error on test data ===");
    }

    @Test
    void aTableWithRowsIsRefusedSoThatNoFoldIsTestedOnRowsOfTheFile() throws Exception {
        Instances table = mixed(20);
        Path rows = arff(table);

        assertThatThrownBy(
                        () -> new Evaluation(table).crossValidateModel(network(QUICK, rows), table, 2, new Random(1)))
                .hasMessage("Option -stream trains on the rows of " + rows + ", but the table has 10 rows of its own:"
                        + " give a table without rows, which only says what the attributes are, and evaluate on the"
                        + " rows of another file.");
    }

    @Test
    void aCrossValidationIsRefused() throws Exception {
        String rows = arff(mixed(20)).toString();

        assertThat(CommandLineOutput.of("-t", rows, "-stream", rows).error().strip())
                .isEqualTo("Option -stream trains on all rows of one file, so that a cross-validation or a split would"
                        + " test on rows that it has trained on: give -T with a file of other rows, or -no-cv.");
    }

    /** A process may be told that no file of its own grows beyond some blocks. */
    @Test
    void aFullDiskIsNamed() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
        Instances table = mixed(9000);
        Path header = write("header.arff", new Instances(table, 0).toString());
        Path rows = arff(table);
        List<String> command = JavaProcess.command(
                path -> true, GatedNetwork.class, "-t", header.toString(), "-stream", rows.toString(), "-no-cv");
        command.addAll(1, List.of("-XX:-UsePerfData", "-Djava.io.tmpdir=" + folder));
        File error = folder.resolve("error.txt").toFile();

        int exit = new ProcessBuilder(
                        Stream.concat(Stream.of("/bin/sh", "-c", "ulimit -f 300; exec \"$0\" \"$@\""), command.stream())
                                .toList())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(error)
                .start()
                .waitFor();

        assertThat(exit).isZero();
        assertThat(Files.readString(error.toPath()).lines())
                .last()
                .asString()
                .startsWith("The rows cannot be kept in the folder for temporary files, " + folder + " (")
                .endsWith("-Djava.io.tmpdir.");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("header.arff", "rows.arff", "error.txt");
        }
    }
}
