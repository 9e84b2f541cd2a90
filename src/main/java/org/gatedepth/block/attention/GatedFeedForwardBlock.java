package org.gatedepth.block.attention;

import java.util.ArrayList;
import java.util.List;
import org.gatedepth.block.Activations;
import org.gatedepth.block.Checks;
import org.gatedepth.block.LayerNorm;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Params;
import org.gatedepth.block.Transform;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;

/**
 * A feed-forward part with a gate on its hidden units, a gated linear unit, {@code F(x) = (f(x·W_G + b_G)·(x·W_V +
 * b_V))·W_O + b_O}; with layer normalisation {@code F(LN(x))}.
 *
 * <p>The activation f chooses the variant: sigmoid is GLU, gelu GEGLU, swish SwiGLU, relu ReGLU, identity the bilinear
 * one. Dropout, where the caller asks for it, acts on what W_G and W_V multiply.
 *
 * <ul>
 *   <li>{@code G/W, V/W [inputSize, width]}: by the user's weight initialisation; {@code G/b, V/b [1, width]}: 0
 *   <li>{@code O/W [width, outputSize]}: as Glorot &amp; Bengio's; {@code O/b [1, outputSize]}: 0
 *   <li>{@code gain, shift [1, inputSize]}: 1 and 0, with layer normalisation only, which needs a plan
 * </ul>
 *
 * <p>Sources: Dauphin et al. 2016, <i>Language Modeling with Gated Convolutional Networks</i>, arXiv 1612.08083;
 * Shazeer 2020, <i>GLU Variants Improve Transformer</i>, arXiv 2002.05202, equations 5 and 6. Departure: the three maps
 * have biases.
 *
 * @param inputSize features of the input
 * @param outputSize features of the output
 * @param width hidden units
 * @param activation {@code f}
 * @param layerNorm whether the input is normalised first
 */
public record GatedFeedForwardBlock(
        long inputSize, long outputSize, long width, Activation activation, boolean layerNorm) implements Transform {

    /** Checks the sizes and the activation. */
    public GatedFeedForwardBlock {
        Checks.positive("nIn", inputSize);
        Checks.positive("nOut", outputSize);
        Checks.positive("width of the feed-forward part", width);
        Activations.requireSupported(activation);
    }

    /** Hidden units for as many weights as a plain layer of four times the width has, {@code 8/3·width} (Shazeer). */
    public static long defaultWidth(long width) {
        return (8 * width + 2) / 3;
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = new ArrayList<>(List.of(
                ParamSpec.weight("G/W", 1, inputSize, width),
                ParamSpec.bias("G/b", width, 0),
                ParamSpec.weight("V/W", 1, inputSize, width),
                ParamSpec.bias("V/b", width, 0),
                ParamSpec.xavier("O/W", width, outputSize),
                ParamSpec.bias("O/b", outputSize, 0)));
        if (layerNorm) {
            params.addAll(LayerNorm.params(inputSize));
        }
        return params;
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
        SDVariable read = NormalizedRows.read(sd, x, layerNorm, inputSize, p);
        SDVariable g = Activations.apply(sd, activation, linear(read, p.scoped("G")));
        return linear(g.mul(linear(read, p.scoped("V"))), p.scoped("O"));
    }

    private static SDVariable linear(SDVariable x, Params p) {
        return x.mmul(p.get("W")).add(p.get("b"));
    }

    /** The input itself, where the sizes are equal. */
    @Override
    public @Nullable SDVariable bypass(SameDiff sd, SDVariable x, Params p) {
        return inputSize == outputSize ? x : null;
    }
}
