package org.gatedepth.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.InputTypeUtil;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.gatedepth.block.Block;
import org.gatedepth.block.Connection;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.Stack;
import org.gatedepth.block.Taps;
import org.gatedepth.dl4j.base.BlockLayer;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.gatedepth.dl4j.runtime.Memory;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

/**
 * {@code depth} blocks of convolutions over images as one layer, joined by gates or skips: {@code y =
 * B_depth(…B_1(x))}.
 *
 * <p>The transform of a block is {@code F(x) = f(K * x + b)}, a convolution of {@code kernel × kernel} pixels with
 * stride 1; pixels outside of the image are zero, so that the image keeps its size. The gate of
 * {@link Connection#HIGHWAY} is such a convolution too; carry and skip are the pixel itself. Where the first block has
 * nIn ≠ nOut channels, its carry or skip is a learned linear map of each pixel. {@code layerNorm(true)} normalises the
 * channels of each pixel before the transform; {@code dropOut(..)} drops inputs of the transforms. Put Deeplearning4j's
 * pooling or {@code BatchNormalization} between two of these layers where you want them.
 *
 * <ul>
 *   <li>input {@code [minibatch, nIn, height, width]}, output {@code [minibatch, nOut, height, width]}; with
 *       {@code CNN2DFormat.NHWC} channels come last. The format is that of the network's input type, where one is set;
 *       minibatch and image size may change from call to call
 *   <li>parameters: two vectors, {@code W} and {@code b}, as in {@link GatedStack}; {@code layer.getParam(..)} and
 *       {@code setParam(..)} also know those of the blocks, below the scopes {@code b0, b1, …}: those of a highway
 *       block are {@code H/W, T/W [kernel·kernel·channels, nOut], H/b, T/b [1, nOut]}, in which the rows from
 *       {@code (y·kernel + x)·channels} on belong to the pixel (y, x) of the kernel; and {@code C/W [nIn, nOut]} of the
 *       carry. So {@code H/W} is a kernel {@code [kernel, kernel, channels, nOut]}, reshaped
 *   <li>initial values: weights of transforms by {@code weightInit}, with {@code kernel²·channels} as fan-in; those of
 *       gates and carries as Glorot &amp; Bengio's; gate biases at {@link HighwayBlock#defaultTransformGateBias(int)}
 *       of the depth unless given; ReZero's β at 0
 *   <li>errors: {@code IllegalArgumentException} for a depth, kernel or nOut below 1, an even kernel, the connection
 *       DENSE, a gate bias that is not finite or given to a connection that has no gates; {@code IllegalStateException}
 *       for an input type that is no image; {@code DL4JInvalidConfigException} for constraints
 * </ul>
 *
 * <p>Source: Srivastava, Greff, Schmidhuber 2015, <i>Training Very Deep Networks</i>, arXiv 1507.06228, section 4.2;
 * those that {@link Connection} names. Departure: the carry is projected where channels differ.
 *
 * <pre>{@code
 * new GatedConvolution2D.Builder().connection(Connection.HIGHWAY).depth(3).kernel(3).nOut(16).build()
 * }</pre>
 */
public class GatedConvolution2D extends BlockLayer {
    private Connection connection = Connection.HIGHWAY;
    private int depth;
    private int kernel;
    private double transformGateBias;
    private CNN2DFormat dataFormat = CNN2DFormat.NCHW;

    /** For JSON. */
    protected GatedConvolution2D() {}

    private GatedConvolution2D(Builder builder) {
        super(builder);
        connection = builder.connection;
        depth = builder.depth;
        kernel = builder.kernel;
        dataFormat = builder.dataFormat;
        if (connection == Connection.DENSE) {
            throw new IllegalArgumentException("the connection must be PLAIN, RESIDUAL, WEIGHTED or HIGHWAY, got DENSE;"
                    + " join layers by a MergeVertex");
        }
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
        Taps taps = new Taps(kernel, 1, Taps.Padding.IMAGE);
        List<Block> blocks = new ArrayList<>();
        long running = inputs;
        for (int i = 0; i < depth; i++) {
            DenseBlock transform = new DenseBlock(running, getNOut(), getActivation(), isLayerNorm(), taps);
            blocks.add(connection.around(transform, transformGateBias));
            running = getNOut();
        }
        return new Stack(blocks);
    }

