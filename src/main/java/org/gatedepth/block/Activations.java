package org.gatedepth.block;

import java.util.EnumSet;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;

/**
 * The activations of {@link Activation} as SameDiff ops, equal in value and gradient to the stock ones.
 *
 * <p>{@link Activation#asSameDiff} is not used: it lacks half of them and gives a leaky relu without its leak.
 */
public final class Activations {
    private static final Set<Activation> REFUSED = EnumSet.of(Activation.RRELU);

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
            case GELU -> sd.nn.gelu(x);
            case SWISH -> sd.nn.swish(x);
            case MISH -> x.mul(sd.math.tanh(sd.nn.softplus(x)));
            case SOFTPLUS -> sd.nn.softplus(x);
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
}
