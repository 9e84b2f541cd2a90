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

    /**
     * The first table has 223 MB, so that a copy does not fit in, nor what each of Weka's filters makes of it. The
     * second has 19 MB, and would have 800 MB as floats. The third has 340 MB in bags of up to 500 steps. Pilot runs
     * compare the encodings of numbers, side by side.
     */
    @ParameterizedTest
    @CsvSource({"dense, 420, 4096", "sparse, 160, 128", "bags, 700, 64"})
    void trainsAndPredictsInLittleMemory(String table, int megabytes, String miniBatch) throws Exception {
        List<String> options = new ArrayList<>(
                List.of("-Xmx" + megabytes + "m", "-Dorg.bytedeco.javacpp.maxBytes=1g", "-XX:+UseSerialGC"));

        JavaProcess.Result result = JavaProcess.run(
                options,
                LargeTableProcess.class,
                entry -> true,
                table,
                "-epochs",
                "1",
                "-mini-batch",
                miniBatch,
                "-depth",
                "2",
                "-width",
                "16",
                "-weight-decay",
                "0.3",
                "-mixup",
                "0");

        System.out.print(result.output());
        assertThat(result.error()).doesNotContain("OutOfMemoryError");
        assertThat(accuracy(result.output())).isGreaterThan(0.9);
    }

    private static double accuracy(String output) {
        return Double.parseDouble(output.substring(output.lastIndexOf(' ') + 1).strip());
    }
}
