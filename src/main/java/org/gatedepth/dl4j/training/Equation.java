package org.gatedepth.dl4j.training;

import java.util.List;
import org.gatedepth.block.Params;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** What a part of a network computes. */
@FunctionalInterface
interface Equation {
    /**
     * Adds the ops.
     *
     * @param sd the graph
     * @param inputs what the part reads
     * @param p its parameters, with its dropout
     */
    SDVariable define(SameDiff sd, List<SDVariable> inputs, Params p);

    /** How many columns it gives for inputs of so many; as many as the first one, unless a layer says otherwise. */
    default long columns(long[] inputs) {
        return inputs[0];
    }
}
