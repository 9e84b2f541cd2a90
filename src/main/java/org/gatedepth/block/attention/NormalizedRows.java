package org.gatedepth.block.attention;

import java.util.Collections;
import java.util.List;
import org.gatedepth.block.LayerNorm;
import org.gatedepth.block.Params;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Rows of mean 0 and variance 1, {@code (x − mean)/√(var + ε)}, as one op.
 *
 * <p>ND4J's {@code standardize} has no ε, so its gradient grows without bound where the elements of a row are nearly
 * equal; and of single ops the same takes many passes over the rows. The package {@code plan} does it, which knows the
 * op by its name and its argument ε; SameDiff's own session cannot run it.
 */
public class NormalizedRows extends DynamicCustomOp {

    /** Adds the op to a graph, with the ε of {@link LayerNorm}. */
    public NormalizedRows(SameDiff sd, SDVariable x) {
        this(sd, LayerNorm.EPSILON, x);
    }

    private NormalizedRows(SameDiff sd, double epsilon, SDVariable... inputs) {
        super(null, sd, inputs);
        addTArgument(epsilon);
    }

    /** What a transform reads of x: x itself or {@link LayerNorm}'s equation, with dropout. */
    static SDVariable read(SameDiff sd, SDVariable x, boolean layerNorm, long features, Params p) {
        return p.dropOut("", layerNorm ? LayerNorm.scaled(new NormalizedRows(sd, x).outputVariable(), p) : x, features);
    }

    @Override
    public String opName() {
        return "normalized_rows";
    }

    @Override
    public int getNumOutputs() {
        return 1;
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
        return Collections.nCopies(1, inputs.get(0));
    }

    @Override
    public List<SDVariable> doDiff(List<SDVariable> gradients) {
        return List.of(new Gradient(sameDiff, tArgs()[0], arg(0), gradients.get(0)).outputVariable());
    }

    /** Gives the gradient of x from x and the gradient of the result. */
    private static final class Gradient extends NormalizedRows {
        Gradient(SameDiff sd, double epsilon, SDVariable x, SDVariable g) {
            super(sd, epsilon, x, g);
        }

        @Override
        public String opName() {
            return "normalized_rows_bp";
        }
    }
}
