package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every program in examples/ compiles against the final jars and runs, as it stands. */
@Tag("package")
class ExamplesTest {

    private static final Path EXAMPLES = Path.of("examples").toAbsolutePath();

    /** JUnit fails the test when there are none. */
    static List<String> programs() throws Exception {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("programs")
    void runs(String program) throws Exception {
        Path source = EXAMPLES.resolve(program);
        Path classes = Built.emptyFolder("examples-test/" + program.replace(".java", ""));
        // Programs that use Weka from Java get it and the classifier; the others must do without.
        boolean usesWeka = Files.readString(source).contains("import weka.");
        String classPath = usesWeka ? Built.withWeka() : Built.classPath(Built.jarAndLibraries());

        Sources.compile(List.of(source), classPath, classes);
        Run run = Run.java(
                EXAMPLES.getParent(),
                Map.of("OMP_NUM_THREADS", "1", "WEKA_HOME", classes.toString()),
                classes + File.pathSeparator + classPath,
                "-Dweka.packageManager.offline=true",
                program.replace(".java", ""));

        assertThat(run.succeededQuietly().out()).isNotBlank();
    }
}
