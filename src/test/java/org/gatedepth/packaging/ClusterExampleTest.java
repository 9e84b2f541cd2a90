package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.testing.Jdk;
import org.gatedepth.testing.LocalSpark;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The example on a cluster of Spark, as it stands; and a command for a cluster that is not there, which Spark tries to
 * reach for a minute, while the example runs.
 */
@Tag("package")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterExampleTest {
    private static final Path WORK = Built.TARGET.resolve("spark-example");

    private static CompletableFuture<Run> withoutMaster;

    @BeforeAll
    static void startWithoutMaster() {
        LocalSpark.assumeThatItRuns();
        withoutMaster = CompletableFuture.supplyAsync(() -> {
            try {
                return trainOn("spark://127.0.0.1:9");
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
    }

    private static Run trainOn(String master) throws Exception {
        List<String> arguments = new ArrayList<>(Jdk.sparkOptions());
        arguments.addAll(List.of("-Dspark.ui.enabled=false", "-Dspark.driver.host=127.0.0.1"));
        arguments.addAll(List.of("org.gatedepth.weka.spark.TrainOnSpark", "--master", master));
        arguments.addAll(List.of("--data", "examples/data/iris.arff", "-epochs", "1"));
        arguments.addAll(List.of(
                "--output", Built.emptyFolder("no-master").resolve("out").toString()));
        return Run.java(Path.of("").toAbsolutePath(), Map.of(), Built.withWeka(), arguments.toArray(String[]::new));
    }

    @Test
    @Order(1)
    void trainsThoughAWorkerIsKilledAndLeavesNothing() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");

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

    @Test
    @Order(2)
    void aMasterThatCannotBeReachedIsOneSentence() throws Exception {
        Run run = withoutMaster.get();

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(1);
        assertThat(run.err()).contains("spark://127.0.0.1:9").hasLineCount(1);
    }
}
