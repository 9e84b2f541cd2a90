package org.gatedepth.plan;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;

/**
 * Cheaper ops for ND4J's backward ops, chosen when the shapes are known.
 *
 * <p>A backward op computes the gradients of all its inputs, sums where it may have broadcast, and copies where a gradient
 * is only handed on. Here a gradient that nobody reads is left out, one that is handed on is the same array, and the
 * gradient of a bias is a product with a row of ones.
 */
final class BackwardLowering {
    /** What a plan offers for the outputs of the op that is being lowered. */
    interface Emitter {
        /** Whether any op, or the caller, reads this output. */
        boolean isNeeded(int output);

        /** A new array for this output. */
        INDArray allocate(int output, long[] shape);

        /** Says that this output is that array. */
        void alias(int output, INDArray array);

        /** A row {@code [1, length]} of ones. */
        INDArray ones(INDArray like, long length);

        /** Adds a call. */
        void emit(String op, INDArray out, long[] integers, INDArray... in);

        /** Adds a call of an op that has its arrays. */
        void emit(Op op);
    }

    private static final long[] NONE = {};
    private static final long[] PLAIN = {0, 0, 0};
    private static final long[] TRANSPOSE_FIRST = {1, 0, 0};
    private static final long[] TRANSPOSE_SECOND = {0, 1, 0};

    private BackwardLowering() {}

    /** Lowers an op, or says that it does not know how. */
    static boolean lower(String op, long[] integers, INDArray[] in, Emitter plan) {
        return switch (op) {
            case "add_bp" -> sum(in, plan, false);
            case "subtract_bp" -> sum(in, plan, true);
            case "multiply_bp" -> product(in, plan);
            case "matmul_bp" -> matrixProduct(integers, in, plan);
            default -> false;
        };
    }

    private static boolean sum(INDArray[] in, Emitter plan, boolean negateSecond) {
        INDArray g = in[2];
        boolean biasSecond = !negateSecond && isRow(in[1], g);
        if (!in[0].equalShapes(g) || !(in[1].equalShapes(g) || biasSecond)) {
            return false;
        }
        if (plan.isNeeded(0)) {
            plan.alias(0, g);
        }
        if (plan.isNeeded(1)) {
            if (biasSecond) {
                plan.emit("matmul", plan.allocate(1, in[1].shape()), PLAIN, plan.ones(g, g.size(0)), g);
            } else if (negateSecond) {
                plan.emit(new Negative(g, plan.allocate(1, g.shape())));
            } else {
                plan.alias(1, g);
            }
        }
        return true;
    }

    private static boolean isRow(INDArray bias, INDArray g) {
        return bias.rank() == 2 && g.rank() == 2 && bias.size(0) == 1 && bias.size(1) == g.size(1) && g.size(0) > 1;
    }

    private static boolean product(INDArray[] in, Emitter plan) {
        INDArray g = in[2];
        if (!in[0].equalShapes(g) || !in[1].equalShapes(g)) {
            return false;
        }
        for (int i = 0; i < 2; i++) {
            if (plan.isNeeded(i)) {
                plan.emit("multiply", plan.allocate(i, g.shape()), NONE, g, in[1 - i]);
            }
        }
        return true;
    }

    private static boolean matrixProduct(long[] integers, INDArray[] in, Emitter plan) {
        boolean transposed = Arrays.stream(integers).anyMatch(i -> i != 0);
        if (transposed || in[0].rank() != 2 || in[1].rank() != 2) {
            return false;
        }
        INDArray g = in[2];
        if (plan.isNeeded(0)) {
            plan.emit("matmul", plan.allocate(0, in[0].shape()), TRANSPOSE_SECOND, g, in[1]);
        }
        if (plan.isNeeded(1)) {
            plan.emit("matmul", plan.allocate(1, in[1].shape()), TRANSPOSE_FIRST, in[0], g);
        }
        return true;
    }
}
