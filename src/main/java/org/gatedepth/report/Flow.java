package org.gatedepth.report;

import java.util.List;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Signal and gradient along a {@link Chain} of {@code n} blocks.
 *
 * <p>Place 0 is the input of the first block, place {@code i} the output of block {@code i}. All numbers are measured
 * in inference mode (no dropout). Numbers of an example are means over the measured examples; where blocks read
 * sequences an example is a step that counts, and a path is that of a whole sequence; where they read images an example
 * is a whole image, with all its pixels.
 *
 * @param activation at each of the {@code n + 1} places the norm {@code ‖x_i‖₂} of an example's activations
 * @param gradient at each of the {@code n + 1} places the norm {@code ‖∂L/∂x_i‖₂} of the gradient of an example's loss,
 *     including the losses of the heads
 * @param jacobian for each of the {@code n} blocks the root mean square of the singular values of its Jacobian,
 *     {@code ‖J_i‖_F/√(inputs)}, estimated with vectors of random direction; 1 for the identity
 * @param product at each of the {@code n + 1} places the same for the product {@code J_n ⋯ J_{i+1}}; 1 at the last
 *     place
 * @param change for each of the {@code n} blocks the part of its output that does not come through its skip, {@code ‖y
 *     − skip(x)‖₂/‖y‖₂}; 1 for a block without a skip
 * @param pathShares for {@code k = 0 … n} the share of the gradient on paths through the transforms of {@code k} blocks
 *     and the skips of the others, estimated from sampled paths (Veit et al. 2016, arXiv 1605.06431, section 4.3); sums
 *     to 1
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

    /** A gradient has vanished if its {@link #gradientRatio()} is below this number. */
    public static final double VANISHED = 1e-3;

    /** A gradient has exploded if its {@link #gradientRatio()} is above this number. */
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

    /** What happens to a gradient on its way from the last block to the first. */
    public enum Health {
        /** {@code gradientRatio() < } {@link #VANISHED}. */
        VANISHING,
        /** Between the two. */
        HEALTHY,
        /** {@code gradientRatio() > } {@link #EXPLODED}. */
        EXPLODING,
        /** The gradient after the last block is 0 (for example because the loss is 0), or it is not a number. */
        UNKNOWN
    }

    /** The norm of the gradient before the first block divided by its norm after the last; NaN if the latter is 0. */
    public double gradientRatio() {
        double top = gradient.get(gradient.size() - 1);
        return top == 0 ? Double.NaN : gradient.get(0) / top;
    }

    /** A word for {@link #gradientRatio()}. */
    public Health health() {
        double ratio = gradientRatio();
        if (Double.isNaN(ratio)) {
            return Health.UNKNOWN;
        }
        return ratio < VANISHED ? Health.VANISHING : ratio > EXPLODED ? Health.EXPLODING : Health.HEALTHY;
    }
}
