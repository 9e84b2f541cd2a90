package org.gatedepth.plan.loop;

/**
 * Rows of a matrix in the registers of a {@link Tile}: several short ones in one register, or one long one in several.
 *
 * @param columns of the matrix
 * @param first the first of the rows
 * @param count how many
 */
public record Rows(int columns, int first, int count) {

    /** As many rows of such a matrix, from its first one on, as a tile takes. */
    static Rows ofTile(int columns, int rows) {
        return new Rows(columns, 0, Math.min(rows, Math.max(1, Tile.SIZE / columns)));
    }

    /** How many registers one operand takes. */
    int parts() {
        return (columns + Tile.SIZE - 1) / Tile.SIZE;
    }

    /** The register of a part of an operand. */
    int register(int operand, int part) {
        return operand * parts() + part;
    }

    /** Where a row begins in its registers. */
    int at(int row) {
        return row * columns;
    }

    /** Elements of one row in a part. */
    int width(int part) {
        return Math.min(Tile.SIZE, columns - part * Tile.SIZE);
    }

    /** Elements of all rows in a part. */
    int length(int part) {
        return count * width(part);
    }

    /** Copies an operand from memory. */
    void load(Tile tile, FusedLoop.Memory memory, int operand) {
        for (int part = 0; part < parts(); part++) {
            memory.load(tile, register(operand, part), first * columns + part * Tile.SIZE, length(part));
        }
    }

    /** Copies an operand to memory. */
    void store(Tile tile, FusedLoop.Memory memory, int operand) {
        for (int part = 0; part < parts(); part++) {
            memory.store(tile, register(operand, part), first * columns + part * Tile.SIZE, length(part));
        }
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
