package org.gatedepth.testing;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gatedepth.block.Block;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Params;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A block as a function of sequences: {@code x} in time-major rows, and {@code mask} if it is masked.
 *
 * @param function the function, of the inputs that {@link #inputs} gives
 * @param params arrays of the parameters, read in place
 */
public record SequenceFunction(CompiledFunction function, Map<String, INDArray> params) {

    /** A block whose parameters are normal numbers times a half. */
    public static SequenceFunction random(Block block, DataType type, boolean masked, long seed) {
        Map<String, INDArray> params = new LinkedHashMap<>();
        for (ParamSpec param : block.params()) {
            params.put(
                    param.name(),
                    Arrays.normal(seed + 31L * params.size(), type, param.shape())
                            .mul(0.5));
        }
        return of(block, type, masked, params);
    }

    /** A block with these parameters. */
    public static SequenceFunction of(Block block, DataType type, boolean masked, Map<String, INDArray> params) {
        Map<String, long[]> inputs = new LinkedHashMap<>();
        inputs.put("x", new long[] {-1, block.inputSize()});
        inputs.put("steps", new long[] {-1, -1});
        if (masked) {
            inputs.put("mask", new long[] {-1, 1});
        }
        CompiledFunction function = new CompiledFunction(
                type,
                inputs,
                List.of("x"),
                params,
                (sd, in, p) ->
                        block.apply(sd, in.get("x"), params(p::get, in.get("steps"), masked ? in.get("mask") : null)));
        return new SequenceFunction(function, params);
    }

    /** Parameters for sequences. */
    public static Params params(Params p, SDVariable steps, @Nullable SDVariable mask) {
        return new Params() {
            @Override
            public SDVariable get(String name) {
                return p.get(name);
            }

            @Override
            public SDVariable steps() {
                return steps;
            }

            @Override
            public @Nullable SDVariable mask() {
                return mask;
            }
        };
    }

    /** The inputs for so many steps, not masked. */
    public static Map<String, INDArray> inputs(INDArray x, long steps) {
        Map<String, INDArray> inputs = new HashMap<>();
        inputs.put("x", x);
        // Only its shape may be read.
        inputs.put("steps", Nd4j.valueArrayOf(new long[] {steps, x.size(0) / steps}, Double.NaN, x.dataType()));
        return inputs;
    }

    /** The inputs for so many steps. */
    public static Map<String, INDArray> inputs(INDArray x, long steps, INDArray mask) {
        Map<String, INDArray> inputs = inputs(x, steps);
        inputs.put("mask", mask);
        return inputs;
    }

    /** The block's output. */
    public INDArray output(Map<String, INDArray> inputs) {
        return function.infer(inputs).dup('c');
    }
}
