package org.gatedepth.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.gatedepth.block.Block;
import org.gatedepth.block.Connection;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.ProjectionBlock;
import org.gatedepth.block.Stack;
import org.gatedepth.block.TappedStack;
import org.gatedepth.block.Taps;
import org.gatedepth.dl4j.base.SequenceLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

/**
 * A temporal convolutional network as one layer: {@code depth} blocks of one {@link Connection} over sequences, whose
 * products are dilated convolutions over time, {@code y = B_depth(…B_1(P(x)))}.
 *
 * <p>The transform of block i, counted from 1, is {@code F(x)_t = f(Σ_j x_(t − s_j)·W_j + b)} over {@code kernel} steps
 * that lie {@code d_i} apart, {@code s_j = j·d_i} with j from 0 to kernel − 1; steps before the sequence are zero. The
 * gate of {@link Connection#HIGHWAY} reads the same steps; carry and skip read step t alone. {@code P} is a linear map
 * of each step from nIn to nOut features, left out where the two are equal. An output depends on
 * {@code receptiveField() = 1 + (kernel − 1)·Σ d_i} steps; a dilation that no sequence reaches is allowed, and its
 * block then reads only step t.
 *
 * <ul>
 *   <li>input {@code [minibatch, nIn, steps]}; output {@code [minibatch, nOut, steps]}, and for
 *       {@link Connection#DENSE} {@code nOut + depth·growthRate} features; with {@code taps} the outputs of those
 *       blocks stand before it
 *   <li>parameters: two vectors, {@code W} and {@code b}, as in {@link GatedStack}; {@code layer.getParam(..)} and
 *       {@code setParam(..)} also know those of the blocks, below the scopes {@code b0, b1, …}, such as {@code b3/H/W
 *       [kernel·nOut, nOut]}, in which the rows from {@code j·nOut} on are W_j. Where nIn ≠ nOut {@code b0} is the
 *       projection, {@code b0/W [nIn, nOut]} and {@code b0/b [1, nOut]}
 *   <li>initial values: weights of transforms by {@code weightInit}, with {@code kernel·nOut} as fan-in and fan-out;
 *       those of gates and of the projection as Glorot &amp; Bengio's; gate biases at
 *       {@link HighwayBlock#defaultTransformGateBias(int)} of the depth unless given; ReZero's β at 0
 *   <li>state of {@code rnnTimeStep}: the last {@code receptiveField() − 1} inputs, which each call reads again
 *   <li>errors: {@code IllegalArgumentException} for a depth, kernel, dilation, growth rate or nOut below 1, dilations
 *       that are not one for each block, taps that do not rise from 1 to depth − 1, a gate bias that is not finite or
 *       given to a connection that has no gates; {@code DL4JInvalidConfigException} for constraints, weight noise and
 *       {@code biasInit}; {@code UnsupportedOperationException} for {@code rnnTimeStep} and truncated backpropagation
 *       of a stack that is not causal
 * </ul>
 *
 * <p>Sources: Bai, Kolter, Koltun 2018, <i>An Empirical Evaluation of Generic Convolutional and Recurrent Networks for
 * Sequence Modeling</i>, arXiv 1803.01271, section 3; Srivastava et al. 2015, arXiv 1505.00387, for the gates; those
 * that {@link Connection} names. Departures: a block has one convolution where Bai et al. have two, no weight
 * normalisation, and its skip is added after the activation.
 *
 * <pre>{@code
 * new TemporalStack.Builder().connection(Connection.HIGHWAY).depth(8).kernel(3).nOut(64).build()
 * }</pre>
 */
public class TemporalStack extends SequenceLayer {
    /** Blocks for which doubling dilations stay below 2^31. */
    private static final int MAX_DOUBLING = 31;

    private Connection connection = Connection.HIGHWAY;
    private int kernel;
    private List<Integer> dilations = List.of();
    private boolean causal;
    private double transformGateBias;
    private long growthRate;
    private List<Integer> taps = List.of();

    /** For JSON. */
    protected TemporalStack() {}

    private TemporalStack(Builder builder) {
        super(builder);
        connection = builder.connection;
        kernel = builder.kernel;
        causal = builder.causal;
        growthRate = builder.growthRate;
        taps = builder.taps;
        if (builder.transformGateBias != null && connection != Connection.HIGHWAY) {
            throw new IllegalArgumentException("transformGateBias is for HIGHWAY, but the connection is " + connection);
        }
        transformGateBias = builder.transformGateBias != null
                ? builder.transformGateBias
                : HighwayBlock.defaultTransformGateBias(builder.depth);
        dilations = builder.dilations != null ? builder.dilations : doubling(builder.depth);
        if (dilations.size() != builder.depth) {
            throw new IllegalArgumentException(
                    "dilations must be one for each of the " + builder.depth + " blocks, got " + dilations);
        }
        complete(builder);
    }

    private static List<Integer> doubling(int depth) {
        if (depth > MAX_DOUBLING) {
            throw new IllegalArgumentException(
                    "dilations that double are for " + MAX_DOUBLING + " blocks at most, got a depth of " + depth
                            + "; call dilations(..), for example 1, 2, 4, 1, 2, 4");
        }
        return IntStream.range(0, depth).mapToObj(i -> 1 << i).toList();
    }

