package org.gatedepth.plan;

import java.util.Arrays;
import java.util.List;

/**
 * Cheaper ops for ND4J's backward ops, chosen when the shapes are known.
 *
 * <p>A backward op computes the gradients of all its inputs, sums where it may have broadcast, and copies where a gradient
 * is only handed on. Here a gradient that nobody reads is left out, and one that is handed on is the same array.
 */
final class BackwardLowering {
    /** What a plan offers. Variables go by their names. */
    interface Plan {
        /** Whether any op, or the caller, reads a variable. */
        boolean isNeeded(String variable);

        /** Its shape. */
        long[] shape(String variable);

        /** Says that a variable is the same as another. */
        void alias(String variable, String same);

        /** Adds an operation on arrays of one shape; the second operand may also be one row or one element. */
        void elementwise(String result, ElementwiseOp op, String... operands);

        /** Whether {@link #sum} can be had of the first variable, or of an elementwise result of all of them. */
        boolean sums(String... variables);

        /** Adds a sum over all rows, or over all elements; {@code like} has the shape of the result. */
        void sum(String result, String variable, String like);

        /** Adds a product of matrices. */
        void product(String result, String a, boolean transposeA, String b, boolean transposeB);
    }

    private BackwardLowering() {}

    /**
     * Lowers an op, or says that it does not know how.
     *
     * @param op its name
     * @param integers its integer arguments
     * @param in the two operands of the forward op, and the gradient of its result
     * @param out the gradients of the operands
     */
    static boolean lower(String op, long[] integers, List<String> in, List<String> out, Plan plan) {
        return switch (op) {
            case "add_bp" -> sum(in, out, plan, false);
            case "subtract_bp" -> sum(in, out, plan, true);
            case "multiply_bp" -> product(in, out, plan);
            case "matmul_bp" -> matrixProduct(integers, in, out, plan);
            default -> false;
        };
    }

    private static boolean sum(List<String> in, List<String> out, Plan plan, boolean negateSecond) {
        String g = in.get(2);
        if (!isSameOrSummable(in.get(0), plan, g) || !isSameOrSummable(in.get(1), plan, g)) {
            return false;
        }
        for (int i = 0; i < 2; i++) {
            String gradient = out.get(i);
            if (!plan.isNeeded(gradient)) {
                continue;
            }
            boolean negate = negateSecond && i == 1;
            boolean same = isSame(in.get(i), g, plan);
            if (negate) {
                String negative = same ? gradient : gradient + " before its sum";
                plan.elementwise(negative, ElementwiseOp.NEGATE, g);
                g = negative;
            } else if (same) {
                plan.alias(gradient, g);
            }
            if (!same) {
                plan.sum(gradient, g, in.get(i));
            }
        }
        return true;
    }

    private static boolean product(List<String> in, List<String> out, Plan plan) {
        String g = in.get(2);
        if (!isSameOrSummable(in.get(0), plan, g, in.get(1)) || !isSameOrSummable(in.get(1), plan, g, in.get(0))) {
            return false;
        }
        for (int i = 0; i < 2; i++) {
            String gradient = out.get(i);
            if (plan.isNeeded(gradient)) {
                boolean same = isSame(in.get(i), g, plan);
                String full = same ? gradient : gradient + " before its sum";
                plan.elementwise(full, ElementwiseOp.MULTIPLY, g, in.get(1 - i));
                if (!same) {
                    plan.sum(gradient, full, in.get(i));
                }
            }
        }
        return true;
    }

    private static boolean isSame(String operand, String g, Plan plan) {
        return Arrays.equals(plan.shape(operand), plan.shape(g));
    }

    /** Whether an operand has the shape of the result, or was repeated in a way that {@link Plan#sum} can undo. */
    private static boolean isSameOrSummable(String operand, Plan plan, String... summands) {
        LoopBuilder.Fit fit = LoopBuilder.fit(plan.shape(summands[0]), plan.shape(operand));
        return fit == LoopBuilder.Fit.FULL || (fit != null && plan.sums(summands));
    }

    private static boolean matrixProduct(long[] integers, List<String> in, List<String> out, Plan plan) {
        boolean transposed = Arrays.stream(integers).anyMatch(i -> i != 0);
        String a = in.get(0);
        String b = in.get(1);
        String g = in.get(2);
        if (transposed || plan.shape(a).length != 2 || plan.shape(b).length != 2) {
            return false;
        }
        if (plan.isNeeded(out.get(0))) {
            plan.product(out.get(0), g, false, b, true);
        }
        if (plan.isNeeded(out.get(1))) {
            plan.product(out.get(1), a, true, g, false);
        }
        return true;
    }
}
