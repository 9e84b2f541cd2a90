package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Spark is the cluster's: neither Weka's users nor Deeplearning4j's get anything of it. */
@Tag("package")
class SparkStaysOutTest {
    /** Spark's own jars, libraries that Spark alone brings, or brings in these versions, and those of the commands. */
    private static final Pattern OF_SPARK =
            Pattern.compile("spark|scala|hadoop|log4j|netty|kryo|commons-lang3-3\\.12|slf4j-api-2|picocli");

    @Test
    void theWekaPackageHoldsNothingOfIt() throws Exception {
        try (ZipFile zip = new ZipFile(Built.ZIP.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName)).isNotEmpty().noneMatch(OF_SPARK.asPredicate());
        }
    }

    @Test
    void theFolderWithWekaHoldsNothingOfIt() throws Exception {
        try (Stream<Path> files = Files.list(Built.TARGET.resolve("weka"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .isNotEmpty()
                    .noneMatch(OF_SPARK.asPredicate());
        }
    }

    @Test
    void theDependenciesOfUsersHoldNothingOfIt() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
        Path list = Built.emptyFolder("users-dependencies").resolve("class-path.txt");
        Run run = Run.process(
                Path.of("").toAbsolutePath(),
                Built.maven(),
                List.of(
                        "/bin/sh",
                        "-c",
                        "mvn -B -q dependency:build-classpath -DincludeScope=runtime -Dmdep.outputFile='" + list
                                + "'"));
        assertThat(run.exit()).as(run.out() + run.err()).isZero();

        assertThat(Arrays.stream(Files.readString(list).split(File.pathSeparator))
                        .map(jar -> Path.of(jar).getFileName().toString()))
                .contains("deeplearning4j-nn-1.0.0-M2.1.jar", "commons-lang3-3.11.jar")
                .noneMatch(OF_SPARK.asPredicate());
    }
}
