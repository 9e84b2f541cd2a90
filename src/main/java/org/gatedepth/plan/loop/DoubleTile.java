package org.gatedepth.plan.loop;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.util.Arrays;

/** Registers of doubles; exact rather than fast, since training is done in floats. */
final class DoubleTile implements Tile {
    static final ThreadLocal<DoubleTile> OF_THREAD = ThreadLocal.withInitial(DoubleTile::new);

    private double[][] registers = {};

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
