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
import org.nd4j.linalg.indexing.NDArrayIndex;

@ExtendWith(DoublePrecision.class)
class HeadsTest {
    private static final Block TWO_TO_ONE = new DenseBlock(2, 1, Activation.IDENTITY, false);
    private static final Block THREE_TO_TWO = new HighwayBlock(new DenseBlock(3, 2, Activation.TANH, true), -1);

    /** Of five columns the last three, the first two, and the middle three once more. */
    private static final Heads HEADS = new Heads(
            5,
            List.of(
                    new Heads.Part("main", 2, THREE_TO_TWO),
                    new Heads.Part("low", 0, TWO_TO_ONE),
                    new Heads.Part("middle", 1, THREE_TO_TWO)));

    @Test
    void eachPartReadsItsColumns() {
        BlockFunction f = BlockFunction.zero(
                new Heads(4, List.of(new Heads.Part("a", 2, TWO_TO_ONE), new Heads.Part("b", 1, TWO_TO_ONE))));
        f.set("a/W", row(1, 10).transpose()).set("b/W", row(1, 10).transpose()).set("b/b", 100);
        // a = x_2 + 10·x_3, b = x_1 + 10·x_2 + 100, of columns that count from 0.
        assertClose(f.output(row(3, 4, 5, 6)), row(65, 154), 1e-12);
    }

    @Test
    void isItsPartsSideBySide() {
        BlockFunction whole = BlockFunction.random(HEADS, 3);
        INDArray x = normal(1, 4, 5);
        INDArray[] outputs = HEADS.parts().stream()
                .map(part -> {
                    BlockFunction alone = BlockFunction.zero(part.block());
                    alone.params()
                            .forEach(
                                    (name, array) -> array.assign(whole.params().get(part.name() + "/" + name)));
                    return alone.output(x.get(
                                    NDArrayIndex.all(),
                                    NDArrayIndex.interval(
                                            part.from(),
                                            part.from() + part.block().inputSize()))
                            .dup());
                })
                .toArray(INDArray[]::new);
        assertClose(whole.output(x), Nd4j.hstack(outputs), 1e-12);
    }

    @Test
    void onePartThatReadsAllIsThatBlock() {
        Heads one = new Heads(3, List.of(new Heads.Part("", 0, THREE_TO_TWO)));
        assertThat(one.params()).isEqualTo(THREE_TO_TWO.params());
        assertThat(one.outputSize()).isEqualTo(2);
        INDArray x = normal(1, 4, 3);
        assertClose(
                BlockFunction.random(one, 3).output(x),
                BlockFunction.random(THREE_TO_TWO, 3).output(x),
                0);
    }

    @Test
    void scopesParametersByTheNameOfThePart() {
        assertThat(HEADS.params())
                .extracting(ParamSpec::name)
                .containsExactly(
                        "main/H/W",
                        "main/H/b",
                        "main/H/gain",
                        "main/H/shift",
                        "main/T/W",
                        "main/T/b",
                        "main/C/W",
                        "low/W",
                        "low/b",
                        "middle/H/W",
                        "middle/H/b",
                        "middle/H/gain",
                        "middle/H/shift",
                        "middle/T/W",
                        "middle/T/b",
                        "middle/C/W");
        assertThat(HEADS.inputSize()).isEqualTo(5);
        assertThat(HEADS.outputSize()).isEqualTo(5);
    }

    @Test
    void hasTheGradientOfCentralDifferences() {
        for (int rows : new int[] {1, 4}) {
            BlockFunction f = BlockFunction.random(HEADS, 21);
            NumericGradient.assertRight(f.function(), Map.of("x", normal(22, rows, 5)), f.params());
        }
    }

    @Test
    void hasTheGradientOfColumnsThatNoPartReads() {
        BlockFunction f = BlockFunction.random(new Heads(4, List.of(new Heads.Part("a", 1, TWO_TO_ONE))), 21);
        NumericGradient.assertRight(f.function(), Map.of("x", normal(22, 3, 4)), f.params());
    }

    @Test
    void refusesToBeEmpty() {
        assertRefused(() -> new Heads(5, List.of()), "number of parts must be at least 1, got 0");
    }

    @Test
    void refusesColumnsThatAreNotThere() {
        assertRefused(
                () -> new Heads(4, List.of(new Heads.Part("top", 3, TWO_TO_ONE))),
                "head \"top\" reads the columns 3 to 5, but there are 4");
        assertRefused(
                () -> new Heads(4, List.of(new Heads.Part("top", -1, TWO_TO_ONE))),
                "head \"top\" reads the columns -1 to 1, but there are 4");
    }

    private static void assertRefused(Runnable task, String sentence) {
        assertThatThrownBy(task::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }
}
