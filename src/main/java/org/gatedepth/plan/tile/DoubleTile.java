package org.gatedepth.plan.tile;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.util.Arrays;

/** Registers of doubles; exact rather than fast, since training is done in floats. */
final class DoubleTile implements Tile {
    static final ThreadLocal<DoubleTile> OF_THREAD = ThreadLocal.withInitial(DoubleTile::new);

    private double[][] registers = {};

    @Override
    public double highest() {
        return Double.MAX_VALUE;
    }

    @Override
    public void require(int count) {
        int old = registers.length;
        if (count > old) {
            registers = Arrays.copyOf(registers, count);
            for (int i = old; i < count; i++) {
                registers[i] = new double[SIZE];
            }
        }
    }

    @Override
    public void load(Buffer memory, int index, int register, int at, int length) {
        ((DoubleBuffer) memory).get(index, registers[register], at, length);
    }

    @Override
    public void store(int register, int at, Buffer memory, int index, int length) {
        ((DoubleBuffer) memory).put(index, registers[register], at, length);
    }

    @Override
    public void fill(int register, double value, int length) {
        Arrays.fill(registers[register], 0, length, value);
    }

    @Override
    public void repeat(int register, int count, int length) {
        double[] a = registers[register];
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
        double[] a = registers[register];
        double m0 = Double.NEGATIVE_INFINITY;
        double m1 = m0;
        double m2 = m0;
        double m3 = m0;
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
        double[] a = registers[register];
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        double s4 = 0;
        double s5 = 0;
        double s6 = 0;
        double s7 = 0;
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
        double[] a = registers[first];
        double[] b = registers[second];
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        double s4 = 0;
        double s5 = 0;
        double s6 = 0;
        double s7 = 0;
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
        shift(registers[register], at, at + length, add, factor);
    }

    private static void shift(double[] a, int from, int to, double add, double factor) {
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
        DoubleBuffer elements = (DoubleBuffer) memory;
        double[] a = registers[register];
        for (int i = 0; i < length; i++) {
            a[i] = elements.get(index + i * stride) == 0 ? 0 : 1;
        }
    }

    @Override
    public void exp(int register, int length) {
        double[] a = registers[register];
        for (int i = 0; i < length; i++) {
            a[i] = Math.exp(a[i]);
        }
    }

    @Override
    public void apply(ElementwiseOp op, int first, int second, int result, int length) {
        double[] a = registers[first];
        double[] b = registers[second];
        double[] out = registers[result];
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

    private static void add(double[] a, double[] b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = a[i] + b[i];
        }
    }

    private static void subtract(double[] a, double[] b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = a[i] - b[i];
        }
    }

    private static void multiply(double[] a, double[] b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = a[i] * b[i];
        }
    }

    private static void negate(double[] a, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = -a[i];
        }
    }

    private static void relu(double[] a, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = Math.max(a[i], 0);
        }
    }

    /** Without a branch, which would not be vectorised: the two factors lift the smallest positive number above 1. */
    private static void step(double[] a, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = Math.min(Math.max(a[i], 0) * 1e300 * 1e300, 1);
        }
    }

    private static void sigmoid(double[] a, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = 1 / (1 + Math.exp(-a[i]));
        }
    }

    private static void tanh(double[] a, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = Math.tanh(a[i]);
        }
    }
}
