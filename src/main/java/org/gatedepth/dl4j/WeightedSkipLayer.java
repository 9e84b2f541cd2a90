package org.gatedepth.dl4j;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.gatedepth.block.Block;
import org.gatedepth.block.WeightedSkipBlock;
import org.gatedepth.block.Weighting;
import org.gatedepth.dl4j.base.BlockLayer;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A layer with a weighted skip, {@code y = α·x + β·F(x)}, {@code F(x) = f(x·W + b)}.
 *
 * <ul>
 *   <li>input {@code [minibatch, nIn]}, output {@code [minibatch, nOut]}
 *   <li>parameters {@code F/W [nIn, nOut]}, {@code F/b [1, nOut]}, with layer normalisation {@code F/gain, F/shift [1,
 *       nIn]}; {@code beta}, and with {@code learnSkip} {@code alpha}, of shape {@code [1, 1]} for
 *       {@link Weighting#SCALAR} and {@code [1, nOut]} for {@link Weighting#PER_UNIT}; {@code C/W [nIn, nOut]} where
 *       nIn ≠ nOut: then the skip is {@code α·x·C/W}
 *   <li>initial values: {@code F/W} by {@code weightInit}, {@code C/W} as Glorot &amp; Bengio's; α = β = 1 and
 *       {@link Weighting#FIXED} by default, which is the residual layer. ReZero is {@code weighting(SCALAR).beta(0)},
 *       LayerScale {@code weighting(PER_UNIT).beta(1e-4)}: small at first, so that a deep chain starts as the identity
 *   <li>errors: {@code IllegalArgumentException} for an nOut below 1, a weight that is not finite, or {@code learnSkip}
 *       with FIXED
 * </ul>
 *
 * <p>Sources: He et al. 2015, arXiv 1512.03385; Bachlechner et al. 2020, arXiv 2003.04887; Touvron et al. 2021, arXiv
 * 2103.17239. Departure: {@code F} has one linear map where He et al. have two.
 */
public class WeightedSkipLayer extends BlockLayer {
    private Weighting weighting = Weighting.FIXED;
    private double alpha;
    private double beta;
    private boolean learnSkip;

    /** For JSON. */
    protected WeightedSkipLayer() {}

    private WeightedSkipLayer(Builder builder) {
        super(builder);
        weighting = builder.weighting;
        alpha = builder.alpha;
        beta = builder.beta;
        learnSkip = builder.learnSkip;
        complete(builder);
    }

    @Override
    protected Block block(long inputs) {
        return new WeightedSkipBlock(transform(inputs, getNOut()), weighting, alpha, beta, learnSkip);
    }

    /** How the branch is weighted. */
    public Weighting getWeighting() {
        return weighting;
    }

    /** Sets how the branch is weighted. */
    public void setWeighting(Weighting weighting) {
        this.weighting = weighting;
    }

    /** Initial or constant weight of the skip. */
    public double getAlpha() {
        return alpha;
    }

    /** Sets the initial or constant weight of the skip. */
    public void setAlpha(double alpha) {
        this.alpha = alpha;
    }

    /** Initial or constant weight of the branch. */
    public double getBeta() {
        return beta;
    }

    /** Sets the initial or constant weight of the branch. */
    public void setBeta(double beta) {
        this.beta = beta;
    }

    /** Whether α is learned too. */
    public boolean isLearnSkip() {
        return learnSkip;
    }

    /** Sets whether α is learned too. */
    public void setLearnSkip(boolean learnSkip) {
        this.learnSkip = learnSkip;
    }

    @Override
    public BlockRuntime runtime(NeuralNetConfiguration conf, DataType dataType) {
        return new org.gatedepth.dl4j.runtime.named.WeightedSkipLayer(conf, dataType);
    }

    /** Builds a {@link WeightedSkipLayer}. */
    @SuppressWarnings("unchecked") // Deeplearning4j declares build() with a type of the caller's choice
    public static class Builder extends BlockLayer.Builder<Builder> {
        private Weighting weighting = Weighting.FIXED;
        private double alpha = 1;
        private double beta = 1;
        private boolean learnSkip;

        /** How the branch is weighted; by constants by default. */
        public Builder weighting(Weighting kind) {
            weighting = kind;
            return this;
        }

        /** Initial or constant weight of the skip, 1 by default. */
        public Builder alpha(double skip) {
            alpha = skip;
            return this;
        }

        /** Initial or constant weight of the branch, 1 by default. */
        public Builder beta(double branch) {
            beta = branch;
            return this;
        }

        /** Whether α is learned too; false by default, which protects the skip. */
        public Builder learnSkip(boolean learn) {
            learnSkip = learn;
            return this;
        }

        @Override
        public WeightedSkipLayer build() {
            return new WeightedSkipLayer(this);
        }
    }
}
