package org.gatedepth.plan.graph;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.gatedepth.plan.loop.FusedLoop;
import org.gatedepth.plan.tile.ElementwiseOp;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * An op of a plan.
 *
 * @param op what is done
 * @param inputs what it reads
 * @param outputs what it gives
 */
public record Node(DifferentialFunction op, List<Value> inputs, List<Value> outputs) {
    private static final String SHIFTED = "shifted_product";
    private static final String SHIFTED_GRADIENT = "shifted_product_bp";
    private static final String DEPTH_READ = "depth_read";
    private static final String DEPTH_READ_GRADIENT = "depth_read_bp";
    private static final Set<String> OF_PLANS = Set.of(
            SHIFTED,
            SHIFTED_GRADIENT,
            "self_attention",
            "self_attention_bp",
            "add_positions",
            "add_positions_bp",
            "normalized_rows",
            "normalized_rows_bp",
            DEPTH_READ,
            DEPTH_READ_GRADIENT);
    private static final Set<String> SUM_GRADIENTS = Set.of("add_bp", "subtract_bp");

    static Node of(SameDiffOp op) {
        List<Value> inputs = inputsOf(op).stream().map(Value::of).toList();
        if (SUM_GRADIENTS.contains(op.getOp().opName())) {
            // Of the two operands these ops read the shapes, to undo what was repeated.
            inputs = List.of(inputs.get(0).as(Value.Role.SHAPE), inputs.get(1).as(Value.Role.SHAPE), inputs.get(2));
        }
        return new Node(
                op.getOp(), inputs, op.getOutputsOfOp().stream().map(Value::of).toList());
    }

    /** The variables that an op of a graph reads. */
    static List<String> inputsOf(SameDiffOp op) {
        return op.getInputsToOp() == null ? List.of() : op.getInputsToOp();
    }

    /** The first result, which stands for the node. */
    public Value result() {
        return outputs.get(0);
    }

    /** Whether it works element by element, and so can become a part of a {@link FusedLoop}. */
    boolean isElementwise() {
        return SUM_GRADIENTS.contains(op.opName())
                || op.opName().equals("multiply_bp")
                || ElementwiseCall.of(op) != null;
    }

    /** Whether to compute it takes less time than to store and to load its result. */
    boolean isCheap() {
        ElementwiseCall call = ElementwiseCall.of(op);
        return call != null && call.op() != ElementwiseOp.SIGMOID && call.op() != ElementwiseOp.TANH;
    }

    /** Whether it is a product of two matrices as they are, or its gradient. */
    public boolean isPlainProduct() {
        return op instanceof DynamicCustomOp custom
                && (custom.opName().equals("matmul") || custom.opName().equals("matmul_bp"))
                && Arrays.stream(custom.iArgs()).allMatch(i -> i == 0);
    }

    /**
     * Whether it is a product over time steps, {@code y_t = Σ_j x_(t − s_j)·W_j}, or its gradient. It reads x, W and an
     * array of shape {@code [steps, sequences]}; the gradient at last that of y. ND4J cannot run it.
     */
    public boolean isShiftedProduct() {
        return op instanceof DynamicCustomOp custom
                && (custom.opName().equals(SHIFTED) || custom.opName().equals(SHIFTED_GRADIENT));
    }

    /** Whether it is attention of each row over several matrices, or its gradient. ND4J cannot run it. */
    public boolean isDepthRead() {
        return op.opName().equals(DEPTH_READ) || isGradientOfDepthRead();
    }

    /** Whether it is the gradient of attention of each row over several matrices. */
    public boolean isGradientOfDepthRead() {
        return op.opName().equals(DEPTH_READ_GRADIENT);
    }

    /** Whether it is an op that ND4J does not have, so that only a plan can run it. */
    boolean needsPlan() {
        return OF_PLANS.contains(op.opName());
    }

    /** The shifts of a product over time steps, in steps; of one over images, two for each tap. */
    public long[] shifts() {
        return ((DynamicCustomOp) op).iArgs();
    }

    /** Whether it is the gradient of a product. */
    public boolean isGradientOfProduct() {
        return op.opName().equals("matmul_bp") || op.opName().equals(SHIFTED_GRADIENT);
    }

    /** The gradient that the gradient of a product reads. */
    public Value productGradient() {
        return inputs.get(inputs.size() - 1);
    }
}
