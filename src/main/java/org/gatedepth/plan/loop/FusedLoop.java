package org.gatedepth.plan.loop;

import java.nio.Buffer;
import java.util.List;
import org.gatedepth.plan.tile.ElementwiseOp;
import org.gatedepth.plan.tile.Tile;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Several element-by-element operations on arrays of one shape, as one loop.
 *
 * <p>It goes over the arrays in tiles: loads a piece of each input, runs all operations on the pieces, and stores what
 * is read elsewhere. What is not read elsewhere never leaves the cache, and no native op is called. NumExpr evaluates
 * its expressions the same way. {@code LoopBuilder} makes loops.
 */
public final class FusedLoop implements Runnable {
    /** What is done for each tile. */
    public interface Step {
        /**
         * Does it.
         *
         * @param tile the registers
         * @param index of the tile's first element in the arrays
         * @param length of the tile
         */
        void run(Tile tile, int index, int length);
    }

    /** The memory of an array, or of a part of a longer one that has been moved to. */
    public static final class Memory {
        /** Keeps the memory from being freed. */
        private final INDArray array;

        private final int columns;
        private Buffer buffer;
        private int start;
        private int rowStride;

        private Memory(INDArray array, int columns, int rowStride) {
            this.array = array;
            this.columns = columns;
            this.rowStride = rowStride;
            buffer = Tiles.memory(array);
        }

        /**
         * The memory of an array.
         *
         * @param columns of the loop
         */
        public static Memory of(INDArray array, int columns) {
            boolean rows = array.rank() == 2 && array.size(0) > 1 && array.size(1) == columns;
            return new Memory(array, columns, rows ? array.stride(0) : columns);
        }

        /** The array that it was made for. */
        public INDArray array() {
            return array;
        }

        /**
         * Has the loop work on another matrix of the same shape from now on.
         *
         * @param newBuffer what the matrix is in; only as long as its array lives
         * @param newStart index of its first element
         * @param newRowStride distance between the beginnings of two rows
         */
        public void moveTo(Buffer newBuffer, int newStart, int newRowStride) {
            buffer = newBuffer;
            start = newStart;
            rowStride = newRowStride;
        }

        Buffer buffer() {
            return buffer;
        }

        public void load(Tile tile, int register, int index, int length) {
            if (rowStride == columns) {
                tile.load(buffer, start + index, register, 0, length);
                return;
            }
            int width = Math.min(columns, length);
            int from = start + index / columns * rowStride + index % columns;
            for (int at = 0; at < length; at += width, from += rowStride) {
                tile.load(buffer, from, register, at, width);
            }
        }

        public void store(Tile tile, int register, int index, int length) {
            if (rowStride == columns) {
                tile.store(register, 0, buffer, start + index, length);
                return;
            }
            int width = Math.min(columns, length);
            int from = start + index / columns * rowStride + index % columns;
            for (int at = 0; at < length; at += width, from += rowStride) {
                tile.store(register, at, buffer, from, width);
            }
        }
    }

    /** A register that holds one row, or one element, for all rows of a tile. */
    public record Repeated(Memory memory, boolean row, int register) {}

    /** A register that sums over the tiles, by column or in all. */
    public record Sum(Memory memory, boolean byColumn, int register) {}

    private final DataType type;
    private final long rows;
    private final int columns;
    private final List<Repeated> repeated;
    private final List<Step> steps;
    private final List<Sum> sums;
    private final List<Memory> memories;
    private final int registers;

    /**
     * A loop whose last register is free for its own use.
     *
     * @param memories of the arrays that it reads or writes element by element
     */
    public FusedLoop(
            DataType type,
            long rows,
            int columns,
            List<Repeated> repeated,
            List<Step> steps,
            List<Sum> sums,
            List<Memory> memories,
            int registers) {
        this.type = type;
        this.rows = rows;
        this.columns = columns;
        this.repeated = List.copyOf(repeated);
        this.steps = List.copyOf(steps);
        this.sums = List.copyOf(sums);
        this.memories = List.copyOf(memories);
        this.registers = registers;
    }

    /** Those of the arrays that it reads or writes element by element; each can be moved. */
    public List<Memory> memories() {
        return memories;
    }

    @Override
    public void run() {
        Tile tile = Tiles.of(type);
        tile.require(registers);
        double[] totals = new double[sums.size()];
        // Narrow arrays: several rows to a tile. Wide ones: several tiles to a row, column by column of tiles.
        int rowsOfTile = (int) Math.min(rows, Math.max(1, Tile.SIZE / columns));
        for (int column = 0; column < columns; column += Tile.SIZE) {
            int width = Math.min(Tile.SIZE, columns - column);
            begin(tile, column, width, width * rowsOfTile);
            for (long row = 0; row < rows; row += rowsOfTile) {
                int index = (int) (row * columns + column);
                int length = width * (int) Math.min(rowsOfTile, rows - row);
                for (Step step : steps) {
                    step.run(tile, index, length);
                }
            }
            end(tile, column, width, width * rowsOfTile, totals);
        }
        for (int i = 0; i < totals.length; i++) {
            Sum sum = sums.get(i);
            if (!sum.byColumn()) {
                tile.fill(sum.register(), totals[i], 1);
                tile.store(sum.register(), 0, sum.memory().buffer(), 0, 1);
            }
        }
    }

    private void begin(Tile tile, int column, int width, int length) {
        for (Repeated r : repeated) {
            int count = r.row() ? width : 1;
            tile.load(r.memory().buffer(), r.row() ? column : 0, r.register(), 0, count);
            tile.repeat(r.register(), count, length);
        }
        for (Sum sum : sums) {
            tile.fill(sum.register(), 0, length);
        }
    }

    private void end(Tile tile, int column, int width, int length, double[] totals) {
        int scratch = registers - 1;
        for (int i = 0; i < totals.length; i++) {
            Sum sum = sums.get(i);
            int register = sum.register();
            if (sum.byColumn()) {
                for (int row = width; row < length; row += width) {
                    tile.copy(register, row, scratch, width);
                    tile.apply(ElementwiseOp.ADD, register, scratch, register, width);
                }
                tile.store(register, 0, sum.memory().buffer(), column, width);
            } else {
                totals[i] += tile.sum(register, length);
            }
        }
    }
}
