package org.gatedepth.studies;

import java.util.ArrayList;
import java.util.List;
import org.gatedepth.block.Block;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.DenseSkipBlock;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Params;
import org.gatedepth.block.ProjectionBlock;
import org.gatedepth.block.Stack;
import org.gatedepth.block.WeightedSkipBlock;
import org.gatedepth.block.Weighting;
import org.gatedepth.dl4j.base.BlockLayer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;

/**
 * A linear map to the width of the blocks, then blocks of one kind of shortcut, one after the other.
 *
 * <p>A layer of the study, because three of the shortcuts are none that Gatedepth offers; it runs as one execution
 * plan, as {@code GatedStack} does.
 */
public final class ShortcutStack extends BlockLayer {
    private static final long serialVersionUID = 1L;

    /** Features that each block of a dense net adds: it has then as many parameters as the others. */
    private static final int GROWTH = 8;

    /** What stands beside the transform {@code F}. */
    enum Shortcut {
        /** {@code F}. */
        PLAIN,
        /** {@code x + F}. */
        IDENTITY,
        /** {@code x/2 + F}. */
        HALF,
        /** {@code x/2 + F/2}. */
        HALF_OF_BOTH,
        /** {@code (1 − g)·x + g·F} with {@code g = sigmoid(x·W + b)}. */
        EXCLUSIVE,
        /** {@code (1 − g)·x + F}. */
        SHORTCUT_ONLY,
        /** {@code x + β·F} with a learned number β, 0 at first. */
        WEIGHTED_FROM_0,
        /** {@code x + β·F} with a learned number β, 1 at first. */
        WEIGHTED_FROM_1,
        /** {@code x·W + F}, in the place of a convolution of 1 × 1. */
        LINEAR,
        /** {@code dropout(x) + F}. */
        DROPOUT,
        /** {@code [x, F]}. */
        DENSE
    }

    private Shortcut shortcut = Shortcut.IDENTITY;
    private int depth;
    private double gateBias;
    private boolean reluBehind;

    /** For JSON. */
    ShortcutStack() {}

    private ShortcutStack(Builder builder) {
        super(builder);
        shortcut = builder.shortcut;
        depth = builder.depth;
        gateBias = builder.gateBias;
        reluBehind = builder.reluBehind;
        complete(builder);
    }

    @Override
    protected Block block(long inputs) {
        List<Block> blocks = new ArrayList<>(List.of(new ProjectionBlock(inputs, getNOut())));
        for (int i = 0; i < depth; i++) {
            Block block =
                    block(blocks.get(i).outputSize(), transform(blocks.get(i).outputSize(), getNOut()));
            blocks.add(reluBehind ? new Relu(block) : block);
        }
        return new Stack(blocks);
    }

    private Block block(long inputs, DenseBlock f) {
        return switch (shortcut) {
            case PLAIN -> f;
            case IDENTITY -> WeightedSkipBlock.residual(f);
            case HALF -> new WeightedSkipBlock(f, Weighting.FIXED, .5, 1, false);
            case HALF_OF_BOTH -> new WeightedSkipBlock(f, Weighting.FIXED, .5, .5, false);
            case EXCLUSIVE -> new HighwayBlock(f, gateBias);
            case WEIGHTED_FROM_0 -> WeightedSkipBlock.reZero(f);
            case WEIGHTED_FROM_1 -> new WeightedSkipBlock(f, Weighting.SCALAR, 1, 1, false);
            case SHORTCUT_ONLY, LINEAR, DROPOUT -> new ChangedShortcut(f, shortcut, gateBias);
            case DENSE -> new DenseSkipBlock(transform(inputs, GROWTH));
        };
    }

    @Override
    protected boolean isStoredAsVectors() {
        return true;
    }

    /** {@code relu(B(x))}. */
    private record Relu(Block block) implements Block {
        @Override
        public long inputSize() {
            return block.inputSize();
        }

        @Override
        public long outputSize() {
            return block.outputSize();
        }

        @Override
        public List<ParamSpec> params() {
            return block.params();
        }

        @Override
        public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
            return sd.nn.relu(block.apply(sd, x, p), 0);
        }
    }

    /** A block whose shortcut is gated, mapped or dropped, and whose transform is not. */
    private record ChangedShortcut(DenseBlock transform, Shortcut shortcut, double gateBias) implements Block {
        @Override
        public long inputSize() {
            return transform.inputSize();
        }

        @Override
        public long outputSize() {
            return transform.outputSize();
        }

        @Override
        public List<ParamSpec> params() {
            List<ParamSpec> params = new ArrayList<>();
            transform
                    .params()
                    .forEach(
                            p -> params.add(new ParamSpec("F/" + p.name(), p.role(), p.rows(), p.columns(), p.init())));
            long size = inputSize();
            if (shortcut != Shortcut.DROPOUT) {
                params.add(
                        new ParamSpec("C/W", ParamSpec.Role.WEIGHT, size, size, new ParamSpec.Init.Xavier(size, size)));
            }
            if (shortcut == Shortcut.SHORTCUT_ONLY) {
                params.add(new ParamSpec("C/b", ParamSpec.Role.BIAS, 1, size, new ParamSpec.Init.Constant(gateBias)));
            }
            return params;
        }

        @Override
        public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
            SDVariable c = switch (shortcut) {
                case SHORTCUT_ONLY -> {
                    SDVariable g = sd.nn.sigmoid(x.mmul(p.get("C/W")).add(p.get("C/b")));
                    yield x.sub(x.mul(g));
                }
                case LINEAR -> x.mmul(p.get("C/W"));
                default -> p.dropOut("", x, inputSize());
            };
            // The transform gets parameters without the layer's dropout.
            return c.add(transform.apply(sd, x, name -> p.get("F/" + name)));
        }
    }

    /** Builds a {@link ShortcutStack}. */
    @SuppressWarnings("unchecked") // Deeplearning4j declares build() with a type of the caller's choice
    static final class Builder extends BlockLayer.Builder<Builder> {
        private final Shortcut shortcut;
        private final int depth;
        private final double gateBias;
        private boolean reluBehind;

        Builder(Shortcut shortcut, int depth, double gateBias) {
            this.shortcut = shortcut;
            this.depth = depth;
            this.gateBias = gateBias;
        }

        /** Whether the activation, a relu, stands after the sum and not in the transform. */
        Builder reluBehind(boolean behind) {
            reluBehind = behind;
            return behind ? activation(Activation.IDENTITY) : this;
        }

        @Override
        public ShortcutStack build() {
            return new ShortcutStack(this);
        }
    }
}
