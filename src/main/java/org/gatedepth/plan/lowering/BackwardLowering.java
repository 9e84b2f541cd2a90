package org.gatedepth.plan.lowering;

import java.util.Arrays;
import java.util.List;
import org.gatedepth.plan.graph.Node;
import org.gatedepth.plan.graph.Value;
import org.gatedepth.plan.tile.ElementwiseOp;

/**
 * Cheaper ops for ND4J's backward ops, chosen when the shapes are known.
 *
 * <p>A backward op computes the gradients of all its inputs, sums where it may have broadcast, and copies where a
 * gradient is only handed on. Here a gradient that nobody reads is left out, and one that is handed on is the same
 * array.
 */
public final class BackwardLowering {
    private BackwardLowering() {}

    /**
     * Lowers a node, or says that it does not know how.
     *
     * @param node its inputs are the two operands of the forward op and the gradient of its result, its outputs the
     *     gradients of the operands
     * @param emitter gets the calls
     */
    public static boolean lower(Node node, Emitter emitter) {
        return switch (node.op().opName()) {
            case "add_bp" -> sum(node, emitter, false);
            case "subtract_bp" -> sum(node, emitter, true);
            case "multiply_bp" -> product(node, emitter);
            default -> false;
        };
    }

    private static boolean sum(Node node, Emitter emitter, boolean negateSecond) {
        List<Value> in = node.inputs();
        Value g = in.get(2);
        if (!isSameOrSummable(in.get(0), emitter, g) || !isSameOrSummable(in.get(1), emitter, g)) {
            return false;
        }
        for (int i = 0; i < 2; i++) {
            Value gradient = node.outputs().get(i);
            if (!emitter.isNeeded(gradient)) {
                continue;
            }
            boolean negate = negateSecond && i == 1;
            boolean same = isSame(in.get(i), g, emitter);
            if (negate) {
                Value negative = same ? gradient : gradient.as(Value.Role.SUMMANDS);
                emitter.elementwise(negative, ElementwiseOp.NEGATE, g);
                g = negative;
            } else if (same) {
                emitter.alias(gradient, g);
            }
            if (!same) {
                emitter.sum(gradient, g, in.get(i));
            }
        }
        return true;
    }

    private static boolean product(Node node, Emitter emitter) {
        List<Value> in = node.inputs();
        Value g = in.get(2);
        for (int i = 0; i < 2; i++) {
            if (emitter.isNeeded(node.outputs().get(i)) && !isSameOrSummable(in.get(i), emitter, g, in.get(1 - i))) {
                return false;
            }
        }
        for (int i = 0; i < 2; i++) {
            Value gradient = node.outputs().get(i);
            if (emitter.isNeeded(gradient)) {
                boolean same = isSame(in.get(i), g, emitter);
                Value full = same ? gradient : gradient.as(Value.Role.SUMMANDS);
                emitter.elementwise(full, ElementwiseOp.MULTIPLY, g, in.get(1 - i));
                if (!same) {
                    emitter.sum(gradient, full, in.get(i));
                }
            }
        }
        return true;
    }

    private static boolean isSame(Value operand, Value g, Emitter emitter) {
        return Arrays.equals(emitter.shape(operand), emitter.shape(g));
    }

    /** Whether an operand has the shape of the result, or was repeated in a way that {@link Emitter#sum} can undo. */
    private static boolean isSameOrSummable(Value operand, Emitter emitter, Value... summands) {
        LoopBuilder.Fit fit = LoopBuilder.fit(emitter.shape(summands[0]), emitter.shape(operand));
        return fit == LoopBuilder.Fit.FULL || (fit != null && emitter.sums(summands));
    }
}
