package org.gatedepth.block;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.controlflow.compat.StopGradient;

/** The protected path of a block: its input, or where the sizes differ a learned projection {@code x·(C/W)}. */
public final class Skips {
    private Skips() {}

    /** A gate as a constant: its gradient is 0. */
    public static SDVariable constant(SameDiff sd, SDVariable gate) {
        return new StopGradient(sd, gate).outputVariable();
    }

    static void addCarry(Block block, List<ParamSpec> params) {
        if (block.inputSize() != block.outputSize()) {
            params.add(ParamSpec.xavier("C/W", block.inputSize(), block.outputSize()));
        }
    }

    static SDVariable carry(Block block, SDVariable x, Params p) {
        return block.inputSize() == block.outputSize() ? x : x.mmul(p.get("C/W"));
    }

    /** Parameters of an inner block below a scope, as a list that can grow. */
    public static List<ParamSpec> withScope(String scope, List<ParamSpec> params) {
        List<ParamSpec> scoped = new ArrayList<>();
        for (ParamSpec param : params) {
            scoped.add(param.scoped(scope));
        }
        return scoped;
    }
}
