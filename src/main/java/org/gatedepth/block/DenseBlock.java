package org.gatedepth.block;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;

/**
 * A plain layer, {@code F(x) = f(x·W + b)}; with layer normalisation {@code F(x) = f(LN(x)·W + b)}.
 *
 * <p>The transform of every gated or skipping block is one of these. Dropout, where the caller asks for it, acts on
 * what the product reads.
 *
 * <ul>
 *   <li>{@code W [inputSize, outputSize]}: by the user's weight initialisation
 *   <li>{@code b [1, outputSize]}: 0
 *   <li>{@code gain, shift [1, inputSize]}: 1 and 0, with layer normalisation only (Ba et al. 2016, arXiv 1607.06450)
 * </ul>
 *
 * @param inputSize features of the input
 * @param outputSize features of the output
 * @param activation {@code f}
 * @param layerNorm whether the input is normalised first
 */
public record DenseBlock(long inputSize, long outputSize, Activation activation, boolean layerNorm) implements Block {

    /** Checks the sizes and the activation. */
    public DenseBlock {
        Checks.positive("nIn", inputSize);
        Checks.positive("nOut", outputSize);
        Activations.requireSupported(activation);
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = new ArrayList<>(
                List.of(ParamSpec.weight("W", inputSize, outputSize), ParamSpec.bias("b", outputSize, 0)));
        if (layerNorm) {
            params.add(ParamSpec.bias("gain", inputSize, 1));
            params.add(ParamSpec.bias("shift", inputSize, 0));
        }
        return params;
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
        SDVariable in = layerNorm ? normalised(sd, x).mul(p.get("gain")).add(p.get("shift")) : x;
        SDVariable kept = p.dropOut("", in, inputSize);
        return Activations.apply(sd, activation, kept.mmul(p.get("W")).add(p.get("b")));
    }

    /** The input itself, where the sizes are equal. */
    @Override
    public @Nullable SDVariable bypass(SameDiff sd, SDVariable x, Params p) {
        return inputSize == outputSize ? x : null;
    }

    /** {@code (x − mean)/√(var + 1e-5)} over the features of each row. */
    private static SDVariable normalised(SameDiff sd, SDVariable x) {
        SDVariable centred = x.sub(x.mean(true, 1));
        SDVariable variance = sd.math.square(centred).mean(true, 1);
        // Not a quotient: ND4J's gradient of one is wrong where the denominator is a single number, in a minibatch of
        // 1.
        return centred.mul(sd.math.rsqrt(variance.add(1e-5)));
    }
}
