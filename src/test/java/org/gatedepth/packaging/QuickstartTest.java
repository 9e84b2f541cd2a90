package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The first thing that a stranger runs, in a copy of the project that nobody has built yet. */
@Tag("package")
class QuickstartTest {

    /** The folder's name has a space, as users' folders do. */
    private static Path copy;

    private static Run quickstart;

    @BeforeAll
    static void runInACopy() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
        copy = Built.emptyFolder("fresh clone");
        Built.copyProject(copy);
        quickstart = run("examples/quickstart.sh", Map.of());
    }

    /** The script is called from elsewhere. */
    private static Run run(String script, Map<String, String> environment) throws Exception {
        Map<String, String> all = Built.maven();
        all.putAll(environment);
        return Run.process(
                Built.TARGET, all, List.of("/bin/sh", copy.resolve(script).toString()));
    }

    @Test
    void showsADeepNetworkThatIsRightInNineOfTenCases() {
        Run run = quickstart.succeededQuietly();

        Matcher correct = Pattern.compile("(?m)^Correctly Classified Instances +\\d+ +([0-9.]+) +%$")
                .matcher(run.out());
        assertThat(correct.find()).as(run.out()).isTrue();
        assertThat(Double.parseDouble(correct.group(1))).isGreaterThan(93);
        assertThat(correct.find()).as("one evaluation only: %s", run.out()).isFalse();
    }

    @Test
    void theExplorerSaysThatItNeedsADisplay() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "only Linux has DISPLAY");

        Run run = run("examples/explorer.sh", Map.of("DISPLAY", ""));

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .isEqualTo("explorer.sh: the Explorer needs a display, and DISPLAY is not set; try quickstart.sh, or"
                        + " xvfb-run.\n");
    }

    @Test
    void aJavaThatIsMissingIsNamed() throws Exception {
        Run run = run("examples/quickstart.sh", Map.of("JAVA_HOME", "/nonexistent"));

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("quickstart.sh: needs a JDK, version 17 or later; there is no javac on the PATH or in"
                        + " JAVA_HOME.\n");
    }

    /** The same sources give the same bytes, wherever and whenever they are built. */
    @Test
    void anotherFolderGivesTheSameZip() throws Exception {
        assumeTrue(Built.PLATFORM.equals(Built.HOST), "the package is for another platform");
        quickstart.succeededQuietly();
        Path zip = copy.resolve("target").resolve(Built.ZIP.getFileName());

        // First what differs, by name; then all else, such as the order of the entries and their dates.
        assertThat(checksums(zip)).isEqualTo(checksums(Built.ZIP));
        assertThat(Files.mismatch(zip, Built.ZIP)).isEqualTo(-1);
    }

    private static Map<String, Long> checksums(Path file) throws Exception {
        Map<String, Long> checksums = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                checksums.put(entry.getName(), entry.getCrc());
            }
        }
        return checksums;
    }
}
