package org.gatedepth.plan.tile;

import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Registers of floats. */
public final class FloatTile implements Tile {
    static final ThreadLocal<FloatTile> OF_THREAD = ThreadLocal.withInitial(() -> new FloatTile(SIZE));

    private final int size;
    private final Exponential exponential;
    private float[][] registers = {};

    /** No registers yet, which will be of so many elements. */
    public FloatTile(int size) {
        this.size = size;
        exponential = new Exponential(size);
    }

    /** Elements of a register. */
    public int size() {
        return size;
    }

    /** The elements of a register. */
    public float[] register(int number) {
        return registers[number];
    }

    @Override
    public double highest() {
        return Float.MAX_VALUE;
    }

    @Override
    public void require(int count) {
        int old = registers.length;
        if (count > old) {
            registers = Arrays.copyOf(registers, count);
            for (int i = old; i < count; i++) {
                registers[i] = new float[size];
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

    /** Four at a time, since each maximum waits for the one before. */
    @Override
    public double max(int register, int at, int length) {
        float[] a = registers[register];
        float m0 = Float.NEGATIVE_INFINITY;
        float m1 = m0;
        float m2 = m0;
        float m3 = m0;
        int end = at + length;
        int i = at;
        for (; i + 4 <= end; i += 4) {
            m0 = a[i] > m0 ? a[i] : m0;
            m1 = a[i + 1] > m1 ? a[i + 1] : m1;
            m2 = a[i + 2] > m2 ? a[i + 2] : m2;
            m3 = a[i + 3] > m3 ? a[i + 3] : m3;
        }
        for (; i < end; i++) {
            m0 = a[i] > m0 ? a[i] : m0;
        }
        return Math.max(Math.max(m0, m1), Math.max(m2, m3));
    }

    @Override
    public double sum(int register, int at, int length) {
        float[] a = registers[register];
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int end = at + length;
        int i = at;
        for (; i + 8 <= end; i += 8) {
            s0 += a[i];
            s1 += a[i + 1];
            s2 += a[i + 2];
            s3 += a[i + 3];
            s4 += a[i + 4];
            s5 += a[i + 5];
            s6 += a[i + 6];
            s7 += a[i + 7];
        }
        for (; i < end; i++) {
            s0 += a[i];
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }

    @Override
    public double dot(int first, int second, int at, int length) {
        float[] a = registers[first];
        float[] b = registers[second];
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int end = at + length;
        int i = at;
        for (; i + 8 <= end; i += 8) {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
            s4 += a[i + 4] * b[i + 4];
            s5 += a[i + 5] * b[i + 5];
            s6 += a[i + 6] * b[i + 6];
            s7 += a[i + 7] * b[i + 7];
        }
        for (; i < end; i++) {
            s0 += a[i] * b[i];
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }

    @Override
    public void shift(int register, int at, int length, double add, double factor) {
        shift(registers[register], at, at + length, (float) add, (float) factor);
    }

    private static void shift(float[] a, int from, int to, float add, float factor) {
        for (int i = from; i < to; i++) {
            a[i] = (a[i] + add) * factor;
        }
    }

    @Override
    public void zero(int register, int at, int length) {
        Arrays.fill(registers[register], at, at + length, 0);
    }

    @Override
    public void flags(Buffer memory, int index, int stride, int register, int length) {
        FloatBuffer elements = (FloatBuffer) memory;
        float[] a = registers[register];
        for (int i = 0; i < length; i++) {
            a[i] = elements.get(index + i * stride) == 0 ? 0 : 1;
        }
    }

    @Override
    public void exp(int register, int length) {
        float[] a = registers[register];
        exponential.reduce(a, 1, length);
        multiply(exponential.powers, exponential.factors, a, length);
    }

    @Override
    public void apply(ElementwiseOp op, int first, int second, int result, int length) {
        apply(op, registers[first], registers[second], registers[result], length);
    }

    /** Runs an operation on the first {@code length} elements of arrays, which are at most as long as a register. */
    public void apply(ElementwiseOp op, float[] a, float[] b, float[] out, int length) {
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
}
