package org.gatedepth.block;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A gated residual network, {@code y = LN(C(a) + T(η₁)·V(η₁))} with {@code η₁ = η₂·W + b} and {@code η₂ = f(a·W + b)}.
 *
 * <p>{@code T(η₁) = sigmoid(η₁·W + b)} is the <i>transform</i> gate, {@code V(η₁) = η₁·W + b}; their product is the
 * gated linear unit. {@code C(a)} is {@code a}, or {@code a·W} where the sizes differ. {@code LN} normalises each row,
 * and has a gain and a shift. Dropout acts on η₁.
 *
 * <ul>
 *   <li>{@code H/W [inputSize, hidden], H/b} (and {@code H/gain, H/shift}): those of η₂, a {@link DenseBlock}
 *   <li>{@code F/W [hidden, hidden], F/b [1, hidden]}: η₁, by Glorot &amp; Bengio, and 0
 *   <li>{@code T/W [hidden, outputSize], T/b [1, outputSize]}: the gate. Its bias starts at {@code transformGateBias}
 *   <li>{@code V/W [hidden, outputSize], V/b [1, outputSize]}: what is gated
 *   <li>{@code gain, shift [1, outputSize]}: 1 and 0
 *   <li>{@code C/W [inputSize, outputSize]}: only where inputSize ≠ outputSize
 * </ul>
 *
 * <p>Source: Lim, Arık, Loeff, Pfister 2019, <i>Temporal Fusion Transformers for Interpretable Multi-horizon Time
 * Series Forecasting</i>, arXiv 1912.09363, equations 2 to 5. Departure: there is no separate context c. Give
 * {@code [a, c]} as the input: then {@code H/W} holds the paper's W₂ and W₃, and the skip is projected.
 *
 * @param hidden η₂
 * @param outputSize features of the output
 * @param transformGateBias initial bias of {@code T}
 */
public record GatedResidualBlock(DenseBlock hidden, long outputSize, double transformGateBias) implements Block {
    private static final String GATE_BIAS = "T/b";

    /** Checks the size and the bias. */
    public GatedResidualBlock {
        Checks.positive("nOut", outputSize);
        Checks.finite("transform gate bias", transformGateBias);
        if (hidden.taps().kernel() > 1) {
            throw new IllegalArgumentException(
                    "a gated residual network reads each time step by itself, got a kernel of "
                            + hidden.taps().kernel());
        }
    }

    @Override
    public long inputSize() {
        return hidden.inputSize();
    }

    @Override
    public List<ParamSpec> params() {
        long units = hidden.outputSize();
        List<ParamSpec> params = Skips.withScope("H", hidden.params());
        params.add(ParamSpec.xavier("F/W", units, units));
        params.add(ParamSpec.bias("F/b", units, 0));
        params.add(ParamSpec.xavier("T/W", units, outputSize));
        params.add(ParamSpec.bias(GATE_BIAS, outputSize, transformGateBias));
        params.add(ParamSpec.xavier("V/W", units, outputSize));
        params.add(ParamSpec.bias("V/b", outputSize, 0));
        params.addAll(LayerNorm.params(outputSize));
        Skips.addCarry(this, params);
        return params;
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
        return LayerNorm.of(sd, sum(sd, x, p), p);
    }

    /** {@code C(a) + T(η₁)·V(η₁)}. */
    private SDVariable sum(SameDiff sd, SDVariable x, Params p) {
        SDVariable eta1 = eta1(sd, x, p);
        SDVariable gate = gateOf(sd, eta1, p);
        return Skips.carry(this, x, p).add(gate.mul(affine(eta1, "V", p)));
    }

    private SDVariable eta1(SameDiff sd, SDVariable x, Params p) {
        // Without dropout, which acts on η₁.
        SDVariable eta2 = hidden.apply(sd, x, name -> p.get("H/" + name));
        return p.dropOut("F", affine(eta2, "F", p), hidden.outputSize());
    }

    private static SDVariable gateOf(SameDiff sd, SDVariable eta1, Params p) {
        return sd.nn.sigmoid(affine(eta1, "T", p));
    }

    private static SDVariable affine(SDVariable x, String scope, Params p) {
        return x.mmul(p.get(scope + "/W")).add(p.get(scope + "/b"));
    }

    /** {@code LN(C(a))}: what the block gives where its gate is 0. */
    @Override
    public SDVariable bypass(SameDiff sd, SDVariable x, Params p) {
        return LayerNorm.of(sd, Skips.carry(this, x, p), p);
    }

    /** The part of {@code C(a)} in the output, with the scale of the normalisation as a constant too. */
    @Override
    public SDVariable skip(SameDiff sd, SDVariable x, Params p) {
        SDVariable scale = Skips.constant(sd, LayerNorm.scale(sd, LayerNorm.centred(sum(sd, x, p))));
        return LayerNorm.scaled(LayerNorm.centred(Skips.carry(this, x, p)).mul(scale), p);
    }

    @Override
    public SDVariable gate(SameDiff sd, SDVariable x, Params p) {
        return gateOf(sd, eta1(sd, x, p), p);
    }

    @Override
    public String transformGateBiasName() {
        return GATE_BIAS;
    }
}
