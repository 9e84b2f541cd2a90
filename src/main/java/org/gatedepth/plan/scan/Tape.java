package org.gatedepth.plan.scan;

import java.nio.Buffer;
import org.gatedepth.plan.loop.Tiles;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A matrix with rows for many steps, {@code [steps·sequences, columns]}. Its memory grows when it gets longer, and is
 * used again when it gets shorter.
 */
public final class Tape implements AutoCloseable {
    /** More elements are not in one Java buffer, which ends at 2 GiB. */
    private static final long MAX_LENGTH = Integer.MAX_VALUE / Double.BYTES;

    private final DataType type;
    private @Nullable INDArray memory;
    private @Nullable INDArray matrix;
    private @Nullable Buffer buffer;
    private int columns;
    private long firstRow;

    /** A tape without rows. */
    public Tape(DataType type) {
        this.type = type;
    }

    /** Whether arrays of a type are read and written by loops in Java, and not by native ops alone. */
    static boolean isInJava(DataType type) {
        return Tiles.supports(type) && Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
    }

    /**
     * Makes this a matrix of a shape. What it holds after that has no meaning.
     *
     * @return the matrix
     * @throws IllegalArgumentException for more elements than a Java buffer can have
     */
    public INDArray resize(long rows, long columns) {
        long length = rows * columns;
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException("steps · sequences · features must be at most " + MAX_LENGTH + ", got "
                    + rows + " · " + columns + "; use smaller minibatches or shorter sequences");
        }
        INDArray current = memory;
        if (current == null || current.length() < length) {
            close();
            try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                current = Nd4j.createUninitialized(type, length);
            }
            memory = current;
        }
        INDArray result = Nd4j.create(current.data(), new long[] {rows, columns}, new long[] {columns, 1}, 0, 'c');
        set(result);
        return result;
    }

    /**
     * Makes this the rows of another array, which it reads in place if it lies densely, and copies otherwise.
     *
     * @param rows in any order, of any type
     */
    public void read(INDArray rows) {
        boolean dense = rows.dataType() == type && rows.ordering() == 'c' && Shape.hasDefaultStridesForShape(rows);
        if (dense) {
            set(rows);
        } else {
            resize(rows.size(0), rows.size(1)).assign(rows);
        }
    }

    private void set(INDArray newMatrix) {
        matrix = newMatrix;
        columns = (int) newMatrix.size(1);
        firstRow = 0;
        buffer = null;
    }

    /** Says which row of all steps is the first one of this tape; 0 unless it is told. */
    public void beginAt(long row) {
        firstRow = row;
    }

    /** The matrix. */
    public INDArray matrix() {
        INDArray current = matrix;
        if (current == null) {
            throw new IllegalStateException("a tape without rows");
        }
        return current;
    }

    /** Some rows of some columns, a view. */
    public INDArray part(long fromRow, long toRow, long fromColumn, long toColumn) {
        INDArray all = matrix();
        if (toRow - fromRow == all.size(0) && toColumn - fromColumn == all.size(1)) {
            return all;
        }
        long width = all.size(1);
        return Nd4j.create(
                all.data(),
                new long[] {toRow - fromRow, toColumn - fromColumn},
                new long[] {width, 1},
                all.offset() + fromRow * width + fromColumn,
                'c');
    }

    /** Some columns of the rows of a step, from a row of all steps on; a view. */
    INDArray step(long row, long sequences, long column, long count) {
        return part(row - firstRow, row - firstRow + sequences, column, column + count);
    }

    /** Some rows, a view. */
    public INDArray rows(long from, long to) {
        return part(from, to, 0, matrix().size(1));
    }

    /** Its memory from the first element on. */
    Buffer buffer() {
        Buffer current = buffer;
        if (current == null) {
            current = Tiles.memory(matrix());
            buffer = current;
        }
        return current;
    }

    int columns() {
        return columns;
    }

    /** The index of the first element of a row of all steps. */
    int start(long row) {
        return (int) ((row - firstRow) * columns);
    }

    /** Bytes of the memory that it owns. */
    public long bytes() {
        return memory == null ? 0 : memory.length() * type.width();
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
        }
        memory = null;
        matrix = null;
        buffer = null;
    }
}
