package org.gatedepth.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.gatedepth.block.Block;
import org.gatedepth.block.Connection;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.ProjectionBlock;
import org.gatedepth.block.Stack;
import org.gatedepth.block.attention.AttentionBlock;
import org.gatedepth.block.attention.GatedFeedForwardBlock;
import org.gatedepth.block.attention.PositionBlock;
import org.gatedepth.block.attention.Positions;
import org.gatedepth.dl4j.base.SequenceLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;

/**
 * Multi-head self-attention and a gated feed-forward part over sequences, {@code depth} pairs of them as one layer,
 * {@code y = G_depth(A_depth(…G_1(A_1(P(x)))))}, each joined to its input by one {@link Connection}.
 *
 * <p>The transform of A is {@code F(x)_i = [c_1 … c_heads]·O + b} with {@code c_h = Σ_j softmax_j(q_i·k_j/√size)·v_j},
 * of G {@code F(x) = (f(x·W_G + b_G)·(x·W_V + b_V))·W_O + b_O}, a gated linear unit; both read {@code LN(x)} unless
 * {@code layerNorm(false)}. Highway gates read x, the carries and skips step i alone. {@code P} maps each step from nIn
 * to nOut features, where the two differ, and adds {@link Positions}. An output depends on every step of its sequence,
 * or with {@code causal(true)} on its own and all earlier ones. Masked steps are no keys, and zeros in the output.
 *
 * <ul>
 *   <li>input {@code [minibatch, nIn, steps]}; output {@code [minibatch, nOut, steps]}, and for
 *       {@link Connection#DENSE} {@code nOut + 2·depth·growthRate} features
 *   <li>parameters: two vectors, {@code W} and {@code b}, as in {@link GatedStack}; {@code layer.getParam(..)} and
 *       {@code setParam(..)} also know those of the blocks, below the scopes {@code b0, b1, …}: {@code b0/W [nIn,
 *       nOut]}, {@code b0/b} and {@code b0/P [maxSteps, nOut]} of P, where it has them; then for the connection HIGHWAY
 *       {@code b1/H/W [nOut, 3·nOut]} with the columns of q, k and v, {@code b1/H/O/W [nOut, nOut]}, {@code b1/H/O/b},
 *       {@code b2/H/G/W [nOut, feedForwardWidth]}, {@code b2/H/V/W}, {@code b2/H/O/W}, their biases, and the gates'
 *       {@code b1/T/W}, {@code b1/T/b}. Without P the first block is {@code b0}
 *   <li>initial values: {@code G/W} and {@code V/W} by {@code weightInit}, all other matrices as Glorot &amp; Bengio's;
 *       biases at 0; gate biases at {@link HighwayBlock#defaultTransformGateBias(int)} of the {@code 2·depth} blocks
 *       unless given; ReZero's β at 0; learned positions normal with variance 1/nOut
 *   <li>memory: in training {@code minibatch·heads·steps²} weights for each pair, fewer than 2^28 of them; the time
 *       grows with the square of the steps too
 *   <li>state of {@code rnnTimeStep}, for a causal layer: all inputs so far, which each call reads again, up to
 *       {@code maxSteps}, which is then required. Positions go on counting
 *   <li>errors: {@code IllegalArgumentException} for a depth, heads, growth rate or nOut below 1, heads that do not
 *       divide nOut, learned positions without {@code maxSteps}, a gate bias that is not finite or given to a
 *       connection that has no gates, and for a sequence of more than {@code maxSteps} steps;
 *       {@code DL4JInvalidConfigException} for constraints, weight noise and {@code biasInit};
 *       {@code UnsupportedOperationException} for {@code rnnTimeStep} and truncated backpropagation of a layer that is
 *       not causal, or has no {@code maxSteps}
 * </ul>
 *
 * <p>Sources: Vaswani et al. 2017, <i>Attention Is All You Need</i>, arXiv 1706.03762; Dauphin et al. 2016, arXiv
 * 1612.08083, and Shazeer 2020, arXiv 2002.05202, for the feed-forward part; Xiong et al. 2020, arXiv 2002.04745, for
 * the place of layer normalisation; Srivastava et al. 2015, arXiv 1505.00387, for the gates. Departures: queries, keys
 * and values have no biases, and nothing is normalised after the last pair.
 *
 * <pre>{@code
 * new GatedAttentionLayer.Builder().heads(4).connection(Connection.RESIDUAL).depth(2).nOut(64).build()
 * }</pre>
 */
