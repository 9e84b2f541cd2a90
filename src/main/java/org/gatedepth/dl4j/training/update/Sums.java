package org.gatedepth.dl4j.training.update;

import java.nio.FloatBuffer;

/**
 * Sums over memory of floats. Pairs are added, then pairs of these sums, and so on, which is exact to some units of the
 * last place, and is vectorised.
 */
final class Sums {
    private static final int PIECE = 1024;

    private final float[] a = new float[PIECE];
    private final float[] b = new float[PIECE];

    /** The sum of the squares of {@code length} elements, from {@code from} on. */
    double squares(FloatBuffer memory, int from, int length) {
        double sum = 0;
        for (int at = 0; at < length; at += PIECE) {
            int n = Math.min(PIECE, length - at);
            memory.get(from + at, a, 0, n);
            for (int i = 0; i < n; i++) {
                a[i] *= a[i];
            }
            sum += sum(n);
        }
        return sum;
    }

    /** The sum of the magnitudes of {@code length} elements, from {@code from} on. */
    double magnitudes(FloatBuffer memory, int from, int length) {
        double sum = 0;
        for (int at = 0; at < length; at += PIECE) {
            int n = Math.min(PIECE, length - at);
            memory.get(from + at, a, 0, n);
            for (int i = 0; i < n; i++) {
                a[i] = Math.abs(a[i]);
            }
            sum += sum(n);
        }
        return sum;
    }

    private double sum(int length) {
        int n = length;
        while (n > 1) {
            int upper = n / 2;
            n -= upper;
            System.arraycopy(a, n, b, 0, upper);
            for (int i = 0; i < upper; i++) {
                a[i] += b[i];
            }
        }
        return a[0];
    }
}
