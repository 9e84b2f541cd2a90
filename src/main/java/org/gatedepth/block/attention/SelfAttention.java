package org.gatedepth.block.attention;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Scaled dot-product attention of each sequence to itself in several heads, as one op over rows in time-major order:
 * {@code c_i = Σ_j p_ij·v_j}, where {@code p_i = softmax_j(q_i·k_j/√size)} and size is the number of features of a
 * head.
 *
 * <p>ND4J has no such op. The package {@code plan} does it, which knows the op by its name and its integer arguments;
 * SameDiff's own session cannot run it. Its inputs are:
 *
 * <ul>
 *   <li>{@code qkv [steps·sequences, 3·width]}, the queries, keys and values side by side, each with its heads side by
 *       side
 *   <li>{@code steps [steps, sequences]}, of which only the shape is read
 *   <li>{@code mask [steps·sequences, 1]}, if there is one: where it is 0 a step is no key. Its weight is exactly 0,
 *       and a query without any key gives 0 and has no gradient
 * </ul>
 *
 * <p>Its outputs are the contexts {@code c [steps·sequences, width]} and the weights {@code p [sequences·heads·steps,
 * steps]}, which have no gradient of their own: row {@code (b·heads + h)·steps + i} is step i of sequence b in head h.
 * The weights are what a backward pass needs, so training keeps them; inference needs those of one head of one sequence
 * at a time.
 *
 * <p>Source: Vaswani et al. 2017, <i>Attention Is All You Need</i>, arXiv 1706.03762, equation 1.
 */
public class SelfAttention extends DynamicCustomOp {

    /**
     * Adds the op to a graph.
     *
     * @param heads how many there are; they divide the width
     * @param causal whether a step attends to no later one
     */
    public SelfAttention(
            SameDiff sd, SDVariable qkv, SDVariable steps, @Nullable SDVariable mask, int heads, boolean causal) {
        this(
                sd,
                mask == null ? new SDVariable[] {qkv, steps} : new SDVariable[] {qkv, steps, mask},
                heads,
                causal ? 1 : 0);
    }

    private SelfAttention(SameDiff sd, SDVariable[] inputs, long... arguments) {
        super(null, sd, inputs);
        addIArgument(arguments);
    }

    /** The contexts. */
    public SDVariable context() {
        return outputVariables()[0];
    }

    /** The weights. */
    public SDVariable weights() {
        return outputVariables()[1];
    }

    @Override
    public String opName() {
        return "self_attention";
    }

    @Override
    public int getNumOutputs() {
        return 2;
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
        return Collections.nCopies(getNumOutputs(), inputs.get(0));
    }

    /** The gradient of qkv; the others have none. */
    @Override
    public List<SDVariable> doDiff(List<SDVariable> gradients) {
        SDVariable[] inputs = Arrays.copyOf(args(), args().length + 2);
        inputs[args().length] = weights();
        inputs[args().length + 1] = gradients.get(0);
        return List.of(new Gradient(sameDiff, inputs, iArgs()).outputVariables()[0]);
    }

    /**
     * Gives the gradient of qkv from the inputs, the weights and the gradient of the contexts. Its second output is
     * memory that it needs on the way.
     */
    private static final class Gradient extends SelfAttention {
        Gradient(SameDiff sd, SDVariable[] inputs, long... arguments) {
            super(sd, inputs, arguments);
        }

        @Override
        public String opName() {
            return "self_attention_bp";
        }
    }
}
