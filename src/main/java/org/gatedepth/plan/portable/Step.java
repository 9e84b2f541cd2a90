package org.gatedepth.plan.portable;

import java.io.Serializable;
import org.gatedepth.plan.tile.ElementwiseOp;
import org.gatedepth.plan.tile.FloatTile;
import org.gatedepth.plan.tile.RowSoftmax;
import org.gatedepth.plan.tile.Rows;

/**
 * A step of a {@link RowProgram}: it reads and writes registers, each of which holds some rows of a matrix, one after
 * the other. Steps have no state, and are not to be changed.
 */
@SuppressWarnings("ArrayRecordComponent")
public sealed interface Step extends Serializable {
    /** Runs it on so many rows. */
    void run(FloatTile tile, int rows);

    /**
     * {@code [y_1, …, y_k] = x·W + b}: one product for several matrices side by side.
     *
     * @param x register of the factor
     * @param weights W, an array a row: the just-in-time compiler makes vectors of a loop over several arrays if all of
     *     them are read at the same index, but not of one that reads one array at several places
     * @param bias b, as long as a row of W
     * @param sum a register of its own, for one row
     * @param results the registers of y
     * @param columns of each of them
     */
    record Product(int x, float[][] weights, float[] bias, int sum, int[] results, int[] columns) implements Step {
        private static final long serialVersionUID = 1L;

        @Override
        public void run(FloatTile tile, int rows) {
            float[] from = tile.register(x);
            float[] row = tile.register(sum);
            for (int r = 0; r < rows; r++) {
                System.arraycopy(bias, 0, row, 0, bias.length);
                add(from, r * weights.length, row);
                int at = 0;
                for (int part = 0; part < results.length; part++) {
                    int count = columns[part];
                    System.arraycopy(row, at, tile.register(results[part]), r * count, count);
                    at += count;
                }
            }
        }

        private void add(float[] from, int at, float[] row) {
            int outputs = bias.length;
            int i = 0;
            // Four at a time: with six or more the compiler makes no vectors.
            for (; i + 4 <= weights.length; i += 4) {
                int k = at + i;
                addFour(from[k], from[k + 1], from[k + 2], from[k + 3], weights, i, row, outputs);
            }
            for (; i < weights.length; i++) {
                addOne(from[at + i], weights[i], row, outputs);
            }
        }

        private static void addFour(
                float x0, float x1, float x2, float x3, float[][] w, int first, float[] row, int n) {
            float[] w0 = w[first];
            float[] w1 = w[first + 1];
            float[] w2 = w[first + 2];
            float[] w3 = w[first + 3];
            for (int j = 0; j < n; j++) {
                row[j] += (x0 * w0[j] + x1 * w1[j]) + (x2 * w2[j] + x3 * w3[j]);
            }
        }

        private static void addOne(float x, float[] w, float[] row, int n) {
            for (int j = 0; j < n; j++) {
                row[j] += x * w[j];
            }
        }
    }

    /**
     * {@code y = W[x_c] + b}: the rows of a table that a column of label indices names.
     *
     * @param x register of the matrix
     * @param inputs columns of x
     * @param column c
     * @param table W, an array a row
     * @param bias b, as long as a row of y
     * @param y register of the result
     */
    record Lookup(int x, int inputs, int column, float[][] table, float[] bias, int y) implements Step {
        private static final long serialVersionUID = 1L;

        @Override
        public void run(FloatTile tile, int rows) {
            float[] from = tile.register(x);
            float[] to = tile.register(y);
            int outputs = bias.length;
            for (int row = 0; row < rows; row++) {
                float[] vector = table[(int) from[row * inputs + column]];
                for (int j = 0; j < outputs; j++) {
                    to[row * outputs + j] = vector[j] + bias[j];
                }
            }
        }
    }

    /**
     * One row for all rows.
     *
     * @param row the row
     * @param y register of the result
     */
    record Constant(float[] row, int y) implements Step {
        private static final long serialVersionUID = 1L;

        @Override
        public void run(FloatTile tile, int rows) {
            for (int i = 0; i < rows; i++) {
                System.arraycopy(row, 0, tile.register(y), i * row.length, row.length);
            }
        }
    }

    /**
     * An operation element by element.
     *
     * @param op the operation
     * @param a register of the first operand
     * @param b register of the second one, or of the first one again
     * @param columns of both
     * @param y register of the result
     */
    record Elementwise(ElementwiseOp op, int a, int b, int columns, int y) implements Step {
        private static final long serialVersionUID = 1L;

        @Override
        public void run(FloatTile tile, int rows) {
            tile.apply(op, a, b, y, rows * columns);
        }
    }

    /**
     * A function of each element.
     *
     * @param function the function
     * @param parameter its parameter
     * @param x register of the operand
     * @param columns of x
     * @param y register of the result
     */
    record Pointwise(PointFunction function, double parameter, int x, int columns, int y) implements Step {
        private static final long serialVersionUID = 1L;

        @Override
        public void run(FloatTile tile, int rows) {
            float[] from = tile.register(x);
            float[] to = tile.register(y);
            for (int i = 0; i < rows * columns; i++) {
                to[i] = (float) function.of(from[i], parameter);
            }
        }
    }

    /**
     * Softmax over each row, {@code y_j = exp(x_j)/Σ exp(x)}.
     *
     * @param x register of the operand
     * @param some the rows in the register of the result, by their count less 1
     */
    record Softmax(int x, Rows[] some) implements Step {
        private static final long serialVersionUID = 1L;
        private static final RowSoftmax SOFTMAX = new RowSoftmax(1, RowSoftmax.ALL, null);

        /** From one register to another. */
        public static Softmax of(int x, int columns, int y) {
            Rows[] some = new Rows[RowProgram.MOST_ROWS];
            for (int i = 0; i < some.length; i++) {
                some[i] = new Rows(columns, 0, i + 1, columns * some.length, y);
            }
            return new Softmax(x, some);
        }

        @Override
        public void run(FloatTile tile, int rows) {
            Rows here = some[rows - 1];
            tile.copy(x, 0, here.register(), rows * here.columns());
            SOFTMAX.run(tile, here);
        }
    }

    /**
     * Matrices side by side.
     *
     * @param parts registers of the matrices
     * @param columns of each
     * @param y register of the result
     */
    record Join(int[] parts, int[] columns, int y) implements Step {
        private static final long serialVersionUID = 1L;

        @Override
        public void run(FloatTile tile, int rows) {
            int width = 0;
            for (int count : columns) {
                width += count;
            }
            int to = 0;
            for (int part = 0; part < parts.length; part++) {
                int count = columns[part];
                for (int row = 0; row < rows; row++) {
                    System.arraycopy(
                            tile.register(parts[part]), row * count, tile.register(y), row * width + to, count);
                }
                to += count;
            }
        }
    }

    /**
     * Some columns of a matrix.
     *
     * @param x register of the matrix
     * @param inputs columns of x
     * @param from the first column
     * @param count how many
     * @param y register of the result
     */
    record Columns(int x, int inputs, int from, int count, int y) implements Step {
        private static final long serialVersionUID = 1L;

        @Override
        public void run(FloatTile tile, int rows) {
            for (int row = 0; row < rows; row++) {
                System.arraycopy(tile.register(x), row * inputs + from, tile.register(y), row * count, count);
            }
        }
    }
}
