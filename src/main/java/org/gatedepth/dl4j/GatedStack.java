package org.gatedepth.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.gatedepth.block.Block;
import org.gatedepth.block.Connection;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.ProjectionBlock;
import org.gatedepth.block.Stack;
import org.gatedepth.block.TappedStack;
import org.gatedepth.dl4j.base.BlockLayer;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

/**
 * {@code depth} blocks of one {@link Connection} as one layer, {@code y = B_depth(…B_1(P(x)))}.
 *
 * <p>{@code P} is a linear map from nIn to nOut features, left out where the two are equal. One layer runs as one
 * execution plan, which is faster than the same blocks as layers of their own.
 *
 * <ul>
 *   <li>input {@code [minibatch, nIn]}; output {@code [minibatch, nOut]}, and for {@link Connection#DENSE}
 *       {@code [minibatch, nOut + depth·growthRate]}; with {@code taps} the outputs of those blocks stand before it
 *   <li>parameters: two vectors, {@code W} with all weights and {@code b} with all biases, since Deeplearning4j's
 *       updaters take time for each parameter. {@code layer.getParam(..)} and {@code setParam(..)} also know those of
 *       the blocks, below the scopes {@code b0, b1, …}, such as {@code b3/H/W}. In {@code W} the weights of one block
 *       that multiply the same input stand side by side, row by row as in {@code [H|T]}: they are one product. Where
 *       nIn ≠ nOut {@code b0} is the projection, {@code b0/W [nIn, nOut]} and {@code b0/b [1, nOut]}
 *   <li>initial values: weights of transforms by {@code weightInit}, those of gates and of the projection as Glorot
 *       &amp; Bengio's; gate biases at {@link HighwayBlock#defaultTransformGateBias(int)} of the depth unless given,
 *       since a deeper stack has to carry more; ReZero's β at 0
 *   <li>errors: {@code DL4JInvalidConfigException} for constraints, which act on single matrices;
 *       {@code IllegalArgumentException} for a depth or nOut below 1, a growth rate below 1, a gate bias that is not
 *       finite or given to a connection that has no gates, taps that do not rise from 1 to depth − 1
 * </ul>
 *
 * <p>Sources: those that {@link Connection} names.
 *
 * <pre>{@code
 * new GatedStack.Builder().connection(Connection.HIGHWAY).depth(50).nOut(64).build()
 * }</pre>
 */
public class GatedStack extends BlockLayer {
    private Connection connection = Connection.HIGHWAY;
    private int depth;
    private double transformGateBias;
    private long growthRate;
    private List<Integer> taps = List.of();

    /** For JSON. */
    protected GatedStack() {}

    private GatedStack(Builder builder) {
        super(builder);
        connection = builder.connection;
        depth = builder.depth;
        growthRate = builder.growthRate;
        taps = builder.taps;
        if (builder.transformGateBias != null && connection != Connection.HIGHWAY) {
            throw new IllegalArgumentException("transformGateBias is for HIGHWAY, but the connection is " + connection);
        }
        transformGateBias = builder.transformGateBias != null
                ? builder.transformGateBias
                : HighwayBlock.defaultTransformGateBias(depth);
        complete(builder);
    }

    @Override
    protected Block block(long inputs) {
        return TappedStack.of(stack(inputs), depth, taps);
    }

    /** The blocks, the projection first where there is one. */
    Stack stack(long inputs) {
        List<Block> blocks = new ArrayList<>();
        if (inputs != getNOut()) {
            blocks.add(new ProjectionBlock(inputs, getNOut()));
        }
        long running = getNOut();
        for (int i = 0; i < depth; i++) {
            Block block = blockOf(running);
            blocks.add(block);
            running = block.outputSize();
        }
        return new Stack(blocks);
    }

    @Override
    @JsonIgnore
    protected boolean isStoredAsVectors() {
        return true;
    }

    private Block blockOf(long size) {
        DenseBlock transform = transform(size, connection == Connection.DENSE ? growthRate : size);
        return connection.around(transform, transformGateBias);
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

    /** How each block connects its input with its transform. */
    public Connection getConnection() {
        return connection;
    }

    /** Sets the connection. */
    public void setConnection(Connection connection) {
        this.connection = connection;
        setNIn(getNIn());
    }

    /** Number of blocks. */
    public int getDepth() {
        return depth;
    }

    /** Sets the number of blocks. */
    public void setDepth(int depth) {
        this.depth = depth;
        setNIn(getNIn());
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
        setNIn(getNIn());
    }

    @Override
    protected String settings() {
        return ", connection=" + connection + ", depth=" + depth + super.settings();
    }

    @Override
    public BlockRuntime runtime(NeuralNetConfiguration conf, DataType dataType) {
        return new org.gatedepth.dl4j.runtime.named.GatedStack(conf, dataType);
    }

    /** Builds a {@link GatedStack}; {@code depth} and {@code nOut} are required. */
    @SuppressWarnings("unchecked") // Deeplearning4j declares build() with a type of the caller's choice
    public static class Builder extends BlockLayer.Builder<Builder> {
        private Connection connection = Connection.HIGHWAY;
        private int depth;
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

        /** Initial bias of the transform gates; by default the one that fits the depth. */
        public Builder transformGateBias(double bias) {
            transformGateBias = bias;
            return this;
        }

        /** Features that each block of a DENSE stack adds; 12 by default, as in Huang et al. */
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
        public GatedStack build() {
            return new GatedStack(this);
        }
    }
}
