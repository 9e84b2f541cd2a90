package org.gatedepth.dl4j;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InvalidInputTypeException;
import org.deeplearning4j.nn.conf.layers.samediff.SDVertexParams;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Params;
import org.gatedepth.block.SkipCoefficients;
import org.gatedepth.block.Weighting;
import org.gatedepth.dl4j.base.BlockVertex;
import org.gatedepth.dl4j.runtime.BlockVertexRuntime;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

/**
 * The weighted sum of a skip and a branch, {@code y = α·skip + β·branch}.
 *
 * <ul>
 *   <li>inputs, in this order: skip, branch, of one shape: {@code [minibatch, size]}, {@code [minibatch, size, time]}
 *       or {@code [minibatch, channels, height, width]}, or both with the size or the channels last (NWC, NHWC), as the
 *       graph's input types say or {@code channelsLast(true)}; output: the same shape
 *   <li>parameters: {@code beta}, unless the weighting is {@link Weighting#FIXED}, and with {@code learnSkip}
 *       {@code alpha}; one number for {@link Weighting#SCALAR}, one for each feature or channel for
 *       {@link Weighting#PER_UNIT}
 *   <li>initial values: α = β = 1 by default; β = 0 is ReZero
 *   <li>errors: {@code IllegalArgumentException} for a weight that is not finite or {@code learnSkip} with FIXED;
 *       {@code IllegalStateException} for PER_UNIT in a graph without input types and without {@code units};
 *       {@code InvalidInputTypeException} for PER_UNIT on inputs that have not so many {@code units}
 * </ul>
 *
 * <p>Sources: those of {@link WeightedSkipLayer}.
 */
public class WeightedSkipVertex extends BlockVertex {
    private Weighting weighting = Weighting.FIXED;
    private double alpha = 1;
    private double beta = 1;
    private boolean learnSkip;
    private long units;
    private boolean channelsLast;

    /** A residual sum, {@code y = skip + branch}; for JSON too. */
    public WeightedSkipVertex() {}

    private WeightedSkipVertex(Builder builder) {
        weighting = builder.weighting;
        alpha = builder.alpha;
        beta = builder.beta;
        learnSkip = builder.learnSkip;
        units = builder.units;
        channelsLast = builder.channelsLast;
        if (!Double.isFinite(alpha) || !Double.isFinite(beta)) {
            throw new IllegalArgumentException("alpha and beta must be finite numbers, got " + alpha + " and " + beta);
        }
        if (learnSkip && weighting == Weighting.FIXED) {
            throw new IllegalArgumentException("alpha cannot be learned with weighting FIXED; use SCALAR or PER_UNIT");
        }
    }

    @Override
    protected List<String> inputNames() {
        return List.of("skip", "branch");
    }

    @Override
    protected void defineParameters(SDVertexParams params) {
        if (weighting == Weighting.PER_UNIT && units < 1) {
            throw new IllegalStateException("a WeightedSkipVertex with PER_UNIT weights needs to know its features or"
                    + " channels: call units(..) on its builder, or setInputTypes(..) on the graph's");
        }
        long weights = weighting == Weighting.PER_UNIT ? units : 1;
        if (weighting != Weighting.FIXED) {
            params.addBiasParam("beta", 1, weights);
        }
        if (learnSkip) {
            params.addBiasParam("alpha", 1, weights);
        }
    }

    @Override
    public void initializeParameters(Map<String, INDArray> params) {
        params.forEach((name, array) -> array.assign(name.equals("beta") ? beta : alpha));
    }

    @Override
    public SDVariable define(SameDiff sd, List<SDVariable> inputs, Params p) {
        SDVariable branch = inputs.get(1);
        return bypass(sd, inputs, p)
                .add(weighting == Weighting.FIXED ? weighted(branch, beta) : weighted(sd, branch, p.get("beta")));
    }

    @Override
    public SDVariable bypass(SameDiff sd, List<SDVariable> inputs, Params p) {
        SDVariable skip = inputs.get(0);
        return learnSkip ? weighted(sd, skip, p.get("alpha")) : weighted(skip, alpha);
    }

    @Override
    @JsonIgnore
    public SkipCoefficients skipCoefficients() {
        return SkipCoefficients.of(weighting, alpha, beta, learnSkip);
    }

