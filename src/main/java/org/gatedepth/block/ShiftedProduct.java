package org.gatedepth.block;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * The product of {@link Taps} as one op, {@code y_t = Σ_j x_(t − s_j)·W_j} over rows in time-major order.
 *
 * <p>ND4J has no such op. The package {@code plan} does it, which knows the op by its name and its integer arguments,
 * the shifts {@code s_j}; SameDiff's own session cannot run it. Its inputs are:
 *
 * <ul>
 *   <li>{@code x [steps·sequences, inputs]}
 *   <li>{@code W [taps·inputs, outputs]}
 *   <li>{@code steps [steps, sequences]}, of which only the shape is read; for images {@code [height, width, images]}
 * </ul>
 */
public class ShiftedProduct extends DynamicCustomOp {

    /**
     * Adds the op to a graph.
     *
     * @param shifts {@code s_j} in time steps, one for each tap; for images two for each, as {@link Taps#shifts()}
     *     gives
     */
    public ShiftedProduct(SameDiff sd, SDVariable x, SDVariable w, SDVariable steps, long... shifts) {
        this(sd, new SDVariable[] {x, w, steps}, shifts);
    }

    private ShiftedProduct(SameDiff sd, SDVariable[] inputs, long... shifts) {
        super(null, sd, inputs);
        addIArgument(shifts);
    }

    @Override
    public String opName() {
        return "shifted_product";
    }

    @Override
    public int getNumOutputs() {
        return 1;
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
        return Collections.nCopies(getNumOutputs(), inputs.get(0));
    }

    /** The gradients of x and W; steps has none. */
    @Override
    public List<SDVariable> doDiff(List<SDVariable> gradients) {
        SDVariable[] inputs = {arg(0), arg(1), arg(2), gradients.get(0)};
        return Arrays.asList(new Gradient(sameDiff, inputs, iArgs()).outputVariables());
    }

    /** Gives the gradients of x and W from x, W, steps and the gradient of y. */
    private static final class Gradient extends ShiftedProduct {
        Gradient(SameDiff sd, SDVariable[] inputs, long... shifts) {
            super(sd, inputs, shifts);
        }

        @Override
        public String opName() {
            return "shifted_product_bp";
        }

        @Override
        public int getNumOutputs() {
            return 2;
        }
    }
}
