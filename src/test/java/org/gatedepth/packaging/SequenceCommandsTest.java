package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import weka.core.Utils;

/** The commands that docs/weka.md gives for sequences, as they stand there, with the installed package. */
@Tag("package")
class SequenceCommandsTest {

    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final String HEADING = "## Sequences, time series and text\n";
    private static final Pattern COMMAND = Pattern.compile("(?m)^java -cp weka\\.jar (.+)$");
    private static final Pattern TESTED =
            Pattern.compile("=== Error on test split ===\\s+Correctly Classified Instances\\s+\\d+\\s+([\\d.]+) *%");

    private static Path home;

    @BeforeAll
    static void install() throws Exception {
        assumeTrue(Built.PLATFORM.equals(Built.HOST), "the package is for another platform");
        home = Built.install("sequences-test");
    }

    /** JUnit fails the test when there are none. */
    static Stream<String> commands() throws Exception {
        String page = Files.readString(Path.of("docs", "weka.md"));
        String section = page.substring(page.indexOf(HEADING) + HEADING.length());
        return COMMAND.matcher(section.substring(0, section.indexOf("\n## ")))
                .results()
                .map(found -> found.group(1));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void trainsAndPredictsRight(String command) throws Exception {
        String[] given = Utils.splitOptions(command);
        String[] all = new String[given.length + 1];
        all[0] = "-Dweka.packageManager.offline=true";
        System.arraycopy(given, 0, all, 1, given.length);

        Run run = Run.java(PROJECT, Map.of("WEKA_HOME", home.toString(), "OMP_NUM_THREADS", "1"), Built.WEKA, all);

        Matcher tested = TESTED.matcher(run.succeededQuietly().out());
        assertThat(tested.find()).as(run.out()).isTrue();
        assertThat(Double.parseDouble(tested.group(1))).isGreaterThan(85);
    }
}
