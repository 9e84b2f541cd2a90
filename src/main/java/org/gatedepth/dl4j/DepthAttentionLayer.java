package org.gatedepth.dl4j;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.gatedepth.block.Block;
import org.gatedepth.block.depth.DepthAttentionStack;
import org.gatedepth.dl4j.base.BlockLayer;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

/**
 * {@code depth} blocks as one layer, each of which looks up what it reads in the outputs of all blocks before it:
 * {@code x_i = a_i + F_i(a_i)} with {@code a_i = Σ_(j<i) α_ij·x_j}.
 *
 * <p>{@code α_i = softmax_j(q_i·N(x_j)/√d + b_ij)} for each row, with the query {@code q_i = N(x_(i−1))·W_i + w_i}.
 * Keys are the normalised outputs, {@code N(x) = (x − mean)/√(var + 1e-5)}; each is computed once. With several heads
 * the features are parts of d = nOut/heads, and each part has its own α. {@code F_i(a) = f(a·W + b)} with the layer's
 * activation f. {@code x_0} is the input, or a linear map of it where nIn ≠ nOut, and the output is that of the last
 * block. Dense connections ({@link GatedStack}) hand on all outputs too, but their blocks get wider with depth.
 *
 * <ul>
 *   <li>input {@code [minibatch, nIn]}, output {@code [minibatch, nOut]}
 *   <li>parameters: two vectors, {@code W} and {@code b}, as in {@link GatedStack}; {@code layer.getParam(..)} and
 *       {@code setParam(..)} also know those of the blocks, below the scopes {@code b0, b1, …}: {@code F/W [nOut,
 *       nOut], F/b [1, nOut]} of the transform, {@code Q/W [nOut, nOut], Q/b [1, nOut]} of the query, and {@code c [1,
 *       i]}, to which {@code ln(9·(i − 1))} is added at the latest output to give b_i; the first block has only its
 *       transform. Where nIn ≠ nOut {@code b0} is the projection
 *   <li>initial values: {@code F/W} by {@code weightInit}; queries and c at 0, so that each block reads the latest
 *       output with a weight of .9 and the others with .1 together, whatever the input: the layer starts near a
 *       residual net (He et al. 2015, arXiv 1512.03385), which it would be with a weight of 1
 *   <li>errors: {@code IllegalArgumentException} for a depth, number of heads or nOut below 1 and for heads that do not
 *       divide nOut; {@code DL4JInvalidConfigException} for constraints; {@code UnsupportedOperationException} on a
 *       backend that is not the CPU's, and in half precision
 * </ul>
 *
 * <p>Sources: Fang, Cai, Sun et al. 2023, <i>Cross-Layer Retrospective Retrieving via Layer Attention</i>, arXiv
 * 2302.03985, for the attention of one block on all before it; Pagliardini et al. 2024, <i>DenseFormer</i>, arXiv
 * 2402.02622, for residual blocks that read a weighted mean of all outputs, and for the start near the residual net;
 * Bapna et al. 2018, arXiv 1808.07561, for weights that are a softmax of one learned number for each output.
 * Departures: queries, keys and values belong to a row of features, not to the channels of an image or to a whole net;
 * keys are normalised instead of projected, and values are the outputs themselves.
 *
 * <pre>{@code
 * new DepthAttentionLayer.Builder().depth(12).nOut(64).heads(4).build()
 * }</pre>
 */
public class DepthAttentionLayer extends BlockLayer {
    private int depth;
    private int heads;

    /** For JSON. */
    protected DepthAttentionLayer() {}

    private DepthAttentionLayer(Builder builder) {
        super(builder);
        depth = builder.depth;
        heads = builder.heads;
        complete(builder);
    }

    @Override
    protected Block block(long inputs) {
        return DepthAttentionStack.of(inputs, getNOut(), depth, getActivation(), isLayerNorm(), heads);
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

    /** Parts of the features, each with weights of its own. */
    public int getHeads() {
        return heads;
    }

    /** Sets the number of parts of the features. */
    public void setHeads(int heads) {
        this.heads = heads;
        setNIn(getNIn());
    }

    @Override
    protected String settings() {
        return ", depth=" + depth + ", heads=" + heads + super.settings();
    }

    @Override
    public BlockRuntime runtime(NeuralNetConfiguration conf, DataType dataType) {
        return new org.gatedepth.dl4j.runtime.named.DepthAttentionLayer(conf, dataType);
    }

    /** Builds a {@link DepthAttentionLayer}; {@code depth} and {@code nOut} are required. */
    @SuppressWarnings("unchecked") // Deeplearning4j declares build() with a type of the caller's choice
    public static class Builder extends BlockLayer.Builder<Builder> {
        private int depth;
        private int heads = 1;

        /** Number of blocks. */
        public Builder depth(int blocks) {
            depth = blocks;
            return this;
        }

        /** Parts of the features, each with weights of its own; 1 by default. */
        public Builder heads(int parts) {
            heads = parts;
            return this;
        }

        @Override
        public DepthAttentionLayer build() {
            return new DepthAttentionLayer(this);
        }
    }
}
