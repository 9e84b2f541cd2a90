package org.gatedepth.block;

/**
 * One parameter of a block, always a matrix {@code [rows, columns]}; a bias has one row.
 *
 * @param name unique within the block; scopes are set apart by {@code /}, and {@code _} is not allowed because
 *     Deeplearning4j splits its keys there
 * @param role weights are regularised, biases are not
 * @param rows number of rows
 * @param columns number of columns
 * @param init the initial value
 */
public record ParamSpec(String name, Role role, long rows, long columns, Init init) {

    /** What the parameter is to regularisation. */
    public enum Role {
        /** A matrix of a linear map: subject to L1, L2 and weight decay. */
        WEIGHT,
        /** A bias, gain or skip weight: subject to the bias regularisation only. */
        BIAS
    }

    /** How a parameter starts. */
    public sealed interface Init {
        /** By the weight initialisation that the user chose, for a linear map of that fan-in and fan-out. */
        record Scheme(long fanIn, long fanOut) implements Init {}

        /**
         * Normal with variance {@code 2/(fanIn + fanOut)} (Glorot &amp; Bengio 2010), whatever the user chose: for
         * gates and projections, whose activation is not the transform's.
         */
        record Xavier(long fanIn, long fanOut) implements Init {}

        /** Every element the same. */
        record Constant(double value) implements Init {}
    }

    /** Checks the name and the shape. */
    public ParamSpec {
        if (name.isEmpty() || name.contains("_")) {
            throw new IllegalArgumentException(
                    "a parameter name must not be empty or contain '_', got \"" + name + "\"");
        }
        if (rows < 1 || columns < 1) {
            throw new IllegalArgumentException(
                    "parameter " + name + " must have a positive shape, got [" + rows + ", " + columns + "]");
        }
    }

    /** The matrix of a linear map of {@code taps·nIn} inputs. As in a convolution, the fan-out also counts the taps. */
    public static ParamSpec weight(String name, int taps, long nIn, long nOut) {
        return new ParamSpec(name, Role.WEIGHT, taps * nIn, nOut, new Init.Scheme(taps * nIn, taps * nOut));
    }

    /** The matrix of a projection. */
    public static ParamSpec xavier(String name, long nIn, long nOut) {
        return xavier(name, 1, nIn, nOut);
    }

    /** The matrix of a gate; taps as for {@link #weight}. */
    static ParamSpec xavier(String name, int taps, long nIn, long nOut) {
        return new ParamSpec(name, Role.WEIGHT, taps * nIn, nOut, new Init.Xavier(taps * nIn, taps * nOut));
    }

    /** A row vector that starts at a constant. */
    public static ParamSpec bias(String name, long columns, double value) {
        return new ParamSpec(name, Role.BIAS, 1, columns, new Init.Constant(value));
    }

    /** The shape, {@code [rows, columns]}. */
    public long[] shape() {
        return new long[] {rows, columns};
    }

    /** Number of elements. */
    public long length() {
        return rows * columns;
    }

    /** The same parameter below a scope. */
    ParamSpec scoped(String scope) {
        return below(scope + "/");
    }

    /** The same parameter, its name after a prefix. */
    ParamSpec below(String prefix) {
        return new ParamSpec(prefix + name, role, rows, columns, init);
    }
}
