package org.gatedepth.block.depth;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Attention of each row over m matrices, {@code y = Σ_j α_j·v_j} with {@code α = softmax_j(q·k_j/√d + b_j)}, as one op.
 *
 * <p>With several heads the columns are parts of equal size, and each part has its own {@code α}; d is the size of a
 * part. ND4J has no such op. The package {@code plan} does it, which knows the op by its name and its integer argument,
 * the number of heads; SameDiff's own session cannot run it. Its inputs are:
 *
 * <ul>
 *   <li>{@code q [rows, size]}
 *   <li>{@code b [1, m]}
 *   <li>{@code k_1, …, k_m [rows, size]}
 *   <li>{@code v_1, …, v_m [rows, size]}
 * </ul>
 *
 * <p>Its outputs are {@code y [rows, size]} and {@code α [rows, heads·m]}, head by head.
 */
public class DepthRead extends DynamicCustomOp {

    private DepthRead(SameDiff sd, SDVariable[] inputs, long heads) {
        super(null, sd, inputs);
        addIArgument(heads);
    }

    /** Adds the op to a graph, and gives y and α. */
    static SDVariable[] of(
            SameDiff sd, SDVariable query, SDVariable bias, List<SDVariable> keys, List<SDVariable> values, int heads) {
        List<SDVariable> inputs = new ArrayList<>(List.of(query, bias));
        inputs.addAll(keys);
        inputs.addAll(values);
        return new DepthRead(sd, inputs.toArray(new SDVariable[0]), heads).outputVariables();
    }

    @Override
    public String opName() {
        return "depth_read";
    }

    @Override
    public int getNumOutputs() {
        return 2;
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
        return Collections.nCopies(getNumOutputs(), inputs.get(0));
    }

    /** The gradients of all inputs. That of α is not asked: it is read by nothing but its own gradient. */
    @Override
    public List<SDVariable> doDiff(List<SDVariable> gradients) {
        List<SDVariable> inputs = new ArrayList<>(Arrays.asList(args()));
        inputs.add(outputVariables()[1]);
        inputs.add(gradients.get(0));
        return Arrays.asList(new Gradient(sameDiff, inputs.toArray(new SDVariable[0]), iArgs()[0]).outputVariables());
    }

    /** Gives the gradient of each input from the inputs, α and the gradient of y. */
    private static final class Gradient extends DepthRead {
        Gradient(SameDiff sd, SDVariable[] inputs, long heads) {
            super(sd, inputs, heads);
        }

        @Override
        public String opName() {
            return "depth_read_bp";
        }

        @Override
        public int getNumOutputs() {
            return args().length - 2;
        }
    }
}
