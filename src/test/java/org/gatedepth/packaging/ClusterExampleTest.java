package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.testing.LocalSpark;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The example on a cluster of Spark, as it stands. */
@Tag("package")
class ClusterExampleTest {
    private static final Path WORK = Built.TARGET.resolve("spark-example");

    @Test
    void trainsThoughAWorkerIsKilledAndLeavesNothing() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
        LocalSpark.assumeThatItRuns();

        Run run = Run.process(
                Built.TARGET,
                Built.maven(),
                List.of(
                        "/bin/sh",
                        Path.of("examples/spark/cluster.sh").toAbsolutePath().toString()));

        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).containsPattern("round 20: .*\n\\(killed the second worker\\)\nround 21: ");
        Matcher accuracy = Pattern.compile("accuracy ([0-9.]+) on \\d+ rows").matcher(run.out());
        assertThat(accuracy.find()).as(run.out()).isTrue();
        assertThat(Double.parseDouble(accuracy.group(1))).isGreaterThan(0.93);
        assertThat(MultiLayerNetwork.load(WORK.resolve("letter.zip").toFile(), false)
                        .numParams())
                .isPositive();
        assertThat(ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine().orElse(""))
                        .filter(line -> line.contains(WORK.toString())))
                .as("processes")
                .isEmpty();
        assertThat(WORK.resolve("tmp")).doesNotExist();
        assertThat(WORK.resolve("workers")).doesNotExist();
    }
}
