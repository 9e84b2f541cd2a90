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
 * Adds to each row of sequences in time-major order a vector that depends on its time step, {@code y_t = x_t + p_t}.
 *
 * <p>ND4J has no such op. The package {@code plan} does it, which knows the op by its name; SameDiff's own session
 * cannot run it. Its inputs are:
 *
 * <ul>
 *   <li>{@code x [steps·sequences, features]}
 *   <li>{@code steps [steps, sequences]}, of which only the shape is read
 *   <li>{@code table [at least steps, features]}, if there is one: its row t is p_t. Without a table the features 2i
 *       and 2i+1 of p_t are {@code sin(t/10000^(2i/features))} and the cosine of the same
 * </ul>
 *
 * <p>Source: Vaswani et al. 2017, <i>Attention Is All You Need</i>, arXiv 1706.03762, section 3.5.
 */
public class AddPositions extends DynamicCustomOp {

    /** Adds the op to a graph. */
    public AddPositions(SameDiff sd, SDVariable x, SDVariable steps, @Nullable SDVariable table) {
        super(null, sd, table == null ? new SDVariable[] {x, steps} : new SDVariable[] {x, steps, table});
    }

    @Override
    public String opName() {
        return "add_positions";
    }

    @Override
    public int getNumOutputs() {
        return 1;
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
        return Collections.nCopies(1, inputs.get(0));
    }

    /** The gradients of x and of the table; steps has none. */
    @Override
    public List<SDVariable> doDiff(List<SDVariable> gradients) {
        SDVariable g = gradients.get(0);
        return args().length == 2
                ? List.of(g)
                : Arrays.asList(g, null, new Gradient(sameDiff, g, arg(1), arg(2)).outputVariable());
    }

    /** Gives the gradient of the table from that of y, the steps and the table; rows that are not read have 0. */
    private static final class Gradient extends AddPositions {
        Gradient(SameDiff sd, SDVariable g, SDVariable steps, SDVariable table) {
            super(sd, g, steps, table);
        }

        @Override
        public String opName() {
            return "add_positions_bp";
        }
    }
}
