package org.gatedepth.block;

import org.jspecify.annotations.Nullable;

/**
 * The two weights of a sum {@code y = α·skip + β·branch}.
 *
 * @param alpha the weight of the skip
 * @param beta the weight of the branch
 */
public record SkipCoefficients(Coefficient alpha, Coefficient beta) {

    /**
     * One weight.
     *
     * @param value the constant, or the initial value of the parameter
     * @param param name of the parameter that is learned, of one element or one for each unit; null for a constant
     */
    public record Coefficient(double value, @Nullable String param) {
        static Coefficient of(double value, boolean learned, String param) {
            return new Coefficient(value, learned ? param : null);
        }
    }

    /**
     * The weights.
     *
     * @param weighting how the branch is weighted
     * @param alpha constant or initial α
     * @param beta constant or initial β
     * @param learnSkip whether α is a parameter {@code alpha}; β is a parameter {@code beta} unless the weighting is
     *     fixed
     */
    public static SkipCoefficients of(Weighting weighting, double alpha, double beta, boolean learnSkip) {
        return new SkipCoefficients(
                Coefficient.of(alpha, learnSkip, "alpha"), Coefficient.of(beta, weighting != Weighting.FIXED, "beta"));
    }
}
