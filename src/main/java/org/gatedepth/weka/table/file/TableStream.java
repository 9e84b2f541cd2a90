package org.gatedepth.weka.table.file;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import weka.core.Attribute;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.converters.AbstractFileLoader;
import weka.core.converters.ArffLoader;

/**
 * Reads the rows of a file one by one, by those of Weka's loaders that can: an ARFF or CSV file, also with {@code .gz}
 * after its name. Rows without a class value, from which nothing is learned, are passed over.
 *
 * <p>The attributes of an ARFF file must be those of the table that the classifier is built on. A CSV file tells no
 * types and no labels: it must have the names of the attributes in its first line, and its values are read as the table
 * says.
 */
public final class TableStream {

    private static final int ROWS_BETWEEN = 4096;
    private static final int BUFFER = 1 << 16;

    /** What Weka's loader puts around an error in the header. */
    private static final Pattern OF_HEADER =
            Pattern.compile("Unable to determine structure as arff \\(Reason: java.io.IOException: (.*)\\)\\.");

    private final File path;
    private final Instances header;

    private TableStream(File path, Instances header) {
        this.path = path;
        this.header = header;
    }

    /** Is asked now and then while rows are read. */
    @FunctionalInterface
    public interface Checkpoint {
        /** After so many rows; throws if the reading is to end. */
        void read(int rows) throws InterruptedException;
    }

    /**
     * Reads a file to its end.
     *
     * @param path the file
     * @param table the attributes, with the class; its rows are not read
     * @param checkpoint is asked every few thousand rows
     * @return the rows, which the caller closes
     * @throws IOException with one sentence, if the file cannot be read or its rows cannot be kept
     * @throws IllegalArgumentException with one sentence, if it is no table of these attributes, or has no rows
     */
    public static RowFile read(File path, Instances table, Checkpoint checkpoint)
            throws IOException, InterruptedException {
        return new TableStream(path, new Instances(table, 0)).read(checkpoint);
    }

    private RowFile read(Checkpoint checkpoint) throws IOException, InterruptedException {
        require(header.classIndex() >= 0, "The table has no class attribute: choose which one is to be predicted.");
        for (int a = 0; a < header.numAttributes(); a++) {
            Attribute attribute = header.attribute(a);
            require(
                    attribute.isNominal() || attribute.isNumeric(),
                    "Option -stream reads numbers, labels and dates, but attribute '" + attribute.name()
                            + "' is of type " + Attribute.typeToString(attribute)
                            + ": remove it, or train on the table in memory.");
        }
        require(path.isFile(), "The file " + path + " of -stream cannot be opened: check its path.");
        require(path.length() > 0, "The file " + path + " of -stream is empty: at least one row is needed.");
        String name = path.getName().toLowerCase(Locale.ROOT);
        String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
        try (InputStream content = open(name.endsWith(".gz"))) {
            if (plain.endsWith(".csv")) {
                try (IncrementalCsv csv = new IncrementalCsv()) {
                    return read(csv, content, checkpoint);
                }
            }
            return read(new ArffLoader(), content, checkpoint);
        }
    }

    private InputStream open(boolean compressed) throws IOException {
        InputStream content = new FileInputStream(path);
        if (!compressed) {
            return content;
        }
        try {
            return new GZIPInputStream(content, BUFFER);
        } catch (IOException e) {
            content.close();
            throw notRead(e, "");
        }
    }

    private RowFile read(AbstractFileLoader loader, InputStream content, Checkpoint checkpoint)
            throws IOException, InterruptedException {
        boolean isCsv = loader instanceof IncrementalCsv;
        Instances structure;
        try {
            loader.setSource(content);
            structure = loader.getStructure();
        } catch (IOException | RuntimeException e) {
            throw notRead(e, "");
        }
        checkAttributes(structure, isCsv);
        RowFile rows = new RowFile(header);
        boolean complete = false;
        try {
            // A CSV file is read by the types and labels of the table.
            append(loader, isCsv ? header : structure, rows, checkpoint);
            complete = true;
            return rows;
        } finally {
            if (!complete) {
                rows.close();
            }
        }
    }

    private void append(AbstractFileLoader loader, Instances structure, RowFile rows, Checkpoint checkpoint)
            throws IOException, InterruptedException {
        int count = 0;
        for (Instance row = next(loader, structure, count); row != null; row = next(loader, structure, count)) {
            if (count++ % ROWS_BETWEEN == 0) {
                checkpoint.read(count);
            }
            if (!row.isMissing(header.classIndex())) {
                rows.append(row);
            }
        }
        require(count > 0, "The file " + path + " of -stream has no rows: at least one is needed.");
        require(
                !rows.isEmpty(),
                "The file " + path + " of -stream has no row with a class value: at least one is needed.");
        rows.complete();
    }

    private void checkAttributes(Instances structure, boolean isCsv) {
        if (isCsv) {
            require(
                    structure.numAttributes() == header.numAttributes(),
                    differs(structure.numAttributes() + " attributes and not " + header.numAttributes()));
            for (int a = 0; a < header.numAttributes(); a++) {
                String name = structure.attribute(a).name();
                require(
                        name.equals(header.attribute(a).name()),
                        differs("attribute " + (a + 1) + " is '" + name + "' and not '"
                                + header.attribute(a).name() + "'"));
            }
            return;
        }
        structure.setClassIndex(Math.min(header.classIndex(), structure.numAttributes() - 1));
        String difference = header.equalHeadersMsg(structure);
        if (difference != null) {
            throw new IllegalArgumentException(differs(difference.strip().replaceAll("\\s*\\R\\s*", " ")));
        }
    }

    private String differs(String difference) {
        return "The file " + path + " of -stream does not have the attributes of the table (" + difference
                + "): give a table with the header of the file.";
    }

    private @Nullable Instance next(AbstractFileLoader loader, Instances structure, int count) throws IOException {
        try {
            return loader.getNextInstance(structure);
        } catch (IOException | RuntimeException e) {
            throw notRead(e, loader instanceof IncrementalCsv ? " at line " + (count + 2) : "");
        }
    }

    private IOException notRead(Exception cause, String where) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        Matcher header = OF_HEADER.matcher(message);
        message = header.matches() ? header.group(1) : message;
        return new IOException(
                "The file " + path + " of -stream cannot be read" + where + " ("
                        + message.strip().replaceAll("\\s*\\R\\s*", " ")
                        + "): correct it, or leave it out.",
                cause);
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
