package org.gatedepth.block;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.gatedepth.testing.Arrays;
import org.gatedepth.testing.BlockFunction;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.NumericGradient;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;

/** Every block alone and in a stack of three, against central differences. */
@ExtendWith(DoublePrecision.class)
class BlockGradientTest {

    static Stream<Arguments> blocks() {
        List<Arguments> all = new ArrayList<>();
        for (boolean norm : new boolean[] {false, true}) {
            for (long out : new long[] {3, 4}) {
                String suffix = (norm ? ", normalised" : "") + (out == 3 ? "" : ", projected");
                DenseBlock f = new DenseBlock(3, out, Activation.TANH, norm);
                all.add(arguments("dense" + suffix, f));
                all.add(arguments("highway" + suffix, new HighwayBlock(f, -1)));
                for (Weighting weighting : Weighting.values()) {
                    all.add(arguments(weighting + suffix, new WeightedSkipBlock(f, weighting, 0.7, 1.3, false)));
                }
                all.add(arguments(
                        "scalar, learned skip" + suffix, new WeightedSkipBlock(f, Weighting.SCALAR, 1, 1, true)));
                all.add(arguments(
                        "per unit, learned skip" + suffix, new WeightedSkipBlock(f, Weighting.PER_UNIT, 1, 1, true)));
                all.add(arguments("dense skip" + suffix, new DenseSkipBlock(f)));
            }
        }
        return all.stream();
    }

    private static void check(Block block) {
        BlockFunction f = BlockFunction.random(block, 21);
        NumericGradient.assertRight(f.function(), Map.of("x", Arrays.normal(22, 4, 3)), f.params());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blocks")
    void alone(String name, Block block) {
        check(block);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blocks")
    void withOneRow(String name, Block block) {
        BlockFunction f = BlockFunction.random(block, 21);
        NumericGradient.assertRight(f.function(), Map.of("x", Arrays.normal(22, 1, 3)), f.params());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blocks")
    void inAStackOfThree(String name, Block block) {
        DenseBlock below = new DenseBlock(3, 3, Activation.SIGMOID, false);
        DenseBlock above = new DenseBlock(block.outputSize(), 2, Activation.TANH, false);
        check(new Stack(List.of(new HighwayBlock(below, -1), block, new HighwayBlock(above, 1))));
    }

    @ParameterizedTest
    @MethodSource("org.gatedepth.block.ActivationsTest#supported")
    void withEveryActivation(Activation activation) {
        DenseBlock f = new DenseBlock(3, 3, activation, false);
        check(new Stack(List.of(new HighwayBlock(f, -1), WeightedSkipBlock.residual(f))));
    }
}
