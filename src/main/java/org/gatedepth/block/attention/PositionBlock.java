package org.gatedepth.block.attention;

import java.util.ArrayList;
import java.util.List;
import org.gatedepth.block.Block;
import org.gatedepth.block.Checks;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Params;
import org.gatedepth.block.ProjectionBlock;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Brings sequences to the width of a stack and adds their positions, {@code y_t = x_t·W + b + p_t}; where the sizes are
 * equal {@code y_t = x_t + p_t}.
 *
 * <ul>
 *   <li>{@code x [steps·sequences, inputSize]}, in time-major rows; it needs {@link Params#steps()}
 *   <li>{@code W [inputSize, outputSize]}: as Glorot &amp; Bengio's; {@code b [1, outputSize]}: 0; only where inputSize
 *       ≠ outputSize
 *   <li>{@code P [maxSteps, outputSize]}: row t is p_t, at first normal with variance 1/outputSize; only for
 *       {@link Positions#LEARNED}. For {@link Positions#SINUSOIDAL} the features 2i and 2i+1 of p_t are
 *       {@code sin(t/10000^(2i/outputSize))} and the cosine of the same
 * </ul>
 *
 * <p>Source: Vaswani et al. 2017, <i>Attention Is All You Need</i>, arXiv 1706.03762, section 3.5.
 *
 * @param inputSize features of the input
 * @param outputSize features of the output
 * @param positions what is added
 * @param maxSteps the most steps of a sequence, of which LEARNED has positions; 0 for the others
 */
public record PositionBlock(long inputSize, long outputSize, Positions positions, long maxSteps) implements Block {

    /** Checks the sizes. */
    public PositionBlock {
        Checks.positive("nIn", inputSize);
        Checks.positive("nOut", outputSize);
        if (positions == Positions.LEARNED) {
            Checks.positive("maxSteps, the number of positions that are learned,", maxSteps);
        }
    }

    private boolean projects() {
        return inputSize != outputSize;
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = new ArrayList<>();
        if (projects()) {
            params.addAll(new ProjectionBlock(inputSize, outputSize).params());
        }
        if (positions == Positions.LEARNED) {
            ParamSpec.Init init = new ParamSpec.Init.Xavier(outputSize, outputSize);
            params.add(new ParamSpec("P", ParamSpec.Role.WEIGHT, maxSteps, outputSize, init));
        }
        return params;
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
        SDVariable projected = projects() ? new ProjectionBlock(inputSize, outputSize).apply(sd, x, p) : x;
        return switch (positions) {
            case NONE -> projected;
            case LEARNED -> new AddPositions(sd, projected, p.steps(), p.get("P")).outputVariable();
            case SINUSOIDAL -> new AddPositions(sd, projected, p.steps(), null).outputVariable();
        };
    }

    @Override
    public boolean isProjection() {
        return true;
    }
}
