package org.gatedepth.block;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A skip connection with weights, {@code y = α·C(x) + β·F(x)}.
 *
 * <p>{@code F} is a {@link Transform}; {@code C(x)} is {@code x}, or {@code x·W} where the sizes differ. The initial
 * values choose the network:
 *
 * <ul>
 *   <li>residual (He et al. 2015, arXiv 1512.03385): {@code FIXED}, α = β = 1
 *   <li>ReZero (Bachlechner et al. 2020, arXiv 2003.04887): {@code SCALAR}, α = 1, β = 0
 *   <li>LayerScale (Touvron et al. 2021, arXiv 2103.17239): {@code PER_UNIT}, α = 1, β = 0.1 down to 1e-6 with depth
 * </ul>
 *
 * <p>Parameters: {@code F/W, F/b} (and {@code F/gain, F/shift}) of the transform; {@code beta [1, 1]} or {@code [1,
 * outputSize]} unless the weighting is fixed; {@code alpha} of the same shape if {@code learnSkip}; {@code C/W} where
 * inputSize ≠ outputSize.
 *
 * @param transform {@code F}
 * @param weighting whether β (and α) are constants, learned scalars or learned per unit
 * @param alpha initial or constant weight of the skip
 * @param beta initial or constant weight of the branch
 * @param learnSkip whether α is learned too; the skip is protected when it is not
 */
public record WeightedSkipBlock(Transform transform, Weighting weighting, double alpha, double beta, boolean learnSkip)
        implements Block {

    /** Checks the weights. */
    public WeightedSkipBlock {
        Checks.finite("alpha", alpha);
        Checks.finite("beta", beta);
        if (learnSkip && weighting == Weighting.FIXED) {
            throw new IllegalArgumentException("alpha cannot be learned with weighting FIXED; use SCALAR or PER_UNIT");
        }
    }

    /** {@code y = x + F(x)}. */
    public static WeightedSkipBlock residual(Transform transform) {
        return new WeightedSkipBlock(transform, Weighting.FIXED, 1, 1, false);
    }

    /** {@code y = x + β·F(x)} with one learned β that starts at 0. */
    public static WeightedSkipBlock reZero(Transform transform) {
        return new WeightedSkipBlock(transform, Weighting.SCALAR, 1, 0, false);
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
        List<ParamSpec> params = Skips.withScope("F", transform.params());
        long weights = weighting == Weighting.PER_UNIT ? outputSize() : 1;
        if (weighting != Weighting.FIXED) {
            params.add(ParamSpec.bias("beta", weights, beta));
        }
        if (learnSkip) {
            params.add(ParamSpec.bias("alpha", weights, alpha));
        }
        Skips.addCarry(this, params);
        return params;
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
        SDVariable f = transform.apply(sd, x, p.scoped("F"));
        return skip(sd, x, p).add(weighting == Weighting.FIXED ? scaled(f, beta) : f.mul(p.get("beta")));
    }

    @Override
    public SDVariable bypass(SameDiff sd, SDVariable x, Params p) {
        return skip(sd, x, p);
    }

    @Override
    public SDVariable skip(SameDiff sd, SDVariable x, Params p) {
        SDVariable c = Skips.carry(this, x, p);
        return learnSkip ? c.mul(p.get("alpha")) : scaled(c, alpha);
    }

    @Override
    public SkipCoefficients skipCoefficients() {
        return SkipCoefficients.of(weighting, alpha, beta, learnSkip);
    }

    private static SDVariable scaled(SDVariable v, double factor) {
        return factor == 1 ? v : v.mul(factor);
    }

    @Override
    public @Nullable SDVariable attention(SameDiff sd, SDVariable x, Params p) {
        return transform.attention(sd, x, p.scoped("F"));
    }
}
