package org.gatedepth.plan.tile;

import org.jspecify.annotations.Nullable;

/**
 * Softmax, {@code y_j = exp(s·x_j)/Σ exp(s·x)} over each row.
 *
 * <p>The largest element is subtracted first, so none is too large. An element that does not count is 0, and has no
 * influence on the others; a row in which none counts is 0.
 *
 * @param scale {@code s}, above 0
 * @param diagonal how many elements of the first row count; of each further row one more; {@link #ALL} for all
 * @param mask says which elements of a row count; null if all do
 */
public record RowSoftmax(
        double scale, int diagonal, @Nullable Mask mask) implements RowOp {
    /** Says which elements of a row count. */
    @FunctionalInterface
    public interface Mask {
        /** Sets the first elements of a register to 1 or 0 for those of a row, from {@code index} on. */
        void write(Tile tile, int index, int register, int length);
    }

    /** Every element of each row counts. */
    public static final int ALL = Integer.MAX_VALUE;

    private static final int X = 0;
    private static final int COUNTED = 1;
    private static final int OFFSET = 2;

    @Override
    public int ownOperands() {
        return mask == null ? 0 : 2;
    }

    /** For a masked row 1 and 0, or 0 and the lowest number: by these x is multiplied, and then to it is added. */
    @Override
    public void begin(Tile tile, Rows rows) {
        if (mask == null) {
            return;
        }
        for (int part = 0; part < rows.parts(); part++) {
            int counted = rows.register(COUNTED, part);
            int offset = rows.register(OFFSET, part);
            int width = rows.width(part);
            mask.write(tile, part * rows.size(), counted, width);
            tile.repeat(counted, width, rows.length(part));
            tile.copy(counted, 0, offset, rows.length(part));
            tile.shift(offset, 0, rows.length(part), -1, tile.highest());
        }
    }

    @Override
    public void run(Tile tile, Rows rows) {
        if (mask != null) {
            rows.apply(tile, ElementwiseOp.MULTIPLY, X, COUNTED, X);
            rows.apply(tile, ElementwiseOp.ADD, X, OFFSET, X);
        }
        for (int row = 0; row < rows.count(); row++) {
            double max = Double.NEGATIVE_INFINITY;
            for (int part = 0; part < rows.parts(); part++) {
                max = Math.max(max, tile.max(rows.register(X, part), rows.at(row), counted(rows, row, part)));
            }
            for (int part = 0; part < rows.parts(); part++) {
                tile.shift(rows.register(X, part), rows.at(row), counted(rows, row, part), -max, scale);
            }
        }
        for (int part = 0; part < rows.parts(); part++) {
            tile.exp(rows.register(X, part), rows.length(part));
        }
        if (mask != null) {
            rows.apply(tile, ElementwiseOp.MULTIPLY, X, COUNTED, X);
        }
        for (int row = 0; row < rows.count(); row++) {
            for (int part = 0; part < rows.parts(); part++) {
                int counted = counted(rows, row, part);
                tile.zero(rows.register(X, part), rows.at(row) + counted, rows.width(part) - counted);
            }
            double sum = rows.sum(tile, X, row);
            rows.shift(tile, X, row, 0, sum > 0 ? 1 / sum : 0);
        }
    }

    /** How many elements of a part of a row there are up to the last one that may count. */
    private int counted(Rows rows, int row, int part) {
        long inRow = diagonal == ALL ? ALL : (long) diagonal + rows.first() + row;
        return (int) Math.max(0, Math.min(rows.width(part), inRow - (long) part * rows.size()));
    }
}
