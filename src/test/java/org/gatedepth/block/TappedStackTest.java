package org.gatedepth.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.row;

import java.util.List;
import java.util.Map;
import org.gatedepth.testing.BlockFunction;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.NumericGradient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@ExtendWith(DoublePrecision.class)
class TappedStackTest {
    /** Widths 3 → 2 → 4 → 5 → 1. */
    private static final Stack STACK = new Stack(List.of(
            new ProjectionBlock(3, 2),
            new DenseSkipBlock(new DenseBlock(2, 2, Activation.TANH, false)),
            new HighwayBlock(new DenseBlock(4, 5, Activation.TANH, false), -1),
            new DenseBlock(5, 1, Activation.TANH, false)));

    /** The output of the lowest blocks alone, with the parameters of the whole stack. */
    private static INDArray lowest(int blocks, BlockFunction whole, INDArray x) {
        BlockFunction lower = BlockFunction.zero(new Stack(STACK.blocks().subList(0, blocks)));
        lower.params().forEach((name, array) -> array.assign(whole.params().get(name)));
        return lower.output(x);
    }

    @Test
    void givesTheTapsAndThenTheStack() {
        DenseBlock addsOne = new DenseBlock(1, 1, Activation.IDENTITY, false);
        BlockFunction f = BlockFunction.zero(
                new TappedStack(new Stack(List.of(addsOne, addsOne, addsOne, addsOne)), List.of(0, 2)));
        f.params().forEach((name, array) -> array.assign(1));
        assertClose(f.output(row(10)), row(11, 13, 14), 1e-12);
    }

    @Test
    void tapsAreTheOutputsOfTheLowerBlocksAlone() {
        BlockFunction whole = BlockFunction.random(new TappedStack(STACK, List.of(0, 1, 2)), 4);
        INDArray x = normal(1, 4, 3);
        assertClose(
                whole.output(x),
                Nd4j.hstack(lowest(1, whole, x), lowest(2, whole, x), lowest(3, whole, x), lowest(4, whole, x)),
                1e-12);
    }

    @Test
    void sizesAreThoseOfTheTapsAndOfTheStack() {
        TappedStack tapped = new TappedStack(STACK, List.of(1, 2));
        assertThat(tapped.sizes()).containsExactly(4L, 5L, 1L);
        assertThat(tapped.outputSize()).isEqualTo(10);
        assertThat(tapped.inputSize()).isEqualTo(3);
    }

    @Test
    void hasTheParametersOfTheStack() {
        assertThat(new TappedStack(STACK, List.of(1)).params()).isEqualTo(STACK.params());
    }

    @Test
    void withoutTapsIsTheStack() {
        INDArray x = normal(1, 4, 3);
        assertClose(
                BlockFunction.random(new TappedStack(STACK, List.of()), 4).output(x),
                BlockFunction.random(STACK, 4).output(x),
                0);
    }

    @Test
    void hasTheGradientOfCentralDifferences() {
        for (int rows : new int[] {1, 4}) {
            BlockFunction f = BlockFunction.random(new TappedStack(STACK, List.of(0, 2)), 21);
            NumericGradient.assertRight(f.function(), Map.of("x", normal(22, rows, 3)), f.params());
        }
    }

    @Test
    void refusesTapsThatDoNotRiseOrLieBeforeTheLastBlock() {
        for (List<Integer> taps : List.of(List.of(1, 1), List.of(2, 1), List.of(3), List.of(-1, 1), List.of(7))) {
            assertThatThrownBy(() -> new TappedStack(STACK, taps))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("taps must rise and lie before the last of the 4 blocks, got the positions " + taps);
        }
    }
}
