package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.weka.host.ModelFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import weka.core.Instances;
import weka.filters.Filter;
import weka.filters.unsupervised.attribute.Standardize;

/** The files of {@code -d} and {@code -export}. */
class GatedNetworkFilesTest {

    private static final String IRIS = "examples/data/iris.arff";
    private static final String OLD = "what was there before";

    @TempDir
    private Path folder;

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private Path old(String name) throws IOException {
        return Files.writeString(folder.resolve(name), OLD);
    }

    @Test
    void theExportedNetworkPredictsAsTheClassifier() throws Exception {
        Instances table = Tables.signs(40, 1);
        GatedNetwork network = Tables.quick();
        network.buildClassifier(table);
        File zip = folder.resolve("network.zip").toFile();

        network.export(zip);

        // Two numeric attributes are standardised, and that is all.
        Standardize standardize = new Standardize();
        standardize.setInputFormat(table);
        Instances inputs = Filter.useFilter(table, standardize);
        double[][] rows = inputs.stream()
                .map(row -> new double[] {row.value(0), row.value(1)})
                .toArray(double[][]::new);
        INDArray outputs = ModelSerializer.restoreComputationGraph(zip)
                .outputSingle(Nd4j.create(rows).castTo(Nd4j.defaultFloatingPointType()));
        double[][] expected = network.distributionsForInstances(table);
        for (int i = 0; i < rows.length; i++) {
            assertThat(outputs.getRow(i).toDoubleVector()).containsExactly(expected[i], within(1e-5));
        }
    }

    @Test
    void exportsTheNetworkOfAModelFile() throws Exception {
        Path model = folder.resolve("iris.model");
        assertThat(CommandLineOutput.of("-t", IRIS, "-no-cv", "-epochs", "2", "-d", model.toString())
                        .error())
                .isEmpty();
        Path zip = folder.resolve("iris.zip");

        CommandLineOutput output = CommandLineOutput.of("-l", model.toString(), "-export", zip.toString());

        assertThat(output.error()).isEmpty();
        assertThat(ModelSerializer.restoreComputationGraph(zip.toFile()).numParams())
                .isPositive();
    }

    @Test
    void anExportReplacesAnOldFile() throws Exception {
        GatedNetwork network = Tables.quick();
        network.buildClassifier(Tables.signs(20, 1));
        Path zip = old("network.zip");

        network.export(zip.toFile());

        assertThat(ModelSerializer.restoreComputationGraph(zip.toFile()).numParams())
                .isPositive();
        assertThat(files()).containsExactly("network.zip");
    }

    @Test
    void anExportWithoutAModelKeepsAnOldFile() throws Exception {
        Path zip = old("network.zip");

        assertThatThrownBy(() -> new GatedNetwork().export(zip.toFile()))
                .hasMessage("No model built yet: train the network before it predicts.");

        assertThat(zip).hasContent(OLD);
    }

    @Test
    void aFullDiskKeepsAnOldFile() throws Exception {
        Path file = old("network.zip");

        assertThatThrownBy(() -> ModelFiles.replace(file, out -> {
                    out.write(1);
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("The file " + file + " cannot be written (No space left on device):"
                        + " check its folder and the space on the disk.");

        assertThat(file).hasContent(OLD);
        assertThat(files()).containsExactly("network.zip");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-d", "-export"})
    void aFolderThatIsMissingIsNamed(String option) {
        Path file = folder.resolve("nowhere").resolve("iris.zip");

        CommandLineOutput output = CommandLineOutput.of("-t", IRIS, "-no-cv", "-epochs", "1", option, file.toString());

        assertThat(output.success()).isFalse();
        assertThat(output.error().lines())
                .singleElement()
                .asString()
                .isEqualTo("The file " + file + " cannot be written (there is no such folder):"
                        + " check its folder and the space on the disk.");
    }

    // Weka's evaluation writes the model file; a process may be told that no file of its own grows beyond some blocks.
    @Test
    void aModelFileThatCannotBeWrittenToItsEndKeepsAnOldOne() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
        Path model = old("iris.model");

        String error = run("ulimit -f 40; exec \"$0\" \"$@\"", "-width", "64", "-d", model.toString());

        assertThat(error.lines())
                .singleElement()
                .asString()
                .startsWith("The file " + model + " cannot be written (")
                .endsWith("): check its folder and the space on the disk.");
        assertThat(model).hasContent(OLD);
        assertThat(files()).containsExactly("iris.model");
    }

    @Test
    void trainingThatFailsKeepsAnOldModelFile() throws Exception {
        Path model = old("iris.model");

        CommandLineOutput output = CommandLineOutput.of("-t", IRIS, "-learning-rate", "1e30", "-d", model.toString());

        assertThat(output.error()).startsWith("Training diverged");
        assertThat(model).hasContent(OLD);
        assertThat(files()).containsExactly("iris.model");
    }

    @Test
    void trainingThatIsStoppedKeepsOldFiles() throws Exception {
        Path model = old("iris.model");
        Path zip = old("iris.zip");
        CommandLineOutput output;

        Thread.currentThread().interrupt();
        try {
            output = CommandLineOutput.of("-t", IRIS, "-d", model.toString(), "-export", zip.toString());
        } finally {
            Thread.interrupted();
        }

        assertThat(output.error()).startsWith("Training was stopped before its first epoch; no model was built.");
        assertThat(model).hasContent(OLD);
        assertThat(zip).hasContent(OLD);
        assertThat(files()).containsExactly("iris.model", "iris.zip");
    }

    @Test
    void aProcessThatIsEndedLeavesNoFileBeside() throws Exception {
        Path model = old("iris.model");
        Process process = new ProcessBuilder(JavaProcess.command(
                        path -> true, GatedNetwork.class, "-t", IRIS, "-epochs", "1000000", "-d", model.toString()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            for (int i = 0; i < 36_000 && files().size() < 2; i++) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
            assertThat(files()).hasSize(2);
        } finally {
            process.destroy();
        }

        assertThat(process.waitFor(30, TimeUnit.MINUTES)).isTrue();
        assertThat(model).hasContent(OLD);
        assertThat(files()).containsExactly("iris.model");
    }

    /** Trains in a process that a shell script starts, and returns its standard error. */
    private static String run(String script, String... options) throws Exception {
        String[] all = Stream.concat(
                        Stream.of("-t", IRIS, "-no-cv", "-o", "-depth", "4", "-epochs", "1"), Arrays.stream(options))
                .toArray(String[]::new);
        Path error = Files.createTempFile("error", ".txt");
        try {
            List<String> java = JavaProcess.command(path -> true, GatedNetwork.class, all);
            // The JVM's own file for tools is larger than what the process may write.
            java.add(1, "-XX:-UsePerfData");
            Process process = new ProcessBuilder(Stream.concat(Stream.of("/bin/sh", "-c", script), java.stream())
                            .toList())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(error.toFile())
                    .start();
            assertThat(process.waitFor(30, TimeUnit.MINUTES)).isTrue();
            return Files.readString(error);
        } finally {
            Files.delete(error);
        }
    }
}
