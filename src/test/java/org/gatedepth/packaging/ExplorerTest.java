package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.GraphicsEnvironment;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The real Explorer with the package installed, driven by {@link ExplorerSession} in two processes: one trains and
 * saves a model, the other loads it; and in a third on a table of bags. Their pictures are in target/screenshots.
 */
@Tag("gui")
class ExplorerTest {

    private static final Path DATA = Path.of("examples", "data").toAbsolutePath();

    private static Path home;
    private static Map<String, String> environment;
    private static String classPath;

    @BeforeAll
    static void installThePackage() throws Exception {
        assumeTrue(!GraphicsEnvironment.isHeadless(), "no display: run under xvfb-run to test the Explorer");
        assumeTrue(Built.PLATFORM.equals(Built.HOST), "the package is for another platform");
        home = Built.emptyFolder("gui-test/wekafiles");
        environment = Map.of("WEKA_HOME", home.toString(), "OMP_NUM_THREADS", "1");
        Run.java(
                        home,
                        environment,
                        Built.WEKA,
                        "weka.core.WekaPackageManager",
                        "-offline",
                        "-install-package",
                        Built.ZIP.toString())
                .succeededQuietly();
        // The look that Weka's GUI chooser starts with; the Explorer alone would take that of the system.
        Files.writeString(home.resolve("LookAndFeel.props"), "Theme=com.formdev.flatlaf.FlatLightLaf\n");
        classPath = classPath();
        Built.emptyFolder("screenshots");
    }

    @Test
    void readsBags() throws Exception {
        String said = session("sequences", "gestures.arff");

        assertThat(fact(said, "no tokens"))
                .contains("Option -max-tokens must be a whole number of at least 1, but 0 was given.");
        assertThat(fact(said, "options")).contains("-depth 4 ", "-max-tokens 100 ");
        assertThat(fact(said, "tab")).containsPattern("epoch 20 0\\.\\d+ at block 6");
        assertThat(fact(said, "report of run 0 in the tab")).contains("Depth report of gestures", "Over time");
        assertThat(fact(said, "output"))
                .contains("4 over the steps, 2 joined with the other columns", "Total Number of Instances");
        assertThat(number(fact(said, "output"), "Correctly Classified Instances +(\\d+)"))
                .as("rows of 240")
                .isGreaterThan(220);
        assertThat(fact(said, "output of a stop")).contains("=== Run cancelled by user ===");
    }

