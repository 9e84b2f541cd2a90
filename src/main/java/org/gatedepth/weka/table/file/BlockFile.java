package org.gatedepth.weka.table.file;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Numbers in a temporary file, in blocks of one size, of which the ones used last are kept in memory.
 *
 * <p>The file has no name any more as soon as it is open, so nothing is left of it however the process ends. Where a
 * system does not delete open files, as Windows, it is deleted when it is closed or the process ends.
 */
final class BlockFile implements AutoCloseable {

    private final int values;
    private final File name;
    private final RandomAccessFile file;
    private final ByteBuffer buffer;
    private final Map<Integer, double[]> kept;
    private final boolean deleted;
    private int last = -1;
    private double @Nullable [] lastValues;
    /** That of a block that is kept no more: the next block is read into it. */
    private double @Nullable [] spare;

    /**
     * A new file, in the folder of {@code java.io.tmpdir}.
     *
     * @param values numbers of a block
     * @param most blocks that are kept in memory
     */
    BlockFile(int values, int most) throws IOException {
        this.values = values;
        buffer = ByteBuffer.allocate(Math.multiplyExact(values, Double.BYTES)).order(ByteOrder.nativeOrder());
        kept = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, double[]> eldest) {
                boolean full = size() > most;
                if (full) {
                    spare = eldest.getValue();
                }
                return full;
            }
        };
        name = File.createTempFile("gatedepth-rows", null);
        boolean opened = false;
        try {
            file = new RandomAccessFile(name, "rw");
            opened = true;
        } finally {
            if (!opened) {
                Files.delete(name.toPath());
            }
        }
        deleted = name.delete();
        if (!deleted) {
            name.deleteOnExit();
        }
    }

    /** Writes the next block, whose numbers are copied. */
    void append(double[] block) throws IOException {
        buffer.clear().asDoubleBuffer().put(block, 0, values);
        file.write(buffer.array());
    }

    /** The numbers of a block, only to be read, and until another block is asked for. */
    double[] block(int index) throws IOException {
        double[] known = lastValues;
        if (known != null && index == last) {
            return known;
        }
        known = kept.get(index);
        if (known == null) {
            file.seek((long) index * buffer.capacity());
            file.readFully(buffer.array());
            double[] again = spare;
            spare = null;
            known = again == null ? new double[values] : again;
            buffer.clear().asDoubleBuffer().get(known);
            kept.put(index, known);
        }
        last = index;
        lastValues = known;
        return known;
    }

    @Override
    public void close() throws IOException {
        kept.clear();
        spare = null;
        lastValues = null;
        last = -1;
        file.close();
        if (!deleted) {
            Files.deleteIfExists(name.toPath());
        }
    }
}
