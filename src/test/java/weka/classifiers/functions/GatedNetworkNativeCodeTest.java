package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weka.core.Instances;
import weka.core.SerializationHelper;

class GatedNetworkNativeCodeTest {

    /** The jars with native code have the platform in their names, as {@code nd4j-native-...-linux-x86_64.jar}. */
    private static boolean isWithoutNativeCode(String path) {
        return !path.matches(".*-(linux|windows|macosx)-(x86_64|arm64)\\.jar");
    }

    private static final String SENTENCE = " is not possible because the native code of ND4J for "
            + System.getProperty("os.name") + "/" + System.getProperty("os.arch") + " cannot be loaded (";

    @Test
    void saysWhatToInstallWhenNativeCodeIsMissing() throws Exception {
        JavaProcess.Result result = JavaProcess.run(
                GatedNetwork.class, GatedNetworkNativeCodeTest::isWithoutNativeCode, "-t", "examples/data/iris.arff");

        assertThat(result.error()).contains("Training" + SENTENCE).doesNotContain("\tat ");
    }

    @Test
    void aModelPredictsWithoutNativeCode(@TempDir Path folder) throws Exception {
        GatedNetwork network = Tables.quick();
        Instances table = Tables.example("iris");
        network.buildClassifier(table);
        Path file = folder.resolve("iris.model");
        SerializationHelper.write(file.toString(), network);

        JavaProcess.Result result = JavaProcess.run(
                GatedNetwork.class,
                GatedNetworkNativeCodeTest::isWithoutNativeCode,
                "-l",
                file.toString(),
                "-T",
                "examples/data/iris.arff");

        assertThat(result.output()).contains("Correctly Classified Instances");
        assertThat(result.error()).doesNotContain("\tat ");
    }

    @Test
    void showsOptionsAndDescriptionWithoutNativeCode() throws Exception {
        JavaProcess.Result result =
                JavaProcess.run(GatedNetwork.class, GatedNetworkNativeCodeTest::isWithoutNativeCode, "-h", "-info");

        assertThat(result.error()).contains("-gate-bias", "Highway Networks").doesNotContain("\tat ");
    }
}
