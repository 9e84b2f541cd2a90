package org.gatedepth.block;

import org.nd4j.autodiff.samediff.SDVariable;

/** The parameters of one application of a block, and the regularisation of its transform. */
public interface Params {
    /** The parameter of that name. */
    SDVariable get(String name);

    /**
     * What the transform of a block reads instead of {@code x}: {@code x} itself, or in training {@code x} times a
     * dropout mask. The protected path of a block (carry, skip) never goes through here.
     *
     * @param scope names the block among those of a stack
     * @param x input of the transform, {@code [rows, size]}
     * @param size features of {@code x}
     */
    default SDVariable dropOut(String scope, SDVariable x, long size) {
        return x;
    }

    /** These parameters below a scope: {@code scoped("H").get("W")} is {@code get("H/W")}. */
    default Params scoped(String scope) {
        Params outer = this;
        return new Params() {
            @Override
            public SDVariable get(String name) {
                return outer.get(scope + "/" + name);
            }

            @Override
            public SDVariable dropOut(String inner, SDVariable x, long size) {
                return outer.dropOut(inner.isEmpty() ? scope : scope + "/" + inner, x, size);
            }
        };
    }
}
