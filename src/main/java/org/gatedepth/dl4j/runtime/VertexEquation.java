package org.gatedepth.dl4j.runtime;

import java.util.List;
import org.gatedepth.block.Params;
import org.gatedepth.block.SkipCoefficients;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** What a vertex that joins branches computes, and what it hands on past the branch that a gate or weight controls. */
public interface VertexEquation {
    /**
     * The vertex's equation.
     *
     * @param sd the graph
     * @param inputs the branches, in the order in which they are connected
     * @param p the parameters
     */
    SDVariable define(SameDiff sd, List<SDVariable> inputs, Params p);

    /**
     * The output without the branch that a gate or weight controls; null, as here, where the vertex cannot be bypassed.
     */
    default @Nullable SDVariable bypass(SameDiff sd, List<SDVariable> inputs, Params p) {
        return null;
    }

    /** The transform gate, of the shape of the output, in (0, 1); null, as here, for none. */
    default @Nullable SDVariable gate(SameDiff sd, List<SDVariable> inputs, Params p) {
        return null;
    }

    /** The weights of skip and branch; null, as here, for none. */
    default @Nullable SkipCoefficients skipCoefficients() {
        return null;
    }
}
