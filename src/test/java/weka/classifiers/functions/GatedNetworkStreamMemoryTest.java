package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows of {@code -stream} need not fit into memory. */
@Tag("slow")
class GatedNetworkStreamMemoryTest {

    private static final int ROWS = 1_000_000;
    private static final int ATTRIBUTES = 30;
    private static final int HEAP = 224;

    @TempDir
    private Path folder;

    private static String header() {
        StringBuilder header = new StringBuilder("@relation rows\n");
        for (int a = 0; a < ATTRIBUTES; a++) {
            header.append("@attribute a").append(a).append(" numeric\n");
        }
        return header.append("@attribute class {no,yes}\n@data\n").toString();
    }

    /** The sum of the first two numbers says the class. */
    private Path rows(String name, int rows, long seed) throws Exception {
        Path file = folder.resolve(name);
        Random random = new Random(seed);
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
            out.print(header());
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < rows; i++) {
                line.setLength(0);
                int sum = 0;
                for (int a = 0; a < ATTRIBUTES; a++) {
                    // Of one digit: a short line is read sooner, and takes as much memory as doubles.
                    int value = random.nextInt(19) - 9;
                    sum += a < 2 ? value : 0;
                    line.append(value).append(',');
                }
                out.println(line.append(sum > 0 ? "yes" : "no"));
            }
        }
        return file;
    }

    /** As doubles alone the rows have 248 MB, and as a table of Weka more. */
    @Test
    void trainsOnMoreRowsThanTheHeapHolds() throws Exception {
        Path header = Files.writeString(folder.resolve("header.arff"), header());
        Path training = rows("training.arff", ROWS, 1);
        Path test = rows("test.arff", 1000, 2);

        JavaProcess.Result result = JavaProcess.run(
                List.of("-Xmx" + HEAP + "m", "-XX:+UseSerialGC"),
                GatedNetwork.class,
                entry -> true,
                ("-t " + header + " -stream " + training + " -T " + test
                                + " -v -epochs 1 -mini-batch 1024 -depth 1 -width 8 -weight-decay 0 -mixup 0"
                                + " -number-embedding NONE -members 1")
                        .split(" "));

        assertThat(result.error()).doesNotContain("memory");
        assertThat(accuracy(result.output())).isGreaterThan(90);
    }

    private static double accuracy(String output) {
        String line = output.lines()
                .filter(text -> text.startsWith("Correctly Classified Instances"))
                .findFirst()
                .orElse("0");
        return Double.parseDouble(line.replaceAll("\\s*%", "").replaceAll(".*\\s", ""));
    }
}
