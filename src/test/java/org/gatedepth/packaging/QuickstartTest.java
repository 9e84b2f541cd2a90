package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The first thing that a stranger runs, in a copy of the project that nobody has built yet. */
@Tag("slow")
class QuickstartTest {

    @Test
    void showsADeepNetworkThatIsRightInNineOfTenCases() throws Exception {
        Run run = inACopy("examples/quickstart.sh", Map.of()).succeededQuietly();

        Matcher correct = Pattern.compile("(?m)^Correctly Classified Instances +\\d+ +([0-9.]+) +%$")
                .matcher(run.out());
        assertThat(correct.find()).as(run.out()).isTrue();
        assertThat(Double.parseDouble(correct.group(1))).isGreaterThan(93);
        assertThat(correct.find()).as("one evaluation only: %s", run.out()).isFalse();
    }

    @Test
    void theExplorerSaysThatItNeedsADisplay() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "only Linux has DISPLAY");

        Run run = inACopy("examples/explorer.sh", Map.of("DISPLAY", ""));

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .isEqualTo("explorer.sh: the Explorer needs a display, and DISPLAY is not set; try quickstart.sh, or"
                        + " xvfb-run.\n");
    }

    @Test
    void aJavaThatIsMissingIsNamed() throws Exception {
        Run run = inACopy("examples/quickstart.sh", Map.of("JAVA_HOME", "/nonexistent"));

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("quickstart.sh: needs a JDK, version 17 or later; there is no javac on the PATH or in"
                        + " JAVA_HOME.\n");
    }

    /** The folder's name has a space, as users' folders do; the script is called from elsewhere. */
    private static Run inACopy(String script, Map<String, String> environment) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
        Path copy = Built.emptyFolder("fresh clone");
        Built.copyProject(copy);
        Map<String, String> all = Built.maven();
        all.putAll(environment);
        return Run.process(
                Built.TARGET, all, List.of("/bin/sh", copy.resolve(script).toString()));
    }
}
