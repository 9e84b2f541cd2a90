package org.gatedepth.block;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A highway block, {@code y = T(x)·H(x) + (1 − T(x))·C(x)}, computed as {@code C + T·(H − C)}.
 *
 * <p>{@code H} is a {@link Transform}; {@code T(x) = sigmoid(x·W + b)} is the <i>transform</i> gate: towards 0 the
 * block carries its input, towards 1 it transforms it. The carry {@code C(x)} is {@code x} itself, or {@code x·W} where
 * the sizes differ. Over time the gate reads the same steps as the transform ({@link Taps}); the carry reads its own.
 *
 * <ul>
 *   <li>{@code H/W, H/b} (and {@code H/gain, H/shift}): those of the transform
 *   <li>{@code T/W [kernel·inputSize, outputSize], T/b [1, outputSize]}: the gate. Its weights start as Glorot &amp;
 *       Bengio's: larger ones open some gates whatever the bias. Its bias starts at {@code transformGateBias}, which is
 *       negative so that a deep stack carries at first
 *   <li>{@code C/W [inputSize, outputSize]}: only where inputSize ≠ outputSize
 * </ul>
 *
 * <p>Source: Srivastava, Greff, Schmidhuber 2015, <i>Highway Networks</i>, arXiv 1505.00387, equation 3. Departure: the
 * paper changes the width with a plain layer or by padding; here the carry is projected.
 *
 * @param transform {@code H}
 * @param transformGateBias initial bias of {@code T}
 */
public record HighwayBlock(Transform transform, double transformGateBias) implements Block {
    private static final String GATE_BIAS = "T/b";

    /** Checks the bias. */
    public HighwayBlock {
        Checks.finite("transform gate bias", transformGateBias);
    }

    /**
     * The initial gate bias for a stack of so many blocks: {@code −ln(depth)}, but at most −1.
     *
     * <p>A gate at {@code −ln(depth)} is open by {@code 1/(1 + depth)}, the gates of the whole stack by about 1: at
     * first a stack of any depth changes its input about as much as one plain layer would, and the error signal passes
     * the carries. The study {@code GateBias} in the project's folder {@code studies} fits that; Srivastava et al.
     * searched −1 to −10 and found −2 to −4 best at 50 layers.
     */
    public static double defaultTransformGateBias(int depth) {
        Checks.positive("depth", depth);
        return Math.min(-1, -Math.log(depth));
    }

    @Override
    public long inputSize() {
        return transform.inputSize();
    }

    @Override
    public long outputSize() {
        return transform.outputSize();
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = Skips.withScope("H", transform.params());
        params.add(ParamSpec.xavier("T/W", taps().count(), inputSize(), outputSize()));
        params.add(ParamSpec.bias(GATE_BIAS, outputSize(), transformGateBias));
        Skips.addCarry(this, params);
        return params;
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
        SDVariable read = taps().masked(x, p);
        SDVariable h = transform.apply(sd, x, read, p.scoped("H"));
        SDVariable t = gateOf(sd, read, p);
        SDVariable c = Skips.carry(this, x, p);
        return c.add(t.mul(h.sub(c)));
    }

    @Override
    public SDVariable bypass(SameDiff sd, SDVariable x, Params p) {
        return Skips.carry(this, x, p);
    }

    @Override
    public SDVariable skip(SameDiff sd, SDVariable x, Params p) {
        SDVariable t = Skips.constant(sd, gate(sd, x, p));
        return Skips.carry(this, x, p).mul(t.rsub(1));
    }

    /** The transform gate {@code T(x)}, of shape {@code [rows, outputSize]}, in (0, 1): 0 carries the input. */
    @Override
    public SDVariable gate(SameDiff sd, SDVariable x, Params p) {
        return gateOf(sd, taps().masked(x, p), p);
    }

    private SDVariable gateOf(SameDiff sd, SDVariable read, Params p) {
        return sd.nn.sigmoid(taps().product(sd, read, p.get("T/W"), p).add(p.get(GATE_BIAS)));
    }

    private Taps taps() {
        return transform.taps();
    }

    @Override
    public String transformGateBiasName() {
        return GATE_BIAS;
    }

    @Override
    public @Nullable SDVariable attention(SameDiff sd, SDVariable x, Params p) {
        return transform.attention(sd, x, p.scoped("H"));
    }
}
