package org.gatedepth.plan.loop;

import java.util.Arrays;
import java.util.List;
import org.gatedepth.plan.tile.Tile;
import org.jspecify.annotations.Nullable;

/**
 * Attention of each row over m matrices, {@code y = Σ_j α_j·v_j} with {@code α = softmax_j(q·k_j/√d + b_j)}, and its
 * gradient, as loops over tiles of rows.
 *
 * <p>The columns are parts of d, one a head, and each part has its own α. {@code α [rows, heads·m]} stands head by
 * head. What is read and written is of the arrays' type; what is between is in double precision.
 */
public final class DepthLoop {
    private final int heads;
    private final int part;
    private final int matrices;
    private final MatrixRows query;
    private final MatrixRows bias;
    private final List<MatrixRows> keys;
    private final List<MatrixRows> values;
    private final double scale;
    /** Rows of a tile. */
    private final int height;

    private final float[] scratch;
    private final double[] queries;
    /** A tile of a key or a value. */
    private final double[] one;
    /** A tile of a result, or of the gradient of y. */
    private final double[] result;
    /** A tile of the gradient of the query. */
    private final double[] sum;

    private final double[] weights;
    private final double[] slopes;
    private final double[] biases;

    /**
     * A loop.
     *
     * @param heads number of parts of the columns
     * @param size number of columns
     * @param inputs q, b, then the keys, then the values
     * @param matrices m, the number of keys
     */
    public DepthLoop(int heads, int size, List<MatrixRows> inputs, int matrices) {
        this.heads = heads;
        this.matrices = matrices;
        part = size / heads;
        query = inputs.get(0);
        bias = inputs.get(1);
        keys = List.copyOf(inputs.subList(2, 2 + matrices));
        values = List.copyOf(inputs.subList(2 + matrices, 2 + 2 * matrices));
        scale = 1 / Math.sqrt(part);
        int widest = Math.max(size, heads * matrices);
        height = Math.max(1, Tile.SIZE / widest);
        scratch = new float[height * widest];
        queries = new double[height * size];
        one = new double[height * size];
        result = new double[height * size];
        sum = new double[height * size];
        weights = new double[height * heads * matrices];
        slopes = new double[height * heads * matrices];
        biases = new double[matrices];
    }

    /**
     * Computes y.
     *
     * @param out gets y
     * @param alphas gets α; null for no one
     */
    public void forward(MatrixRows out, @Nullable MatrixRows alphas) {
        bias.load(0, 1, biases, new float[matrices]);
        for (int from = 0; from < out.rows(); from += height) {
            int count = Math.min(height, out.rows() - from);
            query.load(from, count, queries, scratch);
            for (int j = 0; j < matrices; j++) {
                keys.get(j).load(from, count, one, scratch);
                scores(j, count);
            }
            softmax(count);
            if (alphas != null) {
                alphas.store(from, count, weights, scratch);
            }
            Arrays.fill(result, 0);
            for (int j = 0; j < matrices; j++) {
                values.get(j).load(from, count, one, scratch);
                addWeighted(weights, j, one, result, count);
            }
            out.store(from, count, result, scratch);
        }
    }

    /** The scores of the key in {@link #one}. */
    private void scores(int j, int count) {
        for (int g = 0; g < count * heads; g++) {
            weights[g * matrices + j] = scale * dot(queries, one, g * part, part) + biases[j];
        }
    }

    private void softmax(int count) {
        for (int at = 0; at < count * heads * matrices; at += matrices) {
            double largest = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < matrices; j++) {
                largest = Math.max(largest, weights[at + j]);
            }
            double all = 0;
            for (int j = 0; j < matrices; j++) {
                weights[at + j] = Math.exp(weights[at + j] - largest);
                all += weights[at + j];
            }
            for (int j = 0; j < matrices; j++) {
                weights[at + j] /= all;
            }
        }
    }

    /** Adds {@code factors_j·from} to a tile, part by part. */
    private void addWeighted(double[] factors, int j, double[] from, double[] to, int count) {
        for (int g = 0; g < count * heads; g++) {
            add(factors[g * matrices + j], from, to, g * part, part);
        }
    }

    /**
     * Computes the gradients.
     *
     * @param alphas α
     * @param gradient that of y
     * @param results get the gradients of the inputs, in their order; null for no one
     */
    public void backward(MatrixRows alphas, MatrixRows gradient, @Nullable MatrixRows[] results) {
        double[] atBias = new double[matrices];
        for (int from = 0; from < gradient.rows(); from += height) {
            int count = Math.min(height, gradient.rows() - from);
            alphas.load(from, count, weights, scratch);
            gradient.load(from, count, result, scratch);
            for (int j = 0; j < matrices; j++) {
                values.get(j).load(from, count, one, scratch);
                for (int g = 0; g < count * heads; g++) {
                    slopes[g * matrices + j] = dot(result, one, g * part, part);
                }
                storeWeighted(weights, j, result, results[2 + matrices + j], from, count);
            }
            softmaxGradient(count, atBias);
            query.load(from, count, queries, scratch);
            Arrays.fill(sum, 0);
            for (int j = 0; j < matrices; j++) {
                keys.get(j).load(from, count, one, scratch);
                addWeighted(slopes, j, one, sum, count);
                storeWeighted(slopes, j, queries, results[2 + j], from, count);
            }
            MatrixRows atQuery = results[0];
            if (atQuery != null) {
                atQuery.store(from, count, sum, scratch);
            }
        }
        MatrixRows wanted = results[1];
        if (wanted != null) {
            wanted.store(0, 1, atBias, new float[matrices]);
        }
    }

    /** Turns the gradients of α into those of {@code q·k_j}, and adds those of b. */
    private void softmaxGradient(int count, double[] atBias) {
        for (int at = 0; at < count * heads * matrices; at += matrices) {
            double mean = dot(weights, slopes, at, matrices);
            for (int j = 0; j < matrices; j++) {
                double slope = weights[at + j] * (slopes[at + j] - mean);
                atBias[j] += slope;
                slopes[at + j] = slope * scale;
            }
        }
    }

    private void storeWeighted(
            double[] factors, int j, double[] tile, @Nullable MatrixRows wanted, int from, int count) {
        if (wanted != null) {
            for (int g = 0; g < count * heads; g++) {
                multiply(factors[g * matrices + j], tile, one, g * part, part);
            }
            wanted.store(from, count, one, scratch);
        }
    }

    private static void multiply(double factor, double[] from, double[] to, int at, int n) {
        for (int i = at; i < at + n; i++) {
            to[i] = factor * from[i];
        }
    }

    private static void add(double factor, double[] from, double[] to, int at, int n) {
        for (int i = at; i < at + n; i++) {
            to[i] += factor * from[i];
        }
    }

    /** In four sums, since each addition waits for the one before. */
    private static double dot(double[] a, double[] b, int at, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = at;
        for (; i + 4 <= at + n; i += 4) {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }
        for (; i < at + n; i++) {
            s0 += a[i] * b[i];
        }
        return s0 + s1 + (s2 + s3);
    }
}
