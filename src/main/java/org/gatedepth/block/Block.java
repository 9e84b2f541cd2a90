package org.gatedepth.block;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A differentiable function of a matrix {@code [rows, inputSize]} and of named parameters.
 *
 * <p>Implementations are immutable, and {@link #apply} is pure: it names no op, makes no op that does not reach the
 * result, and reads each parameter that {@link #params()} lists.
 */
public interface Block {
    /** Features of the input. */
    long inputSize();

    /** Features of the output. */
    long outputSize();

    /** The parameters in the order in which they are stored: the only place where their shapes stand. */
    List<ParamSpec> params();

    /**
     * Adds the block's equation to a graph.
     *
     * @param sd the graph
     * @param x the input, {@code [rows, inputSize]}
     * @param p the block's parameters
     * @return the output, {@code [rows, outputSize]}
     */
    SDVariable apply(SameDiff sd, SDVariable x, Params p);
}
