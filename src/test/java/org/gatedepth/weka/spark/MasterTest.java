package org.gatedepth.weka.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.gatedepth.testing.LocalSpark;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that is not there. Spark tries for a minute. */
@Tag("slow")
class MasterTest {

    @Test
    void aMasterThatCannotBeReachedIsOneSentence(@TempDir Path folder) {
        LocalSpark.assumeThatItRuns();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status;
        System.setProperty("spark.ui.enabled", "false");
        System.setProperty("spark.driver.host", "127.0.0.1");
        try (PrintStream errors = new PrintStream(err, true, UTF_8)) {
            status = SparkCommand.execute(
                    new TrainOnSpark(System.out),
                    errors,
                    "--data",
                    "examples/data/iris.arff",
                    "--output",
                    folder.resolve("out").toString(),
                    "--master",
                    "spark://127.0.0.1:9",
                    "-epochs",
                    "1");
        } finally {
            System.clearProperty("spark.ui.enabled");
            System.clearProperty("spark.driver.host");
        }

        assertThat(status).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("spark://127.0.0.1:9").hasLineCount(1);
    }
}
