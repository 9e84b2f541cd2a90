package org.gatedepth.plan.tile;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * The exponential function in loops without a call, accurate to the last place or two; the reduction and the polynomial
 * of Cephes' {@code expf}.
 *
 * <p>{@code exp(x) = 2ⁿ·exp(r)} with {@code |r| ≤ ln(2)/2}. Adding 1.5·2²³ leaves {@code n} in the last bits of the
 * sum; shifted by 23 they are the exponent of 2ⁿ. Floats become bits by way of a buffer, since
 * {@code Float.floatToRawIntBits} in a loop is not vectorised.
 */
final class Exponential {
    private static final float ROUND = 12582912f;

    /** 2ⁿ. */
    final float[] powers;
    /** exp(r). */
    final float[] factors;

    private final int[] bits;
    private final FloatBuffer asFloats;
    private final IntBuffer asBits;

    /** For at most so many numbers at a time. */
    Exponential(int size) {
        powers = new float[size];
        factors = new float[size];
        bits = new int[size];
        ByteBuffer memory = ByteBuffer.allocateDirect(size * Float.BYTES).order(ByteOrder.nativeOrder());
        asFloats = memory.asFloatBuffer();
        asBits = memory.asIntBuffer();
    }

    /** Computes the two factors of {@code exp(sign · a)}. */
    void reduce(float[] a, float sign, int n) {
        reduce(a, sign, powers, factors, n);
        asFloats.put(0, powers, 0, n);
        asBits.get(0, bits, 0, n);
        shift(bits, n);
        asBits.put(0, bits, 0, n);
        asFloats.get(0, powers, 0, n);
    }

    @SuppressWarnings("FloatingPointLiteralPrecision") // the coefficients as published
    private static void reduce(float[] a, float sign, float[] powers, float[] factors, int n) {
        for (int i = 0; i < n; i++) {
            float x = Math.max(-87f, Math.min(88f, sign * a[i]));
            float rounded = x * 1.44269504088896341f + ROUND;
            float power = rounded - ROUND;
            float r = x - power * 0.693359375f;
            r = r + power * 2.12194440e-4f;
            float p = r * 1.9875691500e-4f + 1.3981999507e-3f;
            p = r * p + 8.3334519073e-3f;
            p = r * p + 4.1665795894e-2f;
            p = r * p + 1.6666665459e-1f;
            p = r * p + 5.0000001201e-1f;
            powers[i] = rounded;
            factors[i] = p * r * r + r + 1f;
        }
    }

    private static void shift(int[] bits, int n) {
        for (int i = 0; i < n; i++) {
            bits[i] = (bits[i] << 23) + 0x3f800000;
        }
    }
}
