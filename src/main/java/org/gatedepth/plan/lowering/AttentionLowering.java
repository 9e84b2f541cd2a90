package org.gatedepth.plan.lowering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.gatedepth.plan.graph.Node;
import org.gatedepth.plan.graph.Value;
import org.gatedepth.plan.loop.RowLoop;
import org.gatedepth.plan.loop.Tiles;
import org.gatedepth.plan.tile.RowSoftmax;
import org.gatedepth.plan.tile.RowSoftmaxGradient;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Lowers the attention of sequences to themselves, {@code self_attention} and its gradient, to products for each
 * sequence and head on its part of the arrays in place, with the softmax as loops over rows.
 *
 * <p>The queries are taken in up to {@value #MAX_BLOCKS} blocks of successive steps, so that the weights of a block
 * stay in the cache; where a step attends to no later one, keys after the block are left out.
 *
 * <p>The inputs are the queries, keys and values {@code [steps·sequences, 3·width]}, an array of shape {@code [steps,
 * sequences]}, and maybe a mask of the keys {@code [steps·sequences, 1]}; those of the gradient also the weights
 * {@code [sequences·heads·steps, steps]} and the gradient of the contexts.
 */
final class AttentionLowering {
    private static final String FORWARD = "self_attention";
    private static final String BACKWARD = "self_attention_bp";

    private static final int MAX_BLOCKS = 4;
    /** Queries in a block, at least; more calls of smaller products would take longer. */
    private static final long CAUSAL_BLOCK = 64;
    /** The same where no key is left out. */
    private static final long BLOCK = 256;

    private final Emitter emitter;
    private final Node node;
    private final INDArray qkv;
    private final @Nullable INDArray mask;
    private final long steps;
    private final long sequences;
    private final long heads;
    private final boolean causal;
    private final long width;
    private final long size;

    private AttentionLowering(Node node, Emitter emitter, boolean masked) {
        this.node = node;
        this.emitter = emitter;
        long[] arguments = ((DynamicCustomOp) node.op()).iArgs();
        heads = arguments[0];
        causal = arguments[1] != 0;
        qkv = emitter.computed(node.inputs().get(0));
        long[] sizes = emitter.shape(node.inputs().get(1));
        mask = masked ? emitter.computed(node.inputs().get(2)) : null;
        steps = sizes[0];
        sequences = sizes[1];
        width = qkv.size(1) / 3;
        size = width / heads;
        if (qkv.rank() != 2 || qkv.size(0) != steps * sequences || qkv.size(1) != 3 * heads * size) {
            throw new IllegalArgumentException("attention needs rows of shape [steps·sequences, 3·width], of which "
                    + heads + " heads divide the width, got " + Arrays.toString(qkv.shape())
                    + " with [steps, sequences] = " + Arrays.toString(sizes));
        }
        if (mask != null && (mask.rank() != 2 || mask.size(0) != qkv.size(0) || mask.size(1) != 1)) {
            throw new IllegalArgumentException("the mask of attention must have the shape [" + qkv.size(0)
                    + ", 1], got " + Arrays.toString(mask.shape()));
        }
    }

    /** Adds the calls for a node, or says that it is another op. */
    static boolean lower(Node node, Emitter emitter) {
        switch (node.op().opName()) {
            case FORWARD -> new AttentionLowering(node, emitter, node.inputs().size() == 3).forward();
            case BACKWARD -> new AttentionLowering(node, emitter, node.inputs().size() == 5).backward();
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Successive queries, {@code [from, to)}, and the keys before {@code keys} that they may attend to. */
    private record Block(long from, long to, long keys) {
        INDArray queries(INDArray a) {
            return ShiftedRows.rows(a, from, to);
        }

        INDArray keys(INDArray a) {
            return ShiftedRows.rows(a, 0, keys);
        }
    }

    private List<Block> blocks(boolean wholeRows) {
        long least = causal ? CAUSAL_BLOCK : BLOCK;
        long count = wholeRows ? 1 : Math.min(MAX_BLOCKS, (steps + least - 1) / least);
        long length = (steps + count - 1) / count;
        List<Block> blocks = new ArrayList<>();
        for (long from = 0; from < steps; from += length) {
            long to = Math.min(from + length, steps);
            blocks.add(new Block(from, to, causal ? to : steps));
        }
        return blocks;
    }

    private void forward() {
        Value context = node.outputs().get(0);
        Value weights = node.outputs().get(1);
        boolean kept = emitter.isNeeded(weights);
        List<Block> blocks = blocks(kept && emitter.isReadBesidesBy(weights, BACKWARD));
        INDArray c = emitter.allocate(context, new long[] {steps * sequences, width});
        INDArray p = allocateWeights(
                weights, kept ? sequences * heads * steps : blocks.get(0).to());
        for (long b = 0; b < sequences; b++) {
            for (long h = 0; h < heads; h++) {
                INDArray q = part(qkv, b, h, 0);
                INDArray k = part(qkv, b, h, 1);
                INDArray v = part(qkv, b, h, 2);
                INDArray own = part(c, b, h, 0);
                for (Block block : blocks) {
                    INDArray weight = weights(p, kept ? (b * heads + h) * steps + block.from() : 0, block);
                    emitter.multiply(block.queries(q), false, block.keys(k), true, weight, false);
                    emitter.add(new RowLoop(softmax(b, block), weight, weight)::run);
                    emitter.multiply(weight, false, block.keys(v), false, block.queries(own), false);
                }
            }
        }
    }

    private void backward() {
        INDArray p = emitter.computed(node.inputs().get(node.inputs().size() - 2));
        INDArray gc = emitter.computed(node.productGradient());
        List<Block> blocks = blocks(false);
        INDArray g = emitter.allocate(node.result(), qkv.shape());
        INDArray scratch = allocateWeights(node.outputs().get(1), blocks.get(0).to());
        for (long b = 0; b < sequences; b++) {
            for (long h = 0; h < heads; h++) {
                INDArray q = part(qkv, b, h, 0);
                INDArray k = part(qkv, b, h, 1);
                INDArray v = part(qkv, b, h, 2);
                INDArray own = part(gc, b, h, 0);
                // The last block first: its keys are all, and the others add to their gradients.
                for (int i = blocks.size() - 1; i >= 0; i--) {
                    Block block = blocks.get(i);
                    boolean add = i < blocks.size() - 1;
                    INDArray weight = weights(p, (b * heads + h) * steps + block.from(), block);
                    INDArray gw = weights(scratch, 0, block);
                    emitter.multiply(block.queries(own), false, block.keys(v), true, gw, false);
                    emitter.multiply(weight, true, block.queries(own), false, block.keys(part(g, b, h, 2)), add);
                    emitter.add(new RowLoop(new RowSoftmaxGradient(scale()), gw, weight, gw)::run);
                    emitter.multiply(gw, false, block.keys(k), false, block.queries(part(g, b, h, 0)), false);
                    emitter.multiply(gw, true, block.queries(q), false, block.keys(part(g, b, h, 1)), add);
                }
            }
        }
    }

    private double scale() {
        return 1 / Math.sqrt(size);
    }

    private RowSoftmax softmax(long sequence, Block block) {
        INDArray counted = mask == null
                ? null
                : Nd4j.create(
                        mask.data(),
                        new long[] {steps, 1},
                        new long[] {sequences * mask.stride(0), 1},
                        mask.offset() + sequence * mask.stride(0),
                        'c');
        return new RowSoftmax(
                scale(), causal ? (int) block.from() + 1 : RowSoftmax.ALL, counted == null ? null : mask(counted));
    }

    /** The elements that count are those other than 0 of a column. */
    private static RowSoftmax.Mask mask(INDArray column) {
        int stride = column.stride(0);
        return (tile, index, register, length) ->
                tile.flags(Tiles.memory(column), index * stride, stride, register, length);
    }

    /** Queries, keys or values of one head of a sequence, or what belongs to them, {@code [steps, size]}. */
    private INDArray part(INDArray a, long sequence, long head, int kind) {
        return Nd4j.create(
                a.data(),
                new long[] {steps, size},
                new long[] {sequences * a.stride(0), a.stride(1)},
                a.offset() + sequence * a.stride(0) + (kind * width + head * size) * a.stride(1),
                'c');
    }

    /** Rows of weights, of which the first columns are those of a block. */
    private INDArray weights(INDArray all, long row, Block block) {
        return Nd4j.create(
                all.data(),
                new long[] {block.to() - block.from(), block.keys()},
                new long[] {steps, 1},
                all.offset() + row * steps,
                'c');
    }

    private INDArray allocateWeights(Value value, long rows) {
        if (!emitter.loopsOverRows(qkv) || rows * steps >= Tiles.MAX_END) {
            throw new IllegalArgumentException("attention runs on the CPU, in float or double, and with fewer than "
                    + Tiles.MAX_END + " weights, got " + rows * steps + " (sequences·heads·steps·steps) of type "
                    + qkv.dataType() + "; use shorter sequences or a smaller minibatch");
        }
        return emitter.allocate(value, new long[] {rows, steps});
    }
}
