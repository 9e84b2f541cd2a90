package org.gatedepth.block;

import java.util.EnumSet;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;

/**
 * The activations of {@link Activation} as SameDiff ops, equal in value and gradient to the stock ones where these are
 * numbers.
 *
 * <p>{@link Activation#asSameDiff} is not used: it lacks half of them and gives a leaky relu without its leak. Nor are
 * ND4J's ops for gelu, swish and softplus, which raise e to the input: in single precision the gradients of the first
 * two are NaN above 30 and 45, and softplus is infinite above 89.
 */
public final class Activations {
    private static final Set<Activation> REFUSED = EnumSet.of(Activation.RRELU);

    /** Deeplearning4j's gelu is the approximation {@code x·sigmoid(1.702·x)}, with this factor in single precision. */
    private static final float GELU_SLOPE = 1.702f;

    /** Above it {@code ln(1 + exp(x))} is x in double precision, too. */
    private static final double LARGE = 40;

    private Activations() {}

    /** Refuses what SameDiff cannot express. */
    public static Activation requireSupported(Activation activation) {
        if (REFUSED.contains(activation)) {
            throw new IllegalArgumentException(
                    "activation " + activation + " cannot be expressed in SameDiff; use one of " + supported());
        }
        return activation;
    }

    /** All that {@link #apply} knows. */
    public static Set<Activation> supported() {
        return EnumSet.complementOf(EnumSet.copyOf(REFUSED));
    }

    /** Applies an activation element by element (softmax: over each row). */
    public static SDVariable apply(SameDiff sd, Activation activation, SDVariable x) {
        return switch (activation) {
            case IDENTITY -> x;
            case RELU -> sd.nn.relu(x, 0);
            case TANH -> sd.math.tanh(x);
            case SIGMOID -> sd.nn.sigmoid(x);
            case ELU -> sd.nn.elu(x);
            case SELU -> sd.nn.selu(x);
            case GELU -> x.mul(sd.nn.sigmoid(x.mul(GELU_SLOPE)));
            case SWISH -> x.mul(sd.nn.sigmoid(x));
            // The tanh of a softplus that is infinite is 1.
            case MISH -> x.mul(sd.math.tanh(sd.nn.softplus(x)));
            case SOFTPLUS -> softplus(sd, x);
            case SOFTSIGN -> sd.nn.softsign(x);
            case SOFTMAX -> sd.nn.softmax(x);
            case LEAKYRELU -> sd.nn.leakyRelu(x, 0.01);
            case RELU6 -> sd.nn.relu6(x, 0);
            case THRESHOLDEDRELU -> x.mul(x.gt(1.0).castTo(x.dataType()));
            case HARDTANH -> sd.nn.hardTanh(x);
            case HARDSIGMOID -> sd.nn.hardSigmoid(x);
            case CUBE -> sd.math.cube(x);
            case RATIONALTANH -> sd.math.rationalTanh(x);
            case RECTIFIEDTANH -> sd.math.rectifiedTanh(x);
            case RRELU -> throw new IllegalArgumentException("activation " + activation + " is not supported");
        };
    }

    /** {@code ln(1 + exp(x))} of what is not large, and x of what is. */
    private static SDVariable softplus(SameDiff sd, SDVariable x) {
        SDVariable excess = sd.nn.relu(x.sub(LARGE), 0);
        return sd.nn.softplus(x.sub(excess)).add(excess);
    }
}
