package org.gatedepth.studies.tables;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import weka.core.Instances;
import weka.core.converters.ArffLoader;

/**
 * A table, whose last attribute is the class, and its folds for cross-validation, which are stratified where the class
 * is nominal: 5, or 3 above 8,000 rows. A seed gives the same folds to every classifier. Rows without a class are left
 * out.
 */
public final class FoldedTable {
    private static final String EXTENSION = "\\.arff(\\.gz)?$";
    private static final int MANY_ROWS = 8000;

    private final String name;
    private final Instances rows;

    private FoldedTable(String name, Instances rows) {
        this.name = name;
        this.rows = rows;
    }

    /** The ARFF files of a folder, packed ({@code .arff.gz}) or not, by name. */
    public static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("there is no folder " + folder + "; name one that holds ARFF files.");
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> tables = files.filter(
                            file -> !name(file).equals(file.getFileName().toString()))
                    .sorted()
                    .toList();
            if (tables.isEmpty()) {
                throw new IOException("there is no ARFF file in " + folder + "; name a folder that holds some.");
            }
            return tables;
        }
    }

    /** The name of the table in a file: that of the file without its extension. */
    public static String name(Path file) {
        return file.getFileName().toString().replaceFirst(EXTENSION, "");
    }

    /** The table in a file. */
    public static FoldedTable read(Path file) throws IOException {
        ArffLoader loader = new ArffLoader();
        loader.setSource(new File(file.toString()));
        Instances rows = loader.getDataSet();
        rows.setClassIndex(rows.numAttributes() - 1);
        rows.deleteWithMissingClass();
        return new FoldedTable(name(file), rows);
    }

    /** The name of its file, without extension. */
    public String name() {
        return name;
    }

    /** Whether its class is a number. */
    public boolean isNumeric() {
        return rows.classAttribute().isNumeric();
    }

    /** Numbers that tools without labels see of it: rows times columns. */
    public double size() {
        return (double) rows.numInstances() * IndicatorColumns.of(rows).count();
    }

    /** How many folds it has. */
    public int folds() {
        return rows.numInstances() > MANY_ROWS ? 3 : 5;
    }

    /** Training and test rows of a fold, from 0. */
    public Split split(int seed, int fold) {
        Instances shuffled = new Instances(rows);
        shuffled.randomize(new Random(seed));
        if (!isNumeric()) {
            shuffled.stratify(folds());
        }
        return new Split(shuffled.trainCV(folds(), fold, new Random(seed)), shuffled.testCV(folds(), fold));
    }

    /** Training and test rows. */
    public record Split(Instances train, Instances test) {}
}
