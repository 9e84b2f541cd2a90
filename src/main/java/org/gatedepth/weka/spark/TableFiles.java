package org.gatedepth.weka.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The files of a table.
 *
 * @param format how they are written
 * @param files all of them, in the order of their names
 */
record TableFiles(Format format, List<FileStatus> files) {

    /** How a table is written. */
    enum Format {
        CSV,
        PARQUET,
        ARFF;

        private static Format of(String name) {
            String lower = name.toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
            for (Format format : values()) {
                if (lower.endsWith("." + format.name().toLowerCase(Locale.ROOT))) {
                    return format;
                }
            }
            throw new IllegalArgumentException("a table must be a file whose name ends with .csv, .parquet or .arff"
                    + " (.csv.gz and .arff.gz too), got " + name);
        }
    }

    /**
     * The files that names mean.
     *
     * @param names paths or URIs of any file system that Hadoop knows, with {@code *} and other wildcards; a folder
     *     means the files in it
     */
    static TableFiles of(List<String> names, Configuration hadoop) {
        List<FileStatus> files = new ArrayList<>();
        for (String name : names) {
            try {
                files.addAll(files(new Path(name), hadoop));
            } catch (IOException | IllegalArgumentException e) {
                throw new IllegalArgumentException("the table " + name + " cannot be read: " + e.getMessage(), e);
            }
        }
        files.sort(Comparator.comparing(file -> file.getPath().toString()));
        List<Format> formats = files.stream()
                .map(file -> Format.of(file.getPath().getName()))
                .distinct()
                .toList();
        if (formats.size() > 1) {
            throw new IllegalArgumentException("the files of a table must be of one format, got " + formats);
        }
        return new TableFiles(formats.get(0), List.copyOf(files));
    }

    private static List<FileStatus> files(Path name, Configuration hadoop) throws IOException {
        FileSystem system = name.getFileSystem(hadoop);
        FileStatus[] found = system.globStatus(name);
        if (found == null || found.length == 0) {
            throw new IOException("there is no such file");
        }
        List<FileStatus> files = new ArrayList<>();
        for (FileStatus status : found) {
            if (status.isFile()) {
                files.add(status);
            } else {
                Arrays.stream(system.listStatus(status.getPath()))
                        .filter(file -> file.isFile() && isData(file.getPath().getName()))
                        .forEach(files::add);
            }
        }
        if (files.isEmpty()) {
            throw new IOException("the folder has no file");
        }
        return files;
    }

    private static boolean isData(String name) {
        return !name.startsWith("_") && !name.startsWith(".");
    }

    /**
     * Opens the files.
     *
     * @param nominal names of columns of labels, where the format does not say so
     */
    Source open(SparkSession spark, Set<String> nominal) {
        return format == Format.ARFF
                ? new ArffSource(spark, files, nominal)
                : new FrameSource(spark, format, files, nominal);
    }

    /** The names and lengths, as one line. */
    String describe() {
        return files.stream()
                .map(file -> file.getPath() + " of " + file.getLen() + " bytes")
                .collect(Collectors.joining(", "));
    }

    static String[] paths(List<FileStatus> files) {
        return files.stream().map(file -> file.getPath().toString()).toArray(String[]::new);
    }

    /** Refuses files whose columns differ from those of the first one. */
    static void requireSame(List<String> first, String firstFile, List<String> other, String otherFile) {
        for (String name : first) {
            if (!other.contains(name)) {
                throw new IllegalArgumentException("all files must have the columns of the first one, got no column '"
                        + name + "' in " + otherFile + ", which " + firstFile + " has");
            }
        }
        if (!first.equals(other)) {
            throw new IllegalArgumentException("all files must have the columns of the first one in its order, got "
                    + String.join(", ", other) + " in " + otherFile + " and " + String.join(", ", first) + " in "
                    + firstFile);
        }
    }
}
