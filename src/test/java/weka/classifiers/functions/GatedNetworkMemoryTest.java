package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Large tables train in little more memory than they themselves have. */
@Tag("slow")
class GatedNetworkMemoryTest {

    /** The first table has 440 MB of values; a copy as floats alone would need 200 MB more. The second would have 1.6 GB. */
    @ParameterizedTest
    @CsvSource({"dense, 640, 1024", "sparse, 160, 128"})
    void trainsAndPredictsInLittleMemory(String table, int megabytes, String miniBatch) throws Exception {
        List<String> options = new ArrayList<>(
                List.of("-Xmx" + megabytes + "m", "-Dorg.bytedeco.javacpp.maxBytes=1g", "-XX:+UseSerialGC"));

        JavaProcess.Result result = JavaProcess.run(
                options,
                LargeTableProcess.class,
                entry -> true,
                table,
                "-epochs",
                "2",
                "-mini-batch",
                miniBatch,
                "-depth",
                "2",
                "-width",
                "16");

        System.out.print(result.output());
        assertThat(result.error()).doesNotContain("OutOfMemoryError");
        assertThat(accuracy(result.output())).isGreaterThan(0.9);
    }

    private static double accuracy(String output) {
        return Double.parseDouble(output.substring(output.lastIndexOf(' ') + 1).strip());
    }
}
