package org.gatedepth.block;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Layer normalisation of the features of each row, {@code g·(x − mean)/√(var + 1e-5) + s}.
 *
 * <p>{@code gain g, shift s [1, features]}: 1 and 0. Source: Ba et al. 2016, arXiv 1607.06450.
 */
public final class LayerNorm {
    /** What is added to the variance. */
    public static final double EPSILON = 1e-5;

    private static final String GAIN = "gain";
    private static final String SHIFT = "shift";

    private LayerNorm() {}

    /** The parameters. */
    public static List<ParamSpec> params(long features) {
        return List.of(ParamSpec.bias(GAIN, features, 1), ParamSpec.bias(SHIFT, features, 0));
    }

    /** Adds the equation to a graph. */
    public static SDVariable of(SameDiff sd, SDVariable x, Params p) {
        return scaled(normalised(sd, x), p);
    }

    /** Adds gain and shift. */
    public static SDVariable scaled(SDVariable normalised, Params p) {
        return normalised.mul(p.get(GAIN)).add(p.get(SHIFT));
    }

    /** {@code (x − mean)/√(var + 1e-5)}. */
    private static SDVariable normalised(SameDiff sd, SDVariable x) {
        SDVariable centred = centred(x);
        // Not a quotient: ND4J's gradient of one is wrong where the denominator is a single number, in a minibatch of
        // 1.
        return centred.mul(scale(sd, centred));
    }

    /** {@code x − mean}. */
    static SDVariable centred(SDVariable x) {
        return x.sub(x.mean(true, 1));
    }

    /** {@code 1/√(var + 1e-5)}, {@code [rows, 1]}, of rows of mean 0. */
    static SDVariable scale(SameDiff sd, SDVariable centred) {
        return sd.math.rsqrt(sd.math.square(centred).mean(true, 1).add(EPSILON));
    }
}