    @Override
    @JsonIgnore
    protected boolean isStoredAsVectors() {
        return true;
    }

    private InputType.InputTypeConvolutional requireImages(InputType type) {
        if (type instanceof InputType.InputTypeConvolutional images) {
            return images;
        }
        throw new IllegalStateException(
                named() + " reads images; it needs InputType.convolutional(..) or a pre-processor, got " + type);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        InputType.InputTypeConvolutional images = requireImages(inputType);
        return InputType.convolutional(images.getHeight(), images.getWidth(), getNOut(), images.getFormat());
    }

    @Override
    protected long inputs(InputType inputType) {
        return requireImages(inputType).getChannels();
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        super.setNIn(inputType, override);
        dataFormat = requireImages(inputType).getFormat();
    }

    @Override
    public @Nullable InputPreProcessor getPreProcessorForInputType(InputType inputType) {
        return InputTypeUtil.getPreProcessorForInputTypeCnnLayers(inputType, getLayerName());
    }

    /** Parameters, state of the updater, and what the blocks hand on to each other inside the layer. */
    @Override
    public LayerMemoryReport getMemoryReport(InputType inputType) {
        InputType.InputTypeConvolutional images = requireImages(inputType);
        return Memory.of(
                this,
                getLayerName(),
                new InputType[] {inputType, getOutputType(-1, inputType)},
                getLayerParams().getParamShapes(),
                this::getUpdaterByParam,
                images.getHeight() * images.getWidth() * Memory.between(block()));
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

    /** Pixels of a side of the kernel. */
    public int getKernel() {
        return kernel;
    }

    /** Sets the pixels of a side of the kernel. */
    public void setKernel(int kernel) {
        this.kernel = kernel;
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

    /** Whether channels come first or last. */
    public CNN2DFormat getDataFormat() {
        return dataFormat;
    }

    /** Sets whether channels come first or last. */
    public void setDataFormat(CNN2DFormat dataFormat) {
        this.dataFormat = dataFormat;
    }

    @Override
    protected String settings() {
        return ", connection=" + connection + ", depth=" + depth + ", kernel=" + kernel + super.settings();
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return super.equals(o) && o instanceof GatedConvolution2D other && dataFormat == other.dataFormat;
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + dataFormat.hashCode();
    }

    @Override
    public BlockRuntime runtime(NeuralNetConfiguration conf, DataType dataType) {
        return new org.gatedepth.dl4j.runtime.named.GatedConvolution2D(conf, dataType, dataFormat);
    }

    @Override
    public CNN2DFormat imageFormat() {
        return dataFormat;
    }

    /** Builds a {@link GatedConvolution2D}; {@code nOut} is required. */
    @SuppressWarnings("unchecked") // Deeplearning4j declares build() with a type of the caller's choice
    public static class Builder extends BlockLayer.Builder<Builder> {
        private Connection connection = Connection.HIGHWAY;
        private int depth = 1;
        private int kernel = 3;
        private @Nullable Double transformGateBias;
        private CNN2DFormat dataFormat = CNN2DFormat.NCHW;

        /** How each block connects its input with its transform; HIGHWAY by default, and not DENSE. */
        public Builder connection(Connection kind) {
            connection = kind;
            return this;
        }

        /** Number of blocks; 1 by default. */
        public Builder depth(int blocks) {
            depth = blocks;
            return this;
        }

        /** Pixels of a side of the kernel, an odd number; 3 by default. */
        public Builder kernel(int pixels) {
            kernel = pixels;
            return this;
        }

        /** Initial bias of the transform gates; by default the one that fits the depth. */
        public Builder transformGateBias(double bias) {
            transformGateBias = bias;
            return this;
        }

        /** Whether channels come first or last, for a network without an input type; NCHW by default. */
        public Builder dataFormat(CNN2DFormat format) {
            dataFormat = format;
            return this;
        }

        @Override
        public GatedConvolution2D build() {
            return new GatedConvolution2D(this);
        }
    }
}
