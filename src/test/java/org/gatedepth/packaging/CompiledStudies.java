package org.gatedepth.packaging;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** The programs of {@code studies/}, compiled against the final jars, and the files that they write. */
final class CompiledStudies {
    static final Path ROOT = Path.of("").toAbsolutePath();
    static final Path STUDIES = ROOT.resolve("studies");

    private final Path classes;
    private final String classPath;

    private CompiledStudies(Path classes, String classPath) {
        this.classes = classes;
        this.classPath = classPath;
    }

    /**
     * Compiles all but what needs XGBoost, which only the studies' own build has.
     *
     * @param folder of the classes, below {@code target/}
     */
    static CompiledStudies in(String folder) throws Exception {
        Path classes = Built.emptyFolder(folder);
        Path sources = STUDIES.resolve("src/main/java/org/gatedepth/studies");
        try (Stream<Path> studies = Files.list(sources);
                Stream<Path> tables = Files.list(sources.resolve("tables"))) {
            String classPath = Built.withWeka();
            Sources.compile(
                    Stream.concat(studies, tables)
                            .filter(file -> file.toString().endsWith(".java"))
                            .toList(),
                    classPath,
                    classes);
            return new CompiledStudies(classes, classPath);
        }
    }

    /** Runs a study, with its results in a folder. */
    Run run(String study, Path folder, String... options) throws Exception {
        return program(
                study,
                folder,
                Stream.concat(Stream.of(options), Stream.of("--folder", folder.toString()))
                        .toArray(String[]::new));
    }

    /** Runs a program without the data that a package of Debian brings: the quick forms do not need it. */
    Run program(String name, Path folder, String... arguments) throws Exception {
        return Run.java(
                ROOT,
                Map.of("OMP_NUM_THREADS", "1", "WEKA_HOME", folder.toString()),
                classes + File.pathSeparator + classPath,
                Stream.concat(
                                Stream.of(
                                        "-Dweka.packageManager.offline=true",
                                        "-Dfashion.mnist=" + Built.TARGET.resolve("none"),
                                        "org.gatedepth.studies." + name),
                                Stream.of(arguments))
                        .toArray(String[]::new));
    }

    /** The rows of a CSV file. */
    static List<CSVRecord> rows(Path file) throws Exception {
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .build();
        try (CSVParser parser = CSVParser.parse(Files.newBufferedReader(file), format)) {
            return parser.getRecords();
        }
    }
}
