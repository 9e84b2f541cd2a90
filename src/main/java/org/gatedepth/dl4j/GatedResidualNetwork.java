package org.gatedepth.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.gatedepth.block.Block;
import org.gatedepth.block.GatedResidualBlock;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.Stack;
import org.gatedepth.dl4j.base.BlockLayer;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

/**
 * The gated residual network of the Temporal Fusion Transformer, {@code y = LN(C(a) + T(η₁)·V(η₁))} with {@code η₁ =
 * η₂·W + b} and {@code η₂ = f(a·W + b)}, or {@code depth} of them one after the other.
 *
 * <p>{@code T} is the transform gate, a sigmoid, and {@code V} a linear map: their product is the gated linear unit.
 * {@code C(a)} is {@code a}, or {@code a·W} where the sizes differ. {@code LN} normalises each row. {@code f} is elu
 * unless another activation is set; {@code layerNorm(true)} also normalises what η₂ reads. {@code dropOut(..)} acts on
 * η₁, before the gate.
 *
 * <ul>
 *   <li>input {@code [minibatch, nIn]}, output {@code [minibatch, nOut]}; with a recurrent input type each time step is
 *       a row, and masked steps are zeros in the output
 *   <li>parameters: two vectors, {@code W} and {@code b}, as in {@link GatedStack}; {@code layer.getParam(..)} and
 *       {@code setParam(..)} also know those of block i, from 0, below {@code b<i>}: {@code H/W [nIn, hiddenSize]} of
 *       η₂, {@code F/W [hiddenSize, hiddenSize]} of η₁, {@code T/W, V/W [hiddenSize, nOut]}, their biases {@code H/b,
 *       F/b, T/b, V/b}, {@code gain, shift [1, nOut]} of the normalisation, and {@code C/W [nIn, nOut]} where nIn ≠
 *       nOut
 *   <li>initial values: {@code H/W} by {@code weightInit}, the other weights as Glorot &amp; Bengio's; gate biases at
 *       {@link HighwayBlock#defaultTransformGateBias(int)} of the depth unless given, which is −1 for up to two blocks:
 *       negative, so that the blocks carry at first; gains at 1, all else at 0
 *   <li>errors: {@code IllegalArgumentException} for a depth, hidden size or nOut below 1, a gate bias that is not
 *       finite or an activation that SameDiff cannot express; {@code DL4JInvalidConfigException} for constraints
 * </ul>
 *
 * <p>Source: Lim, Arık, Loeff, Pfister 2019, arXiv 1912.09363, equations 2 to 5. Departures: the paper's gates start
 * half open; its context c is no input of its own, as {@link GatedResidualBlock} says; the projection has no bias.
 *
 * <pre>{@code
 * new GatedResidualNetwork.Builder().nOut(64).dropOut(0.9).build()
 * }</pre>
 */
public class GatedResidualNetwork extends BlockLayer {
    private int depth;
    private long hiddenSize;
    private double transformGateBias;

    /** For JSON. */
    protected GatedResidualNetwork() {}

    private GatedResidualNetwork(Builder builder) {
        super(builder);
        depth = builder.depth;
        hiddenSize = builder.hiddenSize != null ? builder.hiddenSize : getNOut();
        if (builder.hiddenSize != null && hiddenSize < 1) {
            throw new IllegalArgumentException("hiddenSize must be at least 1, got " + hiddenSize);
        }
        transformGateBias = builder.transformGateBias != null
                ? builder.transformGateBias
                : HighwayBlock.defaultTransformGateBias(depth);
        complete(builder);
    }

    @Override
    protected Block block(long inputs) {
        List<Block> blocks = new ArrayList<>();
        long running = inputs;
        for (int i = 0; i < depth; i++) {
            blocks.add(new GatedResidualBlock(transform(running, hiddenSize), getNOut(), transformGateBias));
            running = getNOut();
        }
        return new Stack(blocks);
    }

    @Override
    @JsonIgnore
    protected boolean isStoredAsVectors() {
        return true;
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

    /** Features of η₁ and η₂. */
    public long getHiddenSize() {
        return hiddenSize;
    }

    /** Sets the features of η₁ and η₂. */
    public void setHiddenSize(long hiddenSize) {
        this.hiddenSize = hiddenSize;
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

    @Override
    protected String settings() {
        return ", depth=" + depth + ", hiddenSize=" + hiddenSize + super.settings();
    }

    @Override
    public BlockRuntime runtime(NeuralNetConfiguration conf, DataType dataType) {
        return new org.gatedepth.dl4j.runtime.named.GatedResidualNetwork(conf, dataType);
    }

    /** Builds a {@link GatedResidualNetwork}; {@code nOut} is required. */
    @SuppressWarnings("unchecked") // Deeplearning4j declares build() with a type of the caller's choice
    public static class Builder extends BlockLayer.Builder<Builder> {
        private int depth = 1;
        private @Nullable Long hiddenSize;
        private @Nullable Double transformGateBias;

        /** The activation is elu, as in the paper, unless another one is set. */
        public Builder() {
            activation(Activation.ELU);
        }

        /** Number of blocks one after the other; 1 by default. */
        public Builder depth(int blocks) {
            depth = blocks;
            return this;
        }

        /** Features of η₁ and η₂; by default nOut, as in the paper. */
        public Builder hiddenSize(long features) {
            hiddenSize = features;
            return this;
        }

        /** Initial bias of the transform gates; by default the one that fits the depth. */
        public Builder transformGateBias(double bias) {
            transformGateBias = bias;
            return this;
        }

        @Override
        public GatedResidualNetwork build() {
            return new GatedResidualNetwork(this);
        }
    }
}