    @Override
    protected Block block(long inputs) {
        List<Block> blocks = new ArrayList<>();
        if (inputs != getNOut()) {
            blocks.add(new ProjectionBlock(inputs, getNOut()));
        }
        long running = getNOut();
        for (int dilation : dilations) {
            Block block = connection.around(transform(running, dilation), transformGateBias);
            blocks.add(block);
            running = block.outputSize();
        }
        return TappedStack.of(new Stack(blocks), dilations.size(), taps);
    }

    /** Features of each tap, and at last of the stack. */
    List<Long> tapSizes() {
        return TappedStack.sizes(block(getNOut()));
    }

    /** The blocks whose outputs stand beside that of the stack. */
    public List<Integer> getTaps() {
        return taps;
    }

    /** Sets the blocks whose outputs stand beside that of the stack. */
    public void setTaps(List<Integer> taps) {
        this.taps = List.copyOf(taps);
    }

    private DenseBlock transform(long size, int dilation) {
        Taps taps = new Taps(kernel, dilation, causal ? Taps.Padding.CAUSAL : Taps.Padding.SAME);
        long outputs = connection == Connection.DENSE ? growthRate : size;
        return new DenseBlock(size, outputs, transformActivation(), isLayerNorm(), taps);
    }

    @Override
    public long receptiveField() {
        return 1
                + (kernel - 1)
                        * dilations.stream().mapToLong(Integer::longValue).sum();
    }

    /** How each block connects its input with its transform. */
    public Connection getConnection() {
        return connection;
    }

    /** Sets the connection. */
    public void setConnection(Connection connection) {
        this.connection = connection;
    }

    /** Number of blocks, as many as there are dilations. */
    @JsonIgnore
    public int getDepth() {
        return dilations.size();
    }

    /** Number of steps that one product reads. */
    public int getKernel() {
        return kernel;
    }

    /** Sets the number of steps that one product reads. */
    public void setKernel(int kernel) {
        this.kernel = kernel;
    }

    /** For each block the distance between the steps that its product reads. */
    public List<Integer> getDilations() {
        return dilations;
    }

    /** Sets the distances, one for each block. */
    public void setDilations(List<Integer> dilations) {
        this.dilations = List.copyOf(dilations);
    }

    /** Whether an output depends on no later step. */
    @Override
    public boolean isCausal() {
        return causal;
    }

    /** Sets whether an output depends on no later step. */
    public void setCausal(boolean causal) {
        this.causal = causal;
    }

    /** Initial bias of the transform gates. */
    public double getTransformGateBias() {
        return transformGateBias;
    }

    /** Sets the initial bias of the transform gates. */
    public void setTransformGateBias(double transformGateBias) {
        this.transformGateBias = transformGateBias;
    }

    /** Features that each block of a DENSE stack adds. */
    public long getGrowthRate() {
        return growthRate;
    }

    /** Sets the features that each block of a DENSE stack adds. */
    public void setGrowthRate(long growthRate) {
        this.growthRate = growthRate;
    }

    /** Builds a {@link TemporalStack}; {@code depth} and {@code nOut} are required. */
    @SuppressWarnings("unchecked") // Deeplearning4j declares build() with a type of the caller's choice
    public static class Builder extends SequenceLayer.Builder<Builder> {
        private Connection connection = Connection.HIGHWAY;
        private int depth;
        private int kernel = 3;
        private @Nullable List<Integer> dilations;
        private boolean causal = true;
        private @Nullable Double transformGateBias;
        private long growthRate = 12;
        private List<Integer> taps = List.of();

        /** How each block connects its input with its transform; HIGHWAY by default. */
        public Builder connection(Connection kind) {
            connection = kind;
            return this;
        }

        /** Number of blocks. */
        public Builder depth(int blocks) {
            depth = blocks;
            return this;
        }

        /** Number of steps that one product reads; 3 by default. */
        public Builder kernel(int steps) {
            kernel = steps;
            return this;
        }

        /** The distance between the steps that a product reads, for each block; by default 1, 2, 4 and so on. */
        public Builder dilations(int... distances) {
            dilations = Arrays.stream(distances).boxed().toList();
            return this;
        }

        /**
         * Whether an output depends on no later step; true by default. Otherwise the steps lie around the output's, as
         * {@link Taps.Padding#SAME} says.
         */
        public Builder causal(boolean onlyEarlierSteps) {
            causal = onlyEarlierSteps;
            return this;
        }

        /** Initial bias of the transform gates; by default the one that fits the depth. */
        public Builder transformGateBias(double bias) {
            transformGateBias = bias;
            return this;
        }

        /** Features that each block of a DENSE stack adds; 12 by default, as in {@link GatedStack}. */
        public Builder growthRate(long features) {
            growthRate = features;
            return this;
        }

        /**
         * Numbers of blocks, from 1 and rising, whose outputs stand in the output before that of the last: for the
         * heads of a {@link DeepSupervisionOutputLayer}. None by default.
         */
        public Builder taps(int... blocks) {
            taps = Arrays.stream(blocks).boxed().toList();
            return this;
        }

        @Override
        public TemporalStack build() {
            return new TemporalStack(this);
        }
    }
}