    private static SDVariable weighted(SDVariable x, double constant) {
        return constant == 1 ? x : x.mul(constant);
    }

    private SDVariable weighted(SameDiff sd, SDVariable x, SDVariable learned) {
        // Placeholders know how many axes they have; what a compiled trainer computes below has two.
        long[] known = x.getShape();
        int axes = known == null ? 2 : known.length;
        if (axes == 2) {
            return x.mul(learned);
        }
        // The weights must be broadcast over the dimensions of time, height and width.
        long[] shape = new long[axes];
        Arrays.fill(shape, 1);
        shape[channelsLast ? axes - 1 : 1] = weighting == Weighting.PER_UNIT ? units : 1;
        return x.mul(sd.reshape(learned, shape));
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType... inputs) throws InvalidInputTypeException {
        InputType type = super.getOutputType(layerIndex, inputs);
        channelsLast = hasChannelsLast(type);
        long[] shape = type.getShape();
        long found = shape[channelsLast ? shape.length - 1 : 0];
        if (units < 1) {
            units = found;
            parametersChanged();
        } else if (weighting == Weighting.PER_UNIT && units != found) {
            throw new InvalidInputTypeException("a WeightedSkipVertex of " + units + " units has inputs with " + found
                    + " features or channels: leave units(..) out, or give " + found + "; the inputs are "
                    + Arrays.toString(inputs));
        }
        return type;
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

    /** Features or channels; 0 while they are not known. */
    public long getUnits() {
        return units;
    }

    /** Sets the features or channels. */
    public void setUnits(long units) {
        this.units = units;
    }

    /** Whether the features or channels are in the last dimension of sequences and images. */
    public boolean isChannelsLast() {
        return channelsLast;
    }

    /** Sets whether the features or channels are in the last dimension of sequences and images. */
    public void setChannelsLast(boolean channelsLast) {
        this.channelsLast = channelsLast;
    }

    @Override
    protected String settings() {
        return ", weighting=" + weighting + ", units=" + units;
    }

    @Override
    protected BlockVertexRuntime runtime(
            ComputationGraph graph,
            String name,
            int index,
            @Nullable INDArray paramsView,
            boolean initialise,
            DataType dataType) {
        return new org.gatedepth.dl4j.runtime.named.WeightedSkipVertex(
                this, graph, name, index, paramsView, initialise, dataType);
    }

    @Override
    public WeightedSkipVertex clone() {
        WeightedSkipVertex copy = new Builder()
                .weighting(weighting)
                .alpha(alpha)
                .beta(beta)
                .learnSkip(learnSkip)
                .units(units)
                .channelsLast(channelsLast)
                .build();
        copy.regularization = regularization;
        copy.regularizationBias = regularizationBias;
        copy.updater = updater;
        copy.biasUpdater = biasUpdater;
        copy.gradientNormalization = gradientNormalization;
        copy.gradientNormalizationThreshold = gradientNormalizationThreshold;
        copy.setDataType(getDataType());
        copy.setName(getName());
        return copy;
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof WeightedSkipVertex other
                && weighting == other.weighting
                && alpha == other.alpha
                && beta == other.beta
                && learnSkip == other.learnSkip
                && units == other.units
                && channelsLast == other.channelsLast;
    }

    @Override
    public int hashCode() {
        return Objects.hash(weighting, alpha, beta, learnSkip, units, channelsLast);
    }

    /** Builds a {@link WeightedSkipVertex}. */
    public static class Builder {
        private Weighting weighting = Weighting.FIXED;
        private double alpha = 1;
        private double beta = 1;
        private boolean learnSkip;
        private long units;
        private boolean channelsLast;

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

        /** Whether α is learned too; false by default. */
        public Builder learnSkip(boolean learn) {
            learnSkip = learn;
            return this;
        }

        /** Features or channels, for PER_UNIT; inferred from the graph's input types when not given. */
        public Builder units(long features) {
            units = features;
            return this;
        }

        /**
         * Whether sequences are {@code [minibatch, time, size]} and images {@code [minibatch, height, width,
         * channels]}, for PER_UNIT; false by default, and told by the graph's input types where it has them.
         */
        public Builder channelsLast(boolean last) {
            channelsLast = last;
            return this;
        }

        /** The vertex. */
        public WeightedSkipVertex build() {
            return new WeightedSkipVertex(this);
        }
    }
}
