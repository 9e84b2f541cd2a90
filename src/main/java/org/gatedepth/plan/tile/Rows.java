package org.gatedepth.plan.tile;

import java.io.Serializable;

/**
 * Rows of a matrix in the registers of a {@link Tile}: several short ones in one register, or one long one in several.
 *
 * @param columns of the matrix
 * @param first the first of the rows
 * @param count how many
 * @param size elements of a register
 * @param register of the first operand; those of the others follow
 */
public record Rows(int columns, int first, int count, int size, int register) implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Rows of a matrix in the registers of the calling thread, from the first register on. */
    public Rows(int columns, int first, int count) {
        this(columns, first, count, Tile.SIZE, 0);
    }

    /** As many rows of such a matrix, from its first one on, as a tile takes. */
    public static Rows ofTile(int columns, int rows) {
        return new Rows(columns, 0, Math.min(rows, Math.max(1, Tile.SIZE / columns)));
    }

    /** How many registers one operand takes. */
    public int parts() {
        return (columns + size - 1) / size;
    }

    /** The register of a part of an operand. */
    public int register(int operand, int part) {
        return register + operand * parts() + part;
    }

    /** Where a row begins in its registers. */
    int at(int row) {
        return row * columns;
    }

    /** Elements of one row in a part. */
    public int width(int part) {
        return Math.min(size, columns - part * size);
    }

    /** Elements of all rows in a part. */
    public int length(int part) {
        return count * width(part);
    }

    /** Runs an operation on all elements of two operands. */
    void apply(Tile tile, ElementwiseOp op, int first, int second, int result) {
        for (int part = 0; part < parts(); part++) {
            tile.apply(op, register(first, part), register(second, part), register(result, part), length(part));
        }
    }

    /** The sum of a row of an operand. */
    double sum(Tile tile, int operand, int row) {
        double sum = 0;
        for (int part = 0; part < parts(); part++) {
            sum += tile.sum(register(operand, part), at(row), width(part));
        }
        return sum;
    }

    /** The sum of the products of two operands along a row. */
    double dot(Tile tile, int first, int second, int row) {
        double sum = 0;
        for (int part = 0; part < parts(); part++) {
            sum += tile.dot(register(first, part), register(second, part), at(row), width(part));
        }
        return sum;
    }

    /** Replaces each element a of a row of an operand by {@code (a + add)·factor}. */
    void shift(Tile tile, int operand, int row, double add, double factor) {
        for (int part = 0; part < parts(); part++) {
            tile.shift(register(operand, part), at(row), width(part), add, factor);
        }
    }
}
