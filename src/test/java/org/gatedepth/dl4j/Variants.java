package org.gatedepth.dl4j;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.gatedepth.block.Connection;
import org.gatedepth.block.Weighting;
import org.junit.jupiter.params.provider.Arguments;
import org.nd4j.linalg.activations.Activation;

/** A small layer of every kind, smooth, for four inputs. */
final class Variants {
    private Variants() {}

    /** Makes the same layer again. */
    @FunctionalInterface
    interface Maker extends Supplier<Layer> {}

    static HighwayLayer.Builder highway(long units) {
        return new HighwayLayer.Builder().nOut(units).activation(Activation.TANH);
    }

    static WeightedSkipLayer.Builder skip(long units) {
        return new WeightedSkipLayer.Builder().nOut(units).activation(Activation.TANH);
    }

    static GatedResidualNetwork.Builder gatedResidual(long units) {
        return new GatedResidualNetwork.Builder().nOut(units).activation(Activation.TANH);
    }

    static DepthAttentionLayer.Builder depthAttention(long units) {
        return new DepthAttentionLayer.Builder().depth(3).nOut(units).activation(Activation.TANH);
    }

    static GatedStack.Builder stack(Connection connection, int depth) {
        return new GatedStack.Builder()
                .connection(connection)
                .depth(depth)
                .nOut(3)
                .growthRate(2)
                .activation(Activation.TANH);
    }

    /** Name and maker of each. */
    static Stream<Arguments> all() {
        List<Arguments> all = new ArrayList<>();
        add(all, "highway", () -> highway(4).build());
        add(all, "highway, projected", () -> highway(3).transformGateBias(0.5).build());
        add(all, "highway, normalised", () -> highway(4).layerNorm(true).build());
        add(all, "skip", () -> skip(4).build());
        add(all, "skip, projected", () -> skip(3).alpha(0.5).build());
        add(
                all,
                "skip, scalar",
                () -> skip(4).weighting(Weighting.SCALAR).beta(0.3).build());
        add(
                all,
                "skip, per unit",
                () -> skip(4).weighting(Weighting.PER_UNIT).beta(0.3).build());
        add(
                all,
                "skip, per unit, learned, normalised",
                () -> skip(3).weighting(Weighting.PER_UNIT)
                        .learnSkip(true)
                        .layerNorm(true)
                        .build());
        add(
                all,
                "dense skip",
                () -> new DenseSkipLayer.Builder()
                        .growthRate(2)
                        .activation(Activation.TANH)
                        .build());
        add(all, "gated residual", () -> gatedResidual(4).build());
        add(
                all,
                "gated residual, stacked",
                () -> gatedResidual(3).depth(2).hiddenSize(5).layerNorm(true).build());
        add(all, "depth attention", () -> depthAttention(3).build());
        add(
                all,
                "depth attention, heads",
                () -> depthAttention(4).heads(2).layerNorm(true).build());
        for (Connection connection : Connection.values()) {
            add(all, "stack " + connection, () -> stack(connection, 3).build());
        }
        return all.stream();
    }

    private static void add(List<Arguments> all, String name, Maker maker) {
        all.add(arguments(name, maker));
    }
}
