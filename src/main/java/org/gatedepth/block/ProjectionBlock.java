package org.gatedepth.block;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A linear map, {@code y = x·W + b}, that brings an input to the width of a stack.
 *
 * <p>{@code W [inputSize, outputSize]} starts as Glorot &amp; Bengio's (2010), {@code b [1, outputSize]} at 0.
 *
 * @param inputSize features of the input
 * @param outputSize features of the output
 */
public record ProjectionBlock(long inputSize, long outputSize) implements Block {

    /** Checks the sizes. */
    public ProjectionBlock {
        Checks.positive("nIn", inputSize);
        Checks.positive("nOut", outputSize);
    }

    @Override
    public List<ParamSpec> params() {
        return List.of(ParamSpec.xavier("W", inputSize, outputSize), ParamSpec.bias("b", outputSize, 0));
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
        return x.mmul(p.get("W")).add(p.get("b"));
    }

    @Override
    public boolean isProjection() {
        return true;
    }
}
