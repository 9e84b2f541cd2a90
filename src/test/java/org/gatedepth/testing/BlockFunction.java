package org.gatedepth.testing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gatedepth.block.Block;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.plan.CompiledFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A block as a function of {@code x} in DOUBLE, with its parameters.
 *
 * @param function the function, of the one input {@code x}
 * @param params arrays of the parameters, read in place
 */
public record BlockFunction(CompiledFunction function, Map<String, INDArray> params) {

    /** A block whose parameters are 0. */
    public static BlockFunction zero(Block block) {
        Map<String, INDArray> params = new LinkedHashMap<>();
        for (ParamSpec param : block.params()) {
            params.put(param.name(), Nd4j.zeros(DataType.DOUBLE, param.shape()));
        }
        return of(block, params);
    }

    /** A block whose parameters are normal numbers times a half. */
    public static BlockFunction random(Block block, long seed) {
        Map<String, INDArray> params = new LinkedHashMap<>();
        for (ParamSpec param : block.params()) {
            params.put(
                    param.name(),
                    Arrays.normal(seed + 31L * params.size(), param.shape()).mul(0.5));
        }
        return of(block, params);
    }

    private static BlockFunction of(Block block, Map<String, INDArray> params) {
        CompiledFunction function = new CompiledFunction(
                DataType.DOUBLE,
                Map.of("x", new long[] {-1, block.inputSize()}),
                List.of("x"),
                params,
                (sd, inputs, p) -> block.apply(sd, inputs.get("x"), p::get));
        return new BlockFunction(function, params);
    }

    /** Sets every element of a parameter. */
    public BlockFunction set(String name, double value) {
        array(name).assign(value);
        return this;
    }

    /** Sets a parameter. */
    public BlockFunction set(String name, INDArray value) {
        array(name).assign(value);
        return this;
    }

    private INDArray array(String name) {
        INDArray array = params.get(name);
        if (array == null) {
            throw new IllegalArgumentException("no parameter " + name + ", only " + params.keySet());
        }
        return array;
    }

    /** The block's output. */
    public INDArray output(INDArray x) {
        return function.infer(Map.of("x", x)).dup();
    }
}
