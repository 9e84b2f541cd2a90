package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.gatedepth.testing.WekaSuites;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Weka's own suites say of the classifier. */
@Tag("slow")
class GatedNetworkConformanceTest {

    private static final String ONE_NETWORK = WekaSuites.ONE_NETWORK;

    @BeforeAll
    static void forgetReference() throws IOException {
        if (Files.exists(WekaSuites.REFERENCE)) {
            try (Stream<Path> all = Files.walk(WekaSuites.REFERENCE)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    /** Weka trains a lot before each test: pilot runs are for the checks below, and for what must be the same again. */
    @TestFactory
    Stream<DynamicTest> passesWekasTest() {
        return WekaSuites.names().stream().map(name -> {
            String options = name.equals("testRegression") ? WekaSuites.SMALL : WekaSuites.SMALL + " " + ONE_NETWORK;
            return DynamicTest.dynamicTest(name, () -> new WekaSuites.OfClassifier(name, options).runBare());
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ONE_NETWORK + " -connection DENSE -aux-every 1",
                ONE_NETWORK + " -connection WEIGHTED -dropout 0.2",
                ONE_NETWORK + " -connection RESIDUAL -validation 20",
                ONE_NETWORK + " -connection PLAIN -resume"
            })
    void failsNoTestOfCheckClassifierButThoseWithAReason(String more) {
        assertThat(nos(more, false)).containsExactlyInAnyOrderElementsOf(WekaSuites.expectedNos(false, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ONE_NETWORK + " -sequence RECURRENT -bidirectional",
                ONE_NETWORK + " -sequence ATTENTION -connection DENSE -aux-every 1",
                ONE_NETWORK + " -sequence CONVOLUTION -validation 20 -resume"
            })
    void failsNoTestOfCheckClassifierOnBagsButThoseWithAReason(String more) {
        List<String> expected = new ArrayList<>(WekaSuites.expectedNos(false, true));
        if (!more.isEmpty()) {
            // That table has no bag either, and -sequence is refused where there is nothing to read.
            expected.add("only class in data (nominal class, numeric & nominal & date predictors)...no");
            expected.add("only class in data (numeric class, numeric & nominal & date predictors)...no");
        }
        assertThat(nos(more, true)).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void hasNoNumericClassForCheckClassifierWithEarlyExit() {
        assertThat(nos(ONE_NETWORK + " -aux-every 1 -early-exit 0.7", false))
                .containsExactlyInAnyOrderElementsOf(WekaSuites.expectedNos(true, false));
    }

    private static List<String> nos(String more, boolean bags) {
        List<String> lines = WekaSuites.checkClassifier(WekaSuites.SMALL + " " + more, bags);
        assertThat(lines).contains("weighted instances classifier...yes", "serialVersionUID...yes");
        return lines.stream().filter(line -> line.contains("...no")).toList();
    }

    @Test
    void satisfiesCheckOptionHandler() {
        assertThat(WekaSuites.checkOptions("-depth 3 -connection DENSE -aux-every 1 -resume"))
                .isTrue();
    }

    @Test
    void satisfiesCheckOfOptionWindow() {
        assertThat(WekaSuites.checkOptionWindow()).isTrue();
    }
}
