package org.gatedepth.plan.loop;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The rows of a matrix of floats or doubles, read and written as doubles.
 *
 * @param data keeps the memory from being freed
 * @param buffer the memory from the first element on
 * @param rows number of rows
 * @param columns elements of a row, which stand one after the other
 * @param stride distance between the beginnings of two rows
 */
public record MatrixRows(DataBuffer data, Buffer buffer, int rows, int columns, int stride) {

    /** Those of a matrix. */
    public static MatrixRows of(INDArray array) {
        if (array.rank() != 2 || (array.size(1) > 1 && array.stride(1) != 1)) {
            throw new IllegalArgumentException(
                    "the elements of each row must stand one after the other, got " + array.shapeInfoToString());
        }
        return new MatrixRows(
                array.data(),
                Tiles.memory(array),
                (int) array.size(0),
                (int) array.size(1),
                Math.toIntExact(array.size(0) > 1 ? array.stride(0) : array.size(1)));
    }

    /** Copies rows, one after the other, to the beginning of {@code to}. */
    void load(int from, int count, double[] to, float[] scratch) {
        int pieces = stride == columns ? 1 : count;
        int length = count * columns / pieces;
        for (int piece = 0; piece < pieces; piece++) {
            int index = (from + piece) * stride;
            if (buffer instanceof FloatBuffer floats) {
                floats.get(index, scratch, piece * length, length);
            } else {
                ((DoubleBuffer) buffer).get(index, to, piece * length, length);
            }
        }
        if (buffer instanceof FloatBuffer) {
            widen(scratch, to, count * columns);
        }
    }

    /** Copies the beginning of {@code of} to rows. */
    void store(int to, int count, double[] of, float[] scratch) {
        if (buffer instanceof FloatBuffer) {
            narrow(of, scratch, count * columns);
        }
        int pieces = stride == columns ? 1 : count;
        int length = count * columns / pieces;
        for (int piece = 0; piece < pieces; piece++) {
            int index = (to + piece) * stride;
            if (buffer instanceof FloatBuffer floats) {
                floats.put(index, scratch, piece * length, length);
            } else {
                ((DoubleBuffer) buffer).put(index, of, piece * length, length);
            }
        }
    }

    private static void widen(float[] from, double[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = from[i];
        }
    }

    private static void narrow(double[] from, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = (float) from[i];
        }
    }
}
