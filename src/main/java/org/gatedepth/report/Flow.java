package org.gatedepth.report;

import java.util.List;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Signal and error signal along a {@link Chain} of {@code n} blocks.
 *
 * <p>Places are numbered from 0, the input of the first block, to {@code n}, the output of the last. All numbers are of
 * inference mode (no dropout) and, where an example is named, means over the measured examples.
 *
 * @param activation at each of the {@code n + 1} places the norm {@code ‖x_i‖₂} of an example's activations
 * @param gradient at each of the {@code n + 1} places the norm {@code ‖∂L/∂x_i‖₂} of the gradient of an example's loss, that
 *     of the heads in it
 * @param jacobian for each of the {@code n} blocks the root mean square of the singular values of its Jacobian, {@code
 *     ‖J_i‖_F/√(inputs)}, estimated with vectors of random direction; 1 for the identity
 * @param product at each of the {@code n + 1} places the same of the product {@code J_n ⋯ J_{i+1}}, measured along the chain;
 *     1 at the last
 * @param change for each of the {@code n} blocks how much of its output is not handed on from its input, {@code ‖y −
 *     skip(x)‖₂/‖y‖₂}; for a block without a skip 1
 * @param pathShares for {@code k = 0 … n} the share of the gradient that flows over paths through the transforms of {@code k}
 *     blocks and the skips of the others, by sampled paths (Veit et al. 2016, arXiv 1605.06431, section 4.3); sums to 1
 * @param effectiveDepth the mean path length, {@code Σ k·pathShares_k}
 */
public record Flow(
        @JsonProperty("activation") List<Double> activation,
        @JsonProperty("gradient") List<Double> gradient,
        @JsonProperty("jacobian") List<Double> jacobian,
        @JsonProperty("product") List<Double> product,
        @JsonProperty("change") List<Double> change,
        @JsonProperty("pathShares") List<Double> pathShares,
        @JsonProperty("effectiveDepth") double effectiveDepth) {

    /** A gradient that reaches the first block with less than this part of its norm has vanished. */
    public static final double VANISHED = 1e-3;

    /** A gradient that reaches the first block with more than this multiple of its norm has exploded. */
    public static final double EXPLODED = 1e3;

    /** Copies the lists. */
    public Flow {
        activation = List.copyOf(activation);
        gradient = List.copyOf(gradient);
        jacobian = List.copyOf(jacobian);
        product = List.copyOf(product);
        change = List.copyOf(change);
        pathShares = List.copyOf(pathShares);
    }

    /** What becomes of a gradient on its way down. */
    public enum Health {
        /** {@code gradientRatio() < } {@link #VANISHED}. */
        VANISHING,
        /** Between the two. */
        HEALTHY,
        /** {@code gradientRatio() > } {@link #EXPLODED}. */
        EXPLODING,
        /** No gradient arrives at the chain at all, as when the loss is 0; or it is not a number. */
        UNKNOWN
    }

    /** The norm of the gradient before the first block, relative to that behind the last; NaN where there is none. */
    public double gradientRatio() {
        double top = gradient.get(gradient.size() - 1);
        return top == 0 ? Double.NaN : gradient.get(0) / top;
    }

    /** A plain word for {@link #gradientRatio()}. */
    public Health health() {
        double ratio = gradientRatio();
        if (Double.isNaN(ratio)) {
            return Health.UNKNOWN;
        }
        return ratio < VANISHED ? Health.VANISHING : ratio > EXPLODED ? Health.EXPLODING : Health.HEALTHY;
    }
}
