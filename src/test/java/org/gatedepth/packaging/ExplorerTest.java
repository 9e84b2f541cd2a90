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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The real Explorer with the package installed, driven by {@link ExplorerSession}; its pictures are in target/screenshots. */
@Tag("gui")
class ExplorerTest {

    @Test
    void choosesRunsAndStopsTheClassifier() throws Exception {
        assumeTrue(!GraphicsEnvironment.isHeadless(), "no display: run under xvfb-run to test the Explorer");
        assumeTrue(Built.PLATFORM.equals(Built.HOST), "the package is for another platform");
        Path home = Built.emptyFolder("gui-test/wekafiles");
        Map<String, String> environment = Map.of("WEKA_HOME", home.toString());
        Run.java(
                        home,
                        environment,
                        Built.WEKA,
                        "weka.core.WekaPackageManager",
                        "-offline",
                        "-install-package",
                        Built.ZIP.toString())
                .succeededQuietly();

        Run run = Run.java(
                home,
                environment,
                classPath(),
                "-Dweka.packageManager.offline=true",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.desktop/java.awt=ALL-UNNAMED",
                ExplorerSession.class.getName(),
                Path.of("examples", "data", "iris.arff").toAbsolutePath().toString(),
                Built.emptyFolder("screenshots").toString());

        assertThat(run.exit())
                .as("the session, which printed %s %s", run.out(), run.err())
                .isZero();
        assertThat(run.out())
                .contains(
                        "finished", "3 HIGHWAY blocks", "after block 1", "Total Number of Instances              150");
        Matcher stopped = Pattern.compile("stopped after (\\d+) ms").matcher(run.out());
        assertThat(stopped.find()).isTrue();
        assertThat(Long.parseLong(stopped.group(1))).as("milliseconds to stop").isLessThan(1500);
    }

    /**
     * Weka's jars, the robot that drives the windows, and the session in a folder of its own: Weka looks for classifiers in
     * every folder of its class path, and those of the tests need what only the package brings.
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
