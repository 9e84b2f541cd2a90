package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Where the line that tells how training goes on is shown. */
class GatedNetworkTerminalTest {

    private static final String[] OPTIONS = {
        "-t", "examples/data/iris.arff", "-no-cv", "-o", "-depth", "2", "-width", "8", "-epochs", "5"
    };

    @Test
    void showsHowTrainingGoesOnOnATerminal() throws Exception {
        Path script = Path.of("/usr/bin/script");
        assumeTrue(
                System.getProperty("os.name").equals("Linux") && Files.isExecutable(script),
                "needs script of Linux, which makes a terminal");
        String command = JavaProcess.command(path -> true, GatedNetwork.class, OPTIONS).stream()
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
        Process process = new ProcessBuilder(List.of(script.toString(), "-qec", command, "/dev/null"))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();

        String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isZero();
        assertThat(shown).contains("\rEpoch 1 of 5", "\rTrained the network, loss ");
        assertThat(shown.substring(shown.lastIndexOf("Trained the network"))).containsPattern("\r {20,}\r");
    }

    @Test
    void showsNothingWhereOutputGoesToAFile() throws Exception {
        JavaProcess.Result result = JavaProcess.run(GatedNetwork.class, path -> true, OPTIONS);

        assertThat(result.error()).isEmpty();
        assertThat(result.output()).doesNotContain("\r").doesNotContain("Epoch 1 of 5");
    }
}
