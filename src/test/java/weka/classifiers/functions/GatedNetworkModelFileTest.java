package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import weka.classifiers.AbstractClassifier;
import weka.core.Instances;
import weka.core.SerializationHelper;

class GatedNetworkModelFileTest {

    private final Instances table = Tables.example("labor");
    private GatedNetwork network;

    @BeforeEach
    void build() throws Exception {
        network = Tables.quick("-validation", "20");
        network.buildClassifier(table);
    }

    private static byte[] write(Object object) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }

    private static GatedNetwork read(byte[] bytes) throws Exception {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return (GatedNetwork) in.readObject();
        }
    }

    @Test
    void predictsTheSameAfterLoading() throws Exception {
        GatedNetwork loaded = read(write(network));

        assertThat(loaded.distributionsForInstances(table)).isDeepEqualTo(network.distributionsForInstances(table));
        assertThat(loaded).hasToString(network.toString());
        assertThat(loaded.getOptions()).isEqualTo(network.getOptions());
    }

    @Test
    void predictsTheSameAfterSavingAModelThatWasLoadedOnly() throws Exception {
        GatedNetwork loaded = read(write(read(write(network))));

        assertThat(loaded.distributionsForInstances(table)).isDeepEqualTo(network.distributionsForInstances(table));
    }

    @Test
    void predictsTheSameInANewProcess(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("network.model");
        SerializationHelper.write(file.toString(), network);

        JavaProcess.Result result =
                JavaProcess.run(PredictionPrinter.class, path -> true, file.toString(), "examples/data/labor.arff");

        assertThat(result.error()).isEmpty();
        assertThat(result.output().lines()).containsExactlyElementsOf(PredictionPrinter.lines(network, table));
    }

    @Test
    void predictsTheSameWithMoreThreadsAfterLoading() throws Exception {
        network.setThreads(2);
        GatedNetwork loaded = read(write(network));

        assertThat(loaded.getThreads()).isEqualTo(2);
        assertThat(loaded.distributionsForInstances(table)).isDeepEqualTo(network.distributionsForInstances(table));
    }

    @Test
    void copiesModel() throws Exception {
        GatedNetwork copy = (GatedNetwork) AbstractClassifier.makeCopy(network);

        assertThat(copy.distributionsForInstances(table)).isDeepEqualTo(network.distributionsForInstances(table));
    }

    @Test
    void copiesOptionsWithoutModel() throws Exception {
        GatedNetwork copy = (GatedNetwork) AbstractClassifier.makeCopy(Tables.quick("-depth", "5"));

        assertThat(copy.getDepth()).isEqualTo(5);
        assertThat(copy).hasToString("GatedNetwork: no model built yet.");
    }

    @ParameterizedTest(name = "{0} bytes before the end")
    @ValueSource(ints = {1, 100, 2000, 5000})
    void refusesModelThatIsCutShort(int missing) throws Exception {
        byte[] whole = write(network);

        assertThatThrownBy(() -> read(Arrays.copyOf(whole, whole.length - missing)))
                .hasMessage("The model file is cut short or damaged:"
                        + " copy it once more, or train the model and save it again.");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"network, 504b0304", "report, 1f8b0800"})
    void refusesModelThatIsDamaged(String part, String start) throws Exception {
        byte[] bytes = write(network);
        int position = HexFormat.of().formatHex(bytes).indexOf(start) / 2;
        bytes[position + 400] ^= 1;

        assertThatThrownBy(() -> read(bytes)).hasMessageStartingWith("The model file is cut short or damaged:");
    }

    @Test
    void saysOnTheCommandLineThatAModelFileIsCutShort(@TempDir Path folder) throws Exception {
        byte[] whole = write(network);
        for (int length : new int[] {0, 3, 200, whole.length / 2, whole.length - 10}) {
            Path file = folder.resolve(length + ".model");
            Files.write(file, Arrays.copyOf(whole, length));

            CommandLineOutput output = CommandLineOutput.of("-l", file.toString(), "-T", "examples/data/labor.arff");

            assertThat(output.error())
                    .isEqualToIgnoringNewLines("The model file is cut short or damaged:"
                            + " copy it once more, or train the model and save it again.");
        }
    }

    @Test
    void evaluatesModelFileOnTheCommandLine(@TempDir Path folder) {
        String file = folder.resolve("iris.model").toString();

        CommandLineOutput saved = CommandLineOutput.of(
                "-t", "examples/data/iris.arff", "-no-cv", "-d", file, "-depth", "2", "-width", "8", "-epochs", "2");
        CommandLineOutput loaded = CommandLineOutput.of("-l", file, "-T", "examples/data/iris.arff");

        assertThat(saved.error()).isEmpty();
        assertThat(loaded.error()).isEmpty();
        assertThat(loaded.output()).contains("=== Error on test data ===");
    }
}
