package org.gatedepth.block;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Rows normalised over their features, {@code (x − mean)/√(var + 1e-5)}.
 *
 * <p>Source: Ba, Kiros, Hinton 2016, <i>Layer Normalization</i>, arXiv 1607.06450. A gain and a shift are the caller's.
 *
 * @param centred {@code x − mean}
 * @param scale {@code 1/√(var + 1e-5)}, {@code [rows, 1]}
 */
record Normalised(SDVariable centred, SDVariable scale) {

    /** The rows of x. */
    static Normalised of(SameDiff sd, SDVariable x) {
        SDVariable centred = centred(x);
        SDVariable variance = sd.math.square(centred).mean(true, 1);
        return new Normalised(centred, sd.math.rsqrt(variance.add(1e-5)));
    }

    /** {@code x − mean}. */
    static SDVariable centred(SDVariable x) {
        return x.sub(x.mean(true, 1));
    }

    /** The normalised rows. */
    SDVariable value() {
        // Not a quotient: ND4J's gradient of one is wrong where the denominator is a single number, in a minibatch of
        // 1.
        return centred.mul(scale);
    }
}
