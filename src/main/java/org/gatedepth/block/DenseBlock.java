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
 * <p>With {@link Taps} of a kernel above 1 the product is a convolution over time, {@code y_t = f(Σ_j x_(t − s_j)·W_j +
 * b)}, which needs {@link Params#steps()}. Normalisation and dropout come before it, and padding is zero after both.
 *
 * <ul>
 *   <li>{@code W [kernel·inputSize, outputSize]}: by the user's weight initialisation
 *   <li>{@code b [1, outputSize]}: 0
 *   <li>{@code gain, shift [1, inputSize]}: 1 and 0, with layer normalisation only (Ba et al. 2016, arXiv 1607.06450)
 * </ul>
 *
 * @param inputSize features of the input
 * @param outputSize features of the output
 * @param activation {@code f}
 * @param layerNorm whether the input is normalised first
 * @param taps the time steps that the product reads
 */
public record DenseBlock(long inputSize, long outputSize, Activation activation, boolean layerNorm, Taps taps)
        implements Transform {

    /** Checks the sizes and the activation. */
    public DenseBlock {
        Checks.positive("nIn", inputSize);
        Checks.positive("nOut", outputSize);
        Activations.requireSupported(activation);
    }

    /** A layer that reads each row by itself. */
    public DenseBlock(long inputSize, long outputSize, Activation activation, boolean layerNorm) {
        this(inputSize, outputSize, activation, layerNorm, Taps.ONE);
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = new ArrayList<>(List.of(
                ParamSpec.weight("W", taps.count(), inputSize, outputSize), ParamSpec.bias("b", outputSize, 0)));
        if (layerNorm) {
            params.addAll(LayerNorm.params(inputSize));
        }
        return params;
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
        return apply(sd, x, null, p);
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, @Nullable SDVariable masked, Params p) {
        SDVariable in = layerNorm ? LayerNorm.of(sd, x, p) : x;
        SDVariable kept = p.dropOut("", in, inputSize);
        boolean readsX = kept.name().equals(x.name());
        SDVariable read = readsX && masked != null ? masked : taps.masked(kept, p);
        return Activations.apply(
                sd, activation, taps.product(sd, read, p.get("W"), p).add(p.get("b")));
    }

    /** The input itself, where the sizes are equal. */
    @Override
    public @Nullable SDVariable bypass(SameDiff sd, SDVariable x, Params p) {
        return inputSize == outputSize ? x : null;
    }
}