public class GatedAttentionLayer extends SequenceLayer {
    private Connection connection = Connection.HIGHWAY;
    private int depth;
    private int heads;
    private boolean causal;
    private Positions positions = Positions.NONE;
    private long maxSteps;
    private long feedForwardWidth;
    private double transformGateBias;
    private long growthRate;

    /** For JSON. */
    protected GatedAttentionLayer() {}

    private GatedAttentionLayer(Builder builder) {
        super(builder);
        connection = builder.connection;
        depth = builder.depth;
        heads = builder.heads;
        causal = builder.causal;
        positions = builder.positions;
        maxSteps = builder.maxSteps;
        growthRate = builder.growthRate;
        if (depth < 1) {
            throw new IllegalArgumentException("depth must be at least 1, got " + depth);
        }
        if (maxSteps < 0) {
            throw new IllegalArgumentException("maxSteps must be at least 1, or 0 for any number, got " + maxSteps);
        }
        if (builder.transformGateBias != null && connection != Connection.HIGHWAY) {
            throw new IllegalArgumentException("transformGateBias is for HIGHWAY, but the connection is " + connection);
        }
        transformGateBias = builder.transformGateBias != null
                ? builder.transformGateBias
                : HighwayBlock.defaultTransformGateBias(2 * depth);
        feedForwardWidth = builder.feedForwardWidth != null
                ? builder.feedForwardWidth
                : GatedFeedForwardBlock.defaultWidth(getNOut());
        complete(builder);
    }

    @Override
    protected Block block(long inputs) {
        List<Block> blocks = new ArrayList<>();
        if (positions != Positions.NONE) {
            blocks.add(new PositionBlock(inputs, getNOut(), positions, positions == Positions.LEARNED ? maxSteps : 0));
        } else if (inputs != getNOut()) {
            blocks.add(new ProjectionBlock(inputs, getNOut()));
        }
        long running = getNOut();
        for (int i = 0; i < depth; i++) {
            Block attention = connection.around(
                    new AttentionBlock(running, outputs(running), getNOut(), heads, causal, isLayerNorm()),
                    transformGateBias);
            running = attention.outputSize();
            Block feedForward = connection.around(
                    new GatedFeedForwardBlock(
                            running, outputs(running), feedForwardWidth, transformActivation(), isLayerNorm()),
                    transformGateBias);
            running = feedForward.outputSize();
            blocks.add(attention);
            blocks.add(feedForward);
        }
        return new Stack(blocks);
    }

    private long outputs(long size) {
        return connection == Connection.DENSE ? growthRate : size;
    }

    @Override
    public long receptiveField() {
        return ALL;
    }

    @Override
    public long maxSteps() {
        return maxSteps == 0 ? ALL : maxSteps;
    }

    /** And of each pair the weights of the attention. */
    @Override
    protected long computedElements(long steps) {
        return super.computedElements(steps) + (long) depth * heads * steps * steps;
    }

    /** How each block connects its input with its transform. */
    public Connection getConnection() {
        return connection;
    }

    /** Sets the connection. */
    public void setConnection(Connection connection) {
        this.connection = connection;
    }

    /** Number of pairs of attention and feed-forward part. */
    public int getDepth() {
        return depth;
    }

    /** Sets the number of pairs. */
    public void setDepth(int depth) {
        this.depth = depth;
    }

    /** Number of heads. */
    public int getHeads() {
        return heads;
    }

    /** Sets the number of heads. */
    public void setHeads(int heads) {
        this.heads = heads;
    }

