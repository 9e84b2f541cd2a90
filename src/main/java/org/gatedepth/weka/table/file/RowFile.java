package org.gatedepth.weka.table.file;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;

/**
 * A table whose rows are in a temporary file: what reads it row by row, as all of this package does, may take it for
 * one in memory. Rows are {@linkplain #append appended}, may then be left out and get other weights, and nothing else
 * of them changes.
 *
 * <p>The file has 8 bytes for each value. In memory are up to 64 MB of it, and weights and places of 8 and 4 bytes a
 * row where weights differ and rows were left out.
 *
 * <p>Threads may read it at the same time.
 */
public final class RowFile extends Instances implements AutoCloseable {

    private static final long serialVersionUID = 1L;

    private static final int BLOCK_BYTES = 1 << 18;
    private static final int WINDOW_BYTES = 1 << 26;

    private final transient BlockFile file;
    private final int rowsOfBlock;
    /** Rows of the block that is not full yet; after {@link #complete} of none. */
    private transient double[] next;

    private int appended;
    private int rows;
    /** By position the place in the file; null where they are the same. */
    private int @Nullable [] places;
    /** By place; null while all weights are 1. */
    private double @Nullable [] weights;

    /**
     * A table without rows.
     *
     * @param header its attributes
     * @throws IOException with one sentence, if there is no place for a file
     */
    public RowFile(Instances header) throws IOException {
        super(header, 0);
        rowsOfBlock = Math.max(1, BLOCK_BYTES / Double.BYTES / numAttributes());
        next = new double[rowsOfBlock * numAttributes()];
        try {
            file = new BlockFile(next.length, blocksOfWindow() + 1);
        } catch (IOException e) {
            throw notKept(e);
        }
    }

    /** Number of blocks that are in memory at a time: their rows may be read in any order. */
    public int blocksOfWindow() {
        return Math.max(2, WINDOW_BYTES / Double.BYTES / (rowsOfBlock * numAttributes()));
    }

    private static IOException notKept(IOException cause) {
        return new IOException(
                "The rows cannot be kept in the folder for temporary files, "
                        + new File(System.getProperty("java.io.tmpdir")).getAbsolutePath() + " (" + cause.getMessage()
                        + "): make space there, 8 bytes for each value of a row, or name another folder by"
                        + " -Djava.io.tmpdir.",
                cause);
    }

    /** The block of a row: rows of the same block are read together. */
    public int block(int index) {
        return place(index) / rowsOfBlock;
    }

    private int place(int index) {
        int[] left = places;
        return left == null ? index : left[index];
    }

    /**
     * Adds a row at the end.
     *
     * @throws IOException with one sentence, as on a full disk
     */
    public synchronized void append(Instance row) throws IOException {
        if (appended == Integer.MAX_VALUE) {
            throw new IOException("A file of more than " + Integer.MAX_VALUE
                    + " rows cannot be trained on: leave some of its rows out.");
        }
        int at = appended % rowsOfBlock * numAttributes();
        for (int a = 0; a < numAttributes(); a++) {
            next[at + a] = row.value(a);
        }
        if (row.weight() != 1 || weights != null) {
            weigh(appended, row.weight());
        }
        appended++;
        rows = appended;
        if (appended % rowsOfBlock == 0) {
            flush();
        }
    }

    private void flush() throws IOException {
        try {
            file.append(next);
        } catch (IOException e) {
            throw notKept(e);
        }
    }

    /**
     * No more rows follow.
     *
     * @throws IOException with one sentence, as on a full disk
     */
    public synchronized void complete() throws IOException {
        if (appended % rowsOfBlock != 0) {
            flush();
        }
        next = new double[0];
    }

    private void weigh(int place, double weight) {
        double[] all = weights;
        if (all == null || all.length <= place) {
            int length = Math.max(appended, place + 1);
            int room = next.length == 0 ? 0 : length / 2;
            double[] longer = Arrays.copyOf(
                    all == null ? new double[0] : all, (int) Math.min((long) length + room, Integer.MAX_VALUE - 8));
            Arrays.fill(longer, all == null ? 0 : all.length, longer.length, 1);
            weights = longer;
            all = longer;
        }
        all[place] = weight;
    }

    @Override
    public int size() {
        return rows;
    }

    @Override
    public int numInstances() {
        return rows;
    }

    @Override
    public Instance instance(int index) {
        return get(index);
    }

    /** A copy of a row: a change of it does not change the table. */
    @Override
    public synchronized Instance get(int index) {
        if (index < 0 || index >= rows) {
            throw new IndexOutOfBoundsException(index);
        }
        int place = place(index);
        int at = place % rowsOfBlock * numAttributes();
        try {
            double[] values = Arrays.copyOfRange(file.block(place / rowsOfBlock), at, at + numAttributes());
            Instance row = new DenseInstance(weight(place), values);
            row.setDataset(this);
            return row;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    new IOException("The temporary file of the rows cannot be read (" + e.getMessage() + ").", e));
        }
    }

    /** Leaves rows out; they stay in the file. */
    @Override
    public synchronized boolean removeIf(Predicate<? super Instance> unwanted) {
        int[] left = new int[rows];
        int count = 0;
        for (int i = 0; i < rows; i++) {
            if (!unwanted.test(get(i))) {
                left[count++] = place(i);
            }
        }
        boolean changed = count < rows;
        if (changed) {
            places = Arrays.copyOf(left, count);
            rows = count;
        }
        return changed;
    }

    private double weight(int place) {
        double[] all = weights;
        return all == null ? 1 : all[place];
    }

    /** Gives a row another weight. */
    public synchronized void setWeight(int index, double weight) {
        int place = place(index);
        if (weight != weight(place)) {
            weigh(place, weight);
        }
    }

    /** Deletes the rows, which can be read no more. */
    @Override
    public synchronized void close() throws IOException {
        rows = 0;
        places = null;
        weights = null;
        file.close();
    }

    @Override
    public String getRevision() {
        return "1";
    }
}
