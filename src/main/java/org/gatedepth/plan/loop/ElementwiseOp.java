package org.gatedepth.plan.loop;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.scalar.Step;

/** The element-by-element operations that a {@link FusedLoop} knows. */
public enum ElementwiseOp {
    /** a + b. */
    ADD,
    /** a − b. */
    SUBTRACT,
    /** a · b. */
    MULTIPLY,
    /** −a. */
    NEGATE,
    /** max(a, 0). */
    RELU,
    /** 1 where a &gt; 0, else 0. */
    STEP,
    /** 1 / (1 + exp(−a)). */
    SIGMOID,
    /** tanh(a). */
    TANH;

    /**
     * An op of SameDiff as one of these.
     *
     * @param op the operation
     * @param operands where its one or two operands come from
     */
    public record Call(ElementwiseOp op, List<Operand> operands) {}

    /** Where an operand of a {@link Call} comes from. */
    public enum Operand {
        FIRST_INPUT,
        SECOND_INPUT,
        SCALAR
    }

    /** What an op of SameDiff is, or null where it is none of these. */
    public static @Nullable Call of(DifferentialFunction op) {
        boolean cutoffAtZero =
                !(op instanceof RectifiedLinear relu && relu.scalar().getDouble(0) != 0)
                        && !(op instanceof Step step && step.scalar().getDouble(0) != 0);
        return switch (op.opName()) {
            case "add" -> binary(ADD);
            case "subtract" -> binary(SUBTRACT);
            case "multiply" -> binary(MULTIPLY);
            case "add_scalar" -> new Call(ADD, List.of(Operand.FIRST_INPUT, Operand.SCALAR));
            case "sub_scalar" -> new Call(SUBTRACT, List.of(Operand.FIRST_INPUT, Operand.SCALAR));
            case "rsub_scalar" -> new Call(SUBTRACT, List.of(Operand.SCALAR, Operand.FIRST_INPUT));
            case "mul_scalar" -> new Call(MULTIPLY, List.of(Operand.FIRST_INPUT, Operand.SCALAR));
            case "square" -> new Call(MULTIPLY, List.of(Operand.FIRST_INPUT, Operand.FIRST_INPUT));
            case "neg" -> unary(NEGATE);
            case "relu" -> cutoffAtZero ? unary(RELU) : null;
            case "step" -> cutoffAtZero ? unary(STEP) : null;
            case "sigmoid" -> unary(SIGMOID);
            case "tanh" -> unary(TANH);
            default -> null;
        };
    }

    private static Call binary(ElementwiseOp op) {
        return new Call(op, List.of(Operand.FIRST_INPUT, Operand.SECOND_INPUT));
    }

    private static Call unary(ElementwiseOp op) {
        return new Call(op, List.of(Operand.FIRST_INPUT));
    }
}