    /** Whether a step attends to no later one. */
    @Override
    public boolean isCausal() {
        return causal;
    }

    /** Sets whether a step attends to no later one. */
    public void setCausal(boolean causal) {
        this.causal = causal;
    }

    /** What is added to the steps. */
    public Positions getPositions() {
        return positions;
    }

    /** Sets what is added to the steps. */
    public void setPositions(Positions positions) {
        this.positions = positions;
    }

    /** The most steps of a sequence; 0 for any number. */
    public long getMaxSteps() {
        return maxSteps;
    }

    /** Sets the most steps of a sequence. */
    public void setMaxSteps(long maxSteps) {
        this.maxSteps = maxSteps;
    }

    /** Hidden units of each feed-forward part. */
    public long getFeedForwardWidth() {
        return feedForwardWidth;
    }

    /** Sets the hidden units of each feed-forward part. */
    public void setFeedForwardWidth(long feedForwardWidth) {
        this.feedForwardWidth = feedForwardWidth;
    }

    /** Initial bias of the transform gates. */
    public double getTransformGateBias() {
        return transformGateBias;
    }

    /** Sets the initial bias of the transform gates. */
    public void setTransformGateBias(double transformGateBias) {
        this.transformGateBias = transformGateBias;
    }

    /** Features that each block of a DENSE layer adds. */
    public long getGrowthRate() {
        return growthRate;
    }

    /** Sets the features that each block of a DENSE layer adds. */
    public void setGrowthRate(long growthRate) {
        this.growthRate = growthRate;
    }

    /** Builds a {@link GatedAttentionLayer}; {@code nOut} is required. */
    @SuppressWarnings("unchecked") // Deeplearning4j declares build() with a type of the caller's choice
    public static class Builder extends SequenceLayer.Builder<Builder> {
        private Connection connection = Connection.HIGHWAY;
        private int depth = 1;
        private int heads = 4;
        private boolean causal;
        private Positions positions = Positions.SINUSOIDAL;
        private long maxSteps;
        private @Nullable Long feedForwardWidth;
        private @Nullable Double transformGateBias;
        private long growthRate = 12;

        /**
         * Activation sigmoid, that of the gated linear unit, which the network's global activation does not replace;
         * gelu and swish give GEGLU and SwiGLU. Transforms normalise their input, unless {@code layerNorm(false)}.
         */
        public Builder() {
            activationFn = new ActivationSigmoid();
            layerNorm(true);
        }

        /** How each block connects its input with its transform; HIGHWAY by default. */
        public Builder connection(Connection kind) {
            connection = kind;
            return this;
        }

        /** Number of pairs of attention and feed-forward part; 1 by default. */
        public Builder depth(int pairs) {
            depth = pairs;
            return this;
        }

        /** Number of heads, which must divide nOut; 4 by default. */
        public Builder heads(int count) {
            heads = count;
            return this;
        }

        /** Whether a step attends to no later one; false by default. */
        public Builder causal(boolean onlyEarlierSteps) {
            causal = onlyEarlierSteps;
            return this;
        }

        /** What is added to the steps, so that their order counts; SINUSOIDAL by default. */
        public Builder positions(Positions kind) {
            positions = kind;
            return this;
        }

        /** The most steps of a sequence: for learned positions and for {@code rnnTimeStep}; any number by default. */
        public Builder maxSteps(long steps) {
            maxSteps = steps;
            return this;
        }

        /** Hidden units of each feed-forward part; 8/3 of nOut by default. */
        public Builder feedForwardWidth(long units) {
            feedForwardWidth = units;
            return this;
        }

        /** Initial bias of the transform gates; by default the one that fits the number of blocks. */
        public Builder transformGateBias(double bias) {
            transformGateBias = bias;
            return this;
        }

        /** Features that each block of a DENSE layer adds; 12 by default, as in {@link GatedStack}. */
        public Builder growthRate(long features) {
            growthRate = features;
            return this;
        }

        @Override
        public GatedAttentionLayer build() {
            return new GatedAttentionLayer(this);
        }
    }
}