    @Test
    void trainsWatchesGoesOnStopsAndUsesAModel() throws Exception {
        String trained = session("train", "segment-challenge.arff");
        String reused = session("reuse", "segment-challenge.arff");

        assertThat(fact(trained, "tab before any run")).startsWith("No network has been trained in this session");
        assertThat(fact(trained, "depth 0"))
                .contains("Option -depth must be a whole number of at least 1, but 0 was given.");
        // Weka's number fields keep their last number: here the 0.
        assertThat(fact(trained, "depth in letters")).contains("-depth 0 ");
        // Which lines there are between the first epoch and the last depends on the machine.
        assertThat(fact(trained, "status line of the first network"))
                .containsPattern("Epoch \\d+ of 30(, loss [^(]*)? \\(network 1 of 3\\)")
                .doesNotContain(", 0 s left");
        assertThat(fact(trained, "status line of the last network"))
                .containsPattern("Trained the network, loss [^(]* \\(network 2 of 3\\)\\.")
                .containsPattern("Trained the network, loss [^(]* \\(network 3 of 3\\)\\.");
        assertThat(fact(trained, "options opened again")).contains("OK is on the screen", "Cancel is on the screen");
        assertThat(fact(trained, "tab early"))
                .containsPattern("training.* at epoch \\d+\\. validation .* at epoch \\d+\\.");
        assertThat(fact(trained, "tab of a fold")).contains("output ", "head3 ");
        assertThat(fact(trained, "runs"))
                .containsPattern("segment 750 finished .*, segment 750 finished .*, segment 1500 finished ");
        assertThat(fact(trained, "tab of the first run")).containsPattern("training.* at epoch \\d+");
        assertThat(fact(trained, "gates of the first run")).containsPattern("epoch \\d+ 0\\.\\d+ at block 6");
        assertThat(fact(trained, "output"))
                .contains("6 HIGHWAY blocks", "after block 3", "Total Number of Instances             1500");
        assertThat(fact(trained, "status line of going on"))
                .containsPattern("Epoch \\d+ of \\d+")
                .doesNotContain("(network");
        assertThat(fact(trained, "output after going on")).contains("=== Model after iterating ===");
        assertThat(fact(trained, "report of run 0 in the tab"))
                .contains("Depth report of segment, GatedNetwork -", "block 6", "Measured on all 300 held-out rows");
        // When a model is trained on, Weka keeps what the menu of its result has shown.
        assertThat(fact(trained, "report in its window"))
                .contains("Depth report of segment, GatedNetwork -", "block 6", "Measured on all 300 held-out rows")
                .isEqualToNormalizingWhitespace(fact(trained, "report of run 3 in the tab"));
        assertThat(fact(trained, "page of the report")).startsWith("<!DOCTYPE html>");
        assertThat(fact(trained, "output of a stop")).contains("=== Run cancelled by user ===");

        String again = "Validation loss:";
        assertThat(fact(reused, "loaded"))
                .contains("6 HIGHWAY blocks", after(again, fact(trained, "output after going on")));
        assertThat(number(fact(reused, "re-evaluated"), "Correctly Classified Instances +(\\d+)"))
                .as("rows of 810")
                .isGreaterThan(730);
    }

    private static String session(String part, String table) throws Exception {
        Run run = Run.java(
                home,
                environment,
                classPath,
                "-Dweka.packageManager.offline=true",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.desktop/java.awt=ALL-UNNAMED",
                ExplorerSession.class.getName(),
                part,
                DATA.resolve(table).toString(),
                Built.TARGET.resolve("screenshots").toString(),
                home.resolve("network.model").toString(),
                DATA.resolve("segment-test.arff").toString());
        assertThat(run.exit())
                .as("the session %s, which printed %s %s", part, run.out(), run.err())
                .isZero();
        return run.out();
    }

    /** What the session said of a fact, up to the next one. */
    private static String fact(String said, String name) {
        Matcher fact = Pattern.compile("(?ms)^@" + Pattern.quote(name) + ": (.*?)(?=^@|\\z)")
                .matcher(said);
        assertThat(fact.find()).as("%s in %s", name, said).isTrue();
        return fact.group(1);
    }

    /** The last line of a text that begins with some words. */
    private static String after(String words, String text) {
        return text.lines()
                .filter(line -> line.startsWith(words))
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    private static int number(String text, String pattern) {
        Matcher number = Pattern.compile(pattern).matcher(text);
        assertThat(number.find()).as("%s in %s", pattern, text).isTrue();
        return Integer.parseInt(number.group(1));
    }

    /**
     * Weka's jars, the robot that drives the windows, and the session in a folder of its own: Weka looks for
     * classifiers in every folder of its class path, and those of the tests need what only the package brings.
     */
    private static String classPath() throws IOException {
        Path classes = Built.emptyFolder("gui-test/classes");
        String folder = ExplorerSession.class.getPackageName().replace('.', '/');
        Path copies = Files.createDirectories(classes.resolve(folder));
        try (Stream<Path> all = Files.list(Built.TARGET.resolve("test-classes").resolve(folder))) {
            for (Path file : all.filter(f -> f.getFileName().toString().startsWith("ExplorerSession"))
                    .toList()) {
                Files.copy(file, copies.resolve(file.getFileName()));
            }
        }
        String driver = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(p -> p.contains("assertj") || p.contains("easytesting"))
                .collect(Collectors.joining(File.pathSeparator));
        return String.join(File.pathSeparator, Built.WEKA, classes.toString(), driver);
    }
}
