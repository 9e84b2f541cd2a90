package weka.classifiers.functions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import weka.core.Instances;
import weka.core.SerializationHelper;
import weka.core.Utils;

/**
 * The model files that release 0.1.0 wrote, with the predictions that it made with them.
 *
 * <p>The main program writes them. Until 0.1.0 is released, and only until then, it is run after a change of what is in
 * a model file:
 *
 * <pre>
 * mvn -B -q test-compile org.codehaus.mojo:exec-maven-plugin:3.5.0:java -Dexec.classpathScope=test \
 *     -Dexec.mainClass=weka.classifiers.functions.GoldenModels
 * </pre>
 *
 * <p>From the release on the files are never made anew. Every later release has to read them: a change that
 * {@link GoldenModelTest} refuses would leave users with models that they cannot open. A later release that writes
 * another format adds files of its own.
 */
public enum GoldenModels {
    /** Numbers, a head, held-out rows, and all that is needed to resume training. */
    IRIS("weka-0.1.0", "iris", "-depth 3 -width 16 -aux-every 1 -epochs 5 -validation 20 -resume"),

    /** Nominal attributes, embedded and not, ranked numbers, missing values, and an early exit. */
    LABOR(
            "weka-0.1.0-mixed",
            "labor",
            "-depth 3 -width 16 -aux-every 1 -epochs 5 -early-exit 0.75 -scaling QUANTILE -embed-from 3"
                    + " -class-weights balanced"),

    /** Texts, with heads on the class. */
    OPINIONS("weka-0.1.0-texts", "opinions", "-depth 3 -width 16 -aux-every 1 -epochs 5");

    private static final Path FOLDER = Path.of("src", "test", "resources", "golden");

    private final String file;
    private final String table;
    private final String options;

    GoldenModels(String file, String table, String options) {
        this.file = file;
        this.table = table;
        this.options = options;
    }

    /** The rows that the model was trained on, and that it predicts. */
    Instances table() {
        return Tables.example(table);
    }

    /** The model as it was written. */
    GatedNetwork read() throws Exception {
        return (GatedNetwork) SerializationHelper.read(model().toString());
    }

    /** The predictions as they were written, one array a row. */
    double[][] predictions() throws IOException {
        return Files.readAllLines(text()).stream()
                .map(line -> Arrays.stream(line.split(" "))
                        .mapToDouble(Double::parseDouble)
                        .toArray())
                .toArray(double[][]::new);
    }

    private Path model() {
        return FOLDER.resolve(file + ".model");
    }

    private Path text() {
        return FOLDER.resolve(file + ".txt");
    }

    private void write() throws Exception {
        GatedNetwork network = new GatedNetwork();
        network.setOptions(Utils.splitOptions(options));
        network.buildClassifier(table());
        SerializationHelper.write(model().toString(), network);
        List<String> lines = Arrays.stream(network.distributionsForInstances(table()))
                .map(row -> Arrays.stream(row).mapToObj(Double::toString).collect(Collectors.joining(" ")))
                .toList();
        Files.write(text(), lines);
    }

    /** Writes all files into the sources. */
    public static void main(String[] arguments) throws Exception {
        Files.createDirectories(FOLDER);
        for (GoldenModels golden : values()) {
            golden.write();
        }
    }
}
