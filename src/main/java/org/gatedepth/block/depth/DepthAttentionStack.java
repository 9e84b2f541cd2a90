package org.gatedepth.block.depth;

import java.util.ArrayList;
import java.util.List;
import org.gatedepth.block.Block;
import org.gatedepth.block.Checks;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.Member;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Params;
import org.gatedepth.block.ProjectionBlock;
import org.gatedepth.block.Stack;
import org.nd4j.autodiff.samediff.NameScope;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;

/**
 * Blocks each of which reads the outputs of all blocks before it by attention, {@code x_i = a_i + F_i(a_i)} with
 * {@code a_i = Σ_(j<i) α_ij·x_j}; see {@link DepthAttentionBlock}.
 *
 * <p>It is the {@link Stack} of these blocks, but keeps the outputs apart, where the blocks of a stack would copy all
 * of them each time, and computes the key of an output once. The parameters are those of the stack.
 *
 * @param stack the blocks, a {@link ProjectionBlock} before them where there is one
 */
public record DepthAttentionStack(Stack stack) implements Block {

    /**
     * A stack.
     *
     * @param inputSize features of the input; where they are not {@code size}, x_0 is a linear map of it
     * @param size features of each output
     * @param depth number of blocks
     * @param activation of the transforms
     * @param layerNorm whether transforms normalise what they read
     * @param heads parts of the features, each with weights of its own
     */
    public static DepthAttentionStack of(
            long inputSize, long size, int depth, Activation activation, boolean layerNorm, int heads) {
        Checks.positive("depth", depth);
        List<Block> blocks = new ArrayList<>();
        if (inputSize != size) {
            blocks.add(new ProjectionBlock(inputSize, size));
        }
        DenseBlock transform = new DenseBlock(size, size, activation, layerNorm);
        for (int i = 1; i <= depth; i++) {
            blocks.add(new DepthAttentionBlock(transform, i, heads, i == depth));
        }
        return new DepthAttentionStack(new Stack(blocks));
    }

    @Override
    public long inputSize() {
        return stack.inputSize();
    }

    @Override
    public long outputSize() {
        return stack.outputSize();
    }

    @Override
    public List<ParamSpec> params() {
        return stack.params();
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
        List<SDVariable> outputs = new ArrayList<>();
        List<SDVariable> keys = new ArrayList<>();
        SDVariable running = x;
        for (int i = 0; i < stack.blocks().size(); i++) {
            Params own = p.scoped(Stack.scope(i));
            try (NameScope ignored = sd.withNameScope(Stack.scope(i))) {
                if (stack.blocks().get(i) instanceof DepthAttentionBlock block) {
                    outputs.add(running);
                    // A stack of one block reads no key.
                    if (!(block.last() && block.before() == 1)) {
                        keys.add(DepthAttentionBlock.key(sd, running));
                    }
                    running = block.output(sd, block.read(sd, outputs, keys, own), own);
                } else {
                    running = stack.blocks().get(i).apply(sd, running, own);
                }
            }
        }
        return running;
    }

    @Override
    public List<Member> members() {
        return stack.members();
    }
}
