package org.gatedepth.block;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Which of the optional parts a block has, asked in a graph that is thrown away.
 *
 * @param bypassable whether it has a {@link Block#bypass}
 * @param removable whether the bypass is the input itself, so that a network without the block is the network with the
 *     block bypassed
 * @param skipping whether it has a {@link Block#skip}
 * @param gated whether it has a {@link Block#gate}
 * @param attending whether it has {@link Block#attention}
 */
public record Traits(boolean bypassable, boolean removable, boolean skipping, boolean gated, boolean attending) {

    /** The traits of a block. */
    public static Traits of(Block block) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, block.inputSize());
        Map<String, SDVariable> params = new HashMap<>();
        for (ParamSpec spec : block.params()) {
            params.put(spec.name(), sd.placeHolder(spec.name(), DataType.FLOAT, spec.shape()));
        }
        SDVariable steps = sd.placeHolder("steps", DataType.FLOAT, -1, -1);
        Params p = new Params() {
            @Override
            public SDVariable get(String name) {
                return Objects.requireNonNull(params.get(name), name);
            }

            @Override
            public SDVariable steps() {
                return steps;
            }
        };
        SDVariable bypass = block.bypass(sd, x, p);
        return new Traits(
                bypass != null,
                bypass != null && bypass.name().equals(x.name()),
                block.skip(sd, x, p) != null,
                block.gate(sd, x, p) != null,
                block.attention(sd, x, p) != null);
    }
}
