package org.gatedepth.block;

import java.util.List;

/** A differentiable function of named parameters, whose input and output have so many features. */
public interface Parametric {
    /** Features of the input. */
    long inputSize();

    /** Features of the output. */
    long outputSize();

    /** The parameters in the order in which they are stored: the only place where their shapes stand. */
    List<ParamSpec> params();

    /**
     * The parameters by what reads them. Of one group those weights that have the same number of rows read the same
     * input: they are stored side by side, so that they are one product.
     */
    List<List<ParamSpec>> groups();
}
