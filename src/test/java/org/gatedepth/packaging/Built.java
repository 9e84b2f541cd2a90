package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the package phase wrote below target/, and the class paths that the tests of this package need. */
final class Built {

    /** This is how a property reaches the test from the pom; an IDE runs the test without. */
    static final String VERSION = System.getProperty("gatedepth.version", "0.1.0-SNAPSHOT");

    static final String PLATFORM = System.getProperty("gatedepth.platform", "linux-x86_64");
    static final String HOST = System.getProperty("gatedepth.host", "linux-x86_64");

    static final Path TARGET = Path.of("target").toAbsolutePath();
    static final Path JAR = TARGET.resolve("gatedepth-" + VERSION + ".jar");
    static final Path WEKA_JAR = TARGET.resolve("gatedepth-" + VERSION + "-weka.jar");
    static final Path ZIP = TARGET.resolve("gatedepth-" + VERSION + "-" + PLATFORM + ".zip");

    /** Weka and what it needs, as a class path. */
    static final String WEKA = TARGET.resolve("weka") + File.separator + "*";

    private Built() {}

    /** The final jar and the libraries of this test run, without the classes folders and without Weka. */
    static List<Path> jarAndLibraries() {
        List<Path> libraries = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(p -> p.toString().endsWith(".jar"))
                .filter(p -> !p.getFileName().toString().startsWith("weka-"))
                .toList();
        assertThat(libraries).isNotEmpty();
        return Stream.concat(Stream.of(JAR), libraries.stream()).toList();
    }

    /** The final jars, Weka and the libraries of this test run, as the text that java -cp takes. */
    static String withWeka() throws IOException {
        try (Stream<Path> weka = Files.list(TARGET.resolve("weka"))) {
            return classPath(Stream.of(Stream.of(WEKA_JAR), weka, jarAndLibraries().stream())
                    .flatMap(jars -> jars)
                    .toList());
        }
    }

    /** The given jars as the text that java -cp takes. */
    static String classPath(List<Path> jars) {
        return String.join(File.pathSeparator, jars.stream().map(Path::toString).toList());
    }

    /** An empty folder below target/. */
    static Path emptyFolder(String name) {
        Path folder = TARGET.resolve(name);
        try {
            if (Files.exists(folder)) {
                try (Stream<Path> all = Files.walk(folder)) {
                    all.sorted(Comparator.reverseOrder()).forEach(Built::delete);
                }
            }
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies what a build needs, without the tests, into an empty folder. */
    static void copyProject(Path copy) throws IOException {
        for (String part : List.of("pom.xml", "LICENSE", ".mvn", "src/main", "weka-package", "examples")) {
            copy(Path.of(part).toAbsolutePath(), copy.resolve(part));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path there = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(there);
                } else {
                    Files.createDirectories(there.getParent());
                    Files.copy(file, there);
                }
            }
        }
    }

    /** The environment of a Maven that a test starts. */
    static Map<String, String> maven() {
        Map<String, String> all = new HashMap<>();
        // This JDK, also for the Maven inside; and the local repository that the outer Maven was told to use.
        all.put("JAVA_HOME", System.getProperty("java.home"));
        String repository = System.getProperty("maven.repo.local");
        if (repository != null) {
            all.put("MAVEN_OPTS", "\"-Dmaven.repo.local=" + repository + "\"");
        }
        return all;
    }

    /** A new Weka home below target/ with the package of this build installed. */
    static Path install(String name) throws IOException, InterruptedException {
        return install(name, ZIP);
    }

    /** A new Weka home below target/ with a package installed. */
    static Path install(String name, Path zip) throws IOException, InterruptedException {
        Path home = emptyFolder(name);
        Run run = Run.java(
                home,
                Map.of("WEKA_HOME", home.toString()),
                WEKA,
                "weka.core.WekaPackageManager",
                "-offline",
                "-install-package",
                zip.toString());
        // Weka exits with 0 even when it fails: what counts is the files.
        assertThat(home.resolve("packages/gatedepth/gatedepth-weka.jar"))
                .as(run.out() + run.err())
                .exists();
        return home;
    }

    private static void delete(Path p) {
        try {
            Files.delete(p);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
