package org.gatedepth.plan.loop;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/** Registers of floats. */
final class FloatTile implements Tile {
    static final ThreadLocal<FloatTile> OF_THREAD = ThreadLocal.withInitial(FloatTile::new);

    private final Exponential exponential = new Exponential();
    private float[][] registers = {};

    @Override
    public void require(int count) {
        int old = registers.length;
        if (count > old) {
            registers = Arrays.copyOf(registers, count);
            for (int i = old; i < count; i++) {
                registers[i] = new float[SIZE];
            }
        }
    }

    @Override
    public void load(Buffer memory, int index, int register, int at, int length) {
        ((FloatBuffer) memory).get(index, registers[register], at, length);
    }

    @Override
    public void store(int register, int at, Buffer memory, int index, int length) {
        ((FloatBuffer) memory).put(index, registers[register], at, length);
    }

    @Override
    public void fill(int register, double value, int length) {
        Arrays.fill(registers[register], 0, length, (float) value);
    }

    @Override
    public void repeat(int register, int count, int length) {
        float[] a = registers[register];
        for (int at = count; at < length; at += count) {
            System.arraycopy(a, 0, a, at, Math.min(count, length - at));
        }
    }

    @Override
    public void copy(int from, int start, int to, int length) {
        System.arraycopy(registers[from], start, registers[to], 0, length);
    }

    @Override
    public double sum(int register, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += registers[register][i];
        }
        return sum;
    }

    @Override
    public void apply(ElementwiseOp op, int first, int second, int result, int length) {
        float[] a = registers[first];
        float[] b = registers[second];
        float[] out = registers[result];
        switch (op) {
            case ADD -> add(a, b, out, length);
            case SUBTRACT -> subtract(a, b, out, length);
            case MULTIPLY -> multiply(a, b, out, length);
            case NEGATE -> negate(a, out, length);
            case RELU -> relu(a, out, length);
            case STEP -> step(a, out, length);
            case SIGMOID -> sigmoid(a, out, length);
            case TANH -> tanh(a, out, length);
        }
    }

    private static void add(float[] a, float[] b, float[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = a[i] + b[i];
        }
    }

    private static void subtract(float[] a, float[] b, float[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = a[i] - b[i];
        }
    }

    private static void multiply(float[] a, float[] b, float[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = a[i] * b[i];
        }
    }

    private static void negate(float[] a, float[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = -a[i];
        }
    }

    private static void relu(float[] a, float[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = Math.max(a[i], 0f);
        }
    }

    /** Without a branch, which would not be vectorised: the two factors lift the smallest positive number above 1. */
    private static void step(float[] a, float[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = Math.min(Math.max(a[i], 0f) * 1e30f * 1e30f, 1f);
        }
    }

    private void sigmoid(float[] a, float[] out, int n) {
        exponential.reduce(a, -1, n);
        for (int i = 0; i < n; i++) {
            out[i] = 1f / (1f + exponential.powers[i] * exponential.factors[i]);
        }
    }

    /**
     * A rational function of degrees 13 and 6, in error by a few units of the last place; the one of Eigen's
     * {@code ptanh}.
     */
    @SuppressWarnings("FloatingPointLiteralPrecision") // the coefficients as published
    private static void tanh(float[] a, float[] out, int n) {
        for (int i = 0; i < n; i++) {
            float x = Math.max(-7.90531110763549805f, Math.min(7.90531110763549805f, a[i]));
            float x2 = x * x;
            float p = x2 * -2.76076847742355e-16f + 2.00018790482477e-13f;
            p = x2 * p + -8.60467152213735e-11f;
            p = x2 * p + 5.12229709037114e-08f;
            p = x2 * p + 1.48572235717979e-05f;
            p = x2 * p + 6.37261928875436e-04f;
            p = x2 * p + 4.89352455891786e-03f;
            float q = x2 * 1.19825839466702e-06f + 1.18534705686654e-04f;
            q = x2 * q + 2.26843463243900e-03f;
            q = x2 * q + 4.89352518554385e-03f;
            out[i] = x * p / q;
        }
    }

    /**
     * The exponential function in loops without a call, accurate to the last place or two; the reduction and the
     * polynomial of Cephes' {@code expf}.
     *
     * <p>{@code exp(x) = 2ⁿ·exp(r)} with {@code |r| ≤ ln(2)/2}. Adding 1.5·2²³ leaves {@code n} in the last bits of the
     * sum; shifted by 23 they are the exponent of 2ⁿ. Floats become bits by way of a buffer, since
     * {@code Float.floatToRawIntBits} in a loop is not vectorised.
     */
    private static final class Exponential {
        private static final float ROUND = 12582912f;

        /** 2ⁿ. */
        private final float[] powers = new float[SIZE];
        /** exp(r). */
        private final float[] factors = new float[SIZE];

        private final int[] bits = new int[SIZE];
        private final FloatBuffer asFloats;
        private final IntBuffer asBits;

        Exponential() {
            ByteBuffer memory = ByteBuffer.allocateDirect(SIZE * Float.BYTES).order(ByteOrder.nativeOrder());
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
}
