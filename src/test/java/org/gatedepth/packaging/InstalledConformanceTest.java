package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.gatedepth.testing.WekaSuites;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What Weka's own suites say of the classifier in the installed package, in a process of its own. */
@Tag("package")
class InstalledConformanceTest {

    private static final String MARK = "# ";

    private static List<String> results;

    @BeforeAll
    static void run() throws Exception {
        assumeTrue(Built.PLATFORM.equals(Built.HOST), "the package is for another platform");
        Path home = Built.install("conformance-test");
        // The tests of the build hold the suites; they do not hold the classifier.
        String suites = Stream.concat(
                        Stream.of(Built.TARGET.resolve("test-classes").toString(), Built.WEKA),
                        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                                .filter(path ->
                                        path.matches(".*[/\\\\](weka-stable-[^/\\\\]*-tests|junit-4[^/\\\\]*)\\.jar")))
                .collect(Collectors.joining(File.pathSeparator));
        Run run = Run.java(
                home,
                Map.of("WEKA_HOME", home.toString()),
                suites,
                "-Dweka.packageManager.offline=true",
                WekaSuites.class.getName());
        assertThat(run.exit()).as(run.err()).isZero();
        results = run.out()
                .lines()
                .filter(line -> line.startsWith(MARK))
                .map(line -> line.substring(MARK.length()))
                .toList();
    }

    @Test
    void theClassifierIsThatOfThePackage() {
        assertThat(results).contains("of a package: true");
    }

    @Test
    void passesWekasTests() {
        assertThat(results.stream().filter(line -> line.startsWith("test")))
                .containsExactlyElementsOf(WekaSuites.names().stream()
                        .map(name -> name + ": passed")
                        .toList());
    }

    @Test
    void failsNoTestOfCheckClassifierButThoseWithAReason() {
        assertThat(results.stream().filter(line -> line.contains("...no")))
                .containsExactlyInAnyOrderElementsOf(WekaSuites.expectedNos(false, true));
        assertThat(results).contains("weighted instances classifier...yes", "multi-instance classifier...yes");
    }

    @Test
    void satisfiesChecksOfOptionsAndTheirWindow() {
        assertThat(results).contains("CheckOptionHandler: true", "CheckGOE: true");
    }
}
