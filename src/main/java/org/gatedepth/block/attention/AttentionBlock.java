package org.gatedepth.block.attention;

import java.util.ArrayList;
import java.util.List;
import org.gatedepth.block.Checks;
import org.gatedepth.block.LayerNorm;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Params;
import org.gatedepth.block.Skips;
import org.gatedepth.block.Transform;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Multi-head self-attention over time, {@code F(x) = [c_1 … c_heads]·O + b}, where head h of step i gives {@code c_i =
 * Σ_j softmax_j(q_i·k_j/√size)·v_j}; with layer normalisation {@code F(LN(x))}.
 *
 * <p>The queries, keys and values are {@code [q|k|v] = x·W}, and each head has size = width/heads of their columns. A
 * step attends to all steps of its sequence, or with {@code causal} to itself and earlier ones. Masked steps are no
 * keys: no other step depends on them. Dropout, where the caller asks for it, acts on what W multiplies.
 *
 * <ul>
 *   <li>{@code x [steps·sequences, inputSize]}, in time-major rows; it needs {@link Params#steps()}
 *   <li>{@code W [inputSize, 3·width]}: as Glorot &amp; Bengio's for three matrices {@code [inputSize, width]}; these
 *       maps are linear, whatever the activation. They have no biases, as in the paper
 *   <li>{@code O/W [width, outputSize]}: as Glorot &amp; Bengio's; {@code O/b [1, outputSize]}: 0
 *   <li>{@code gain, shift [1, inputSize]}: 1 and 0, with layer normalisation only
 * </ul>
 *
 * <p>Training keeps {@code sequences·heads·steps²} weights, inference those of one head of one sequence. The time grows
 * with the square of the steps too; the causal form leaves out up to three eighths of it.
 *
 * <p>Source: Vaswani et al. 2017, <i>Attention Is All You Need</i>, arXiv 1706.03762, section 3.2. Departures: the
 * output has a bias, and layer normalisation comes first (Xiong et al. 2020, arXiv 2002.04745).
 *
 * @param inputSize features of the input
 * @param outputSize features of the output
 * @param width features of the queries, of the keys and of the values, all heads together
 * @param heads how many there are; they divide the width
 * @param causal whether a step attends to no later one
 * @param layerNorm whether the input is normalised first
 */
public record AttentionBlock(long inputSize, long outputSize, long width, int heads, boolean causal, boolean layerNorm)
        implements Transform {

    /** Checks the sizes. */
    public AttentionBlock {
        Checks.positive("nIn", inputSize);
        Checks.positive("nOut", outputSize);
        Checks.positive("heads", heads);
        Checks.positive("width of the attention", width);
        if (width % heads != 0) {
            throw new IllegalArgumentException("the number of heads must divide the width of the attention, got "
                    + heads + " heads and a width of " + width);
        }
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = new ArrayList<>(List.of(
                new ParamSpec(
                        "W", ParamSpec.Role.WEIGHT, inputSize, 3 * width, new ParamSpec.Init.Xavier(inputSize, width)),
                ParamSpec.xavier("O/W", width, outputSize),
                ParamSpec.bias("O/b", outputSize, 0)));
        if (layerNorm) {
            params.addAll(LayerNorm.params(inputSize));
        }
        return params;
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
        return attend(sd, x, p).context().mmul(p.get("O/W")).add(p.get("O/b"));
    }

    private SelfAttention attend(SameDiff sd, SDVariable x, Params p) {
        SDVariable read = NormalizedRows.read(sd, x, layerNorm, inputSize, p);
        return new SelfAttention(sd, read.mmul(p.get("W")), p.steps(), p.mask(), heads, causal);
    }

    @Override
    public SDVariable attention(SameDiff sd, SDVariable x, Params p) {
        return Skips.constant(sd, attend(sd, x, p).weights());
    }

    /** The input itself, where the sizes are equal. */
    @Override
    public @Nullable SDVariable bypass(SameDiff sd, SDVariable x, Params p) {
        return inputSize == outputSize ? x : null;
    }
}
