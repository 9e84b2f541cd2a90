package org.gatedepth.block.recurrence;

import java.util.List;
import org.gatedepth.block.Parametric;
import org.gatedepth.block.Params;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A recurrent function of sequences, {@code s_t = step(project(x_t), s_(t−1))}, whose output is its state.
 *
 * <p>Implementations are immutable. {@link #project} and {@link #step} are pure, as {@link Block#apply} is. A parameter
 * of {@code step} is the matrix of a product, or a row that is added; the package {@code plan} gets its gradient from
 * all steps at once.
 *
 * <p>{@link Params#mask()} is 1 at steps and 0 at padding; {@code step} then gives the state as it was, by the bit.
 * {@link Params#dropOut} gives the same factors at every step of a sequence.
 */
public interface Cell extends Parametric {
    /**
     * What the steps read of the input, for all steps at once.
     *
     * @param sd the graph
     * @param x the input, {@code [rows, inputSize]}
     * @param p the cell's parameters
     * @return products of x, or of what {@link Params#dropOut} makes of it, and a parameter
     */
    List<SDVariable> project(SameDiff sd, SDVariable x, Params p);

    /**
     * One step.
     *
     * @param sd the graph
     * @param projected what {@link #project} gives for this step, {@code [sequences, …]}
     * @param state the state before, {@code [sequences, outputSize]}
     * @param p the cell's parameters
     * @return the state after it
     */
    SDVariable step(SameDiff sd, List<SDVariable> projected, SDVariable state, Params p);

    /**
     * The transform gates of a step, those of each level: towards 0 the state is carried, towards 1 it is transformed.
     * Of the same arguments as {@link #step}, but for any rows: where the states before are known, those of all steps.
     *
     * @return each {@code [rows, outputSize]}, in (0, 1)
     */
    List<SDVariable> gates(SameDiff sd, List<SDVariable> projected, SDVariable state, Params p);
}
