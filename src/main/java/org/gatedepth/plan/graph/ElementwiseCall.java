package org.gatedepth.plan.graph;

import java.util.List;
import org.gatedepth.plan.tile.ElementwiseOp;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.scalar.Step;

/**
 * An op of SameDiff as an {@link ElementwiseOp}.
 *
 * @param op the operation
 * @param operands where its one or two operands come from
 */
public record ElementwiseCall(ElementwiseOp op, List<Operand> operands) {
    /** Where an operand comes from. */
    public enum Operand {
        FIRST_INPUT,
        SECOND_INPUT,
        SCALAR
    }

    /** What an op of SameDiff is, or null where it is none of these. */
    public static @Nullable ElementwiseCall of(DifferentialFunction op) {
        boolean cutoffAtZero =
                !(op instanceof RectifiedLinear relu && relu.scalar().getDouble(0) != 0)
                        && !(op instanceof Step step && step.scalar().getDouble(0) != 0);
        return switch (op.opName()) {
            case "add" -> binary(ElementwiseOp.ADD);
            case "subtract" -> binary(ElementwiseOp.SUBTRACT);
            case "multiply" -> binary(ElementwiseOp.MULTIPLY);
            case "add_scalar" -> of(ElementwiseOp.ADD, Operand.FIRST_INPUT, Operand.SCALAR);
            case "sub_scalar" -> of(ElementwiseOp.SUBTRACT, Operand.FIRST_INPUT, Operand.SCALAR);
            case "rsub_scalar" -> of(ElementwiseOp.SUBTRACT, Operand.SCALAR, Operand.FIRST_INPUT);
            case "mul_scalar" -> of(ElementwiseOp.MULTIPLY, Operand.FIRST_INPUT, Operand.SCALAR);
            case "square" -> of(ElementwiseOp.MULTIPLY, Operand.FIRST_INPUT, Operand.FIRST_INPUT);
            case "neg" -> of(ElementwiseOp.NEGATE, Operand.FIRST_INPUT);
            case "relu" -> cutoffAtZero ? of(ElementwiseOp.RELU, Operand.FIRST_INPUT) : null;
            case "step" -> cutoffAtZero ? of(ElementwiseOp.STEP, Operand.FIRST_INPUT) : null;
            case "sigmoid" -> of(ElementwiseOp.SIGMOID, Operand.FIRST_INPUT);
            case "tanh" -> of(ElementwiseOp.TANH, Operand.FIRST_INPUT);
            default -> null;
        };
    }

    private static ElementwiseCall binary(ElementwiseOp op) {
        return of(op, Operand.FIRST_INPUT, Operand.SECOND_INPUT);
    }

    private static ElementwiseCall of(ElementwiseOp op, Operand... operands) {
        return new ElementwiseCall(op, List.of(operands));
    }
}
