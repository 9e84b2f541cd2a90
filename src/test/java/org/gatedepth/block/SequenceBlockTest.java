package org.gatedepth.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.SequenceFunction.inputs;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.gatedepth.block.Taps.Padding;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.NumericGradient;
import org.gatedepth.testing.SequenceFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Blocks that read several time steps: values, gradients, causality and masks. */
@ExtendWith(DoublePrecision.class)
class SequenceBlockTest {

    private static INDArray column(double... values) {
        return Nd4j.createFromArray(values).reshape(values.length, 1);
    }

    /** 10·W_0 + 1·W_1 of two sequences, 1 2 3 and 4 5 6. */
    @ParameterizedTest
    @CsvSource({
        // y_t = 10·x_t + x_(t−1) + 0.5
        "1, CAUSAL, 10.5 40.5 21.5 54.5 32.5 65.5",
        // y_t = 10·x_t + x_(t−2) + 0.5
        "2, CAUSAL, 10.5 40.5 20.5 50.5 31.5 64.5",
        // y_t = 10·x_t + 0.5: the reach is longer than the sequence
        "3, CAUSAL, 10.5 40.5 20.5 50.5 30.5 60.5",
        // y_t = 10·x_(t+1) + x_t + 0.5
        "1, SAME, 21.5 54.5 32.5 65.5 3.5 6.5",
        // y_t = 10·x_(t+1) + x_(t−1) + 0.5
        "2, SAME, 20.5 50.5 31.5 64.5 2.5 5.5",
        // shifts −4 and 3: nothing is read
        "7, SAME, 0.5 0.5 0.5 0.5 0.5 0.5"
    })
    void sumsTheStepsThatAreRead(int dilation, Padding padding, String expected) {
        DenseBlock block = new DenseBlock(1, 1, Activation.IDENTITY, false, new Taps(2, dilation, padding));
        Map<String, INDArray> params = new LinkedHashMap<>();
        params.put("W", column(10, 1));
        params.put("b", column(0.5));
        SequenceFunction f = SequenceFunction.of(block, DataType.DOUBLE, false, params);
        INDArray y = f.output(inputs(column(1, 4, 2, 5, 3, 6), 3));
        assertThat(y.toDoubleVector())
                .containsExactly(Stream.of(expected.split(" "))
                        .mapToDouble(Double::parseDouble)
                        .toArray());
    }

    @Test
    void rowsOfTheWeightsAreFeaturesOfOneTapAfterTheOther() {
        DenseBlock block = new DenseBlock(2, 1, Activation.IDENTITY, false, new Taps(2, 1, Padding.CAUSAL));
        Map<String, INDArray> params = new LinkedHashMap<>();
        params.put("W", column(1000, 100, 10, 1));
        params.put("b", column(0));
        SequenceFunction f = SequenceFunction.of(block, DataType.DOUBLE, false, params);
        INDArray y = f.output(inputs(Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}}), 2));
        // 1000·1 + 100·2; then 1000·3 + 100·4 + 10·1 + 1·2.
        assertThat(y.toDoubleVector()).containsExactly(1200, 3412);
    }

    @Test
    void aClosedGateCarriesItsOwnStepAndAnOpenOneTransforms() {
        Taps taps = new Taps(3, 2, Padding.CAUSAL);
        DenseBlock transform = new DenseBlock(3, 3, Activation.TANH, false, taps);
        SequenceFunction f = SequenceFunction.random(new HighwayBlock(transform, -1), DataType.DOUBLE, false, 5);
        SequenceFunction h = SequenceFunction.of(
                transform,
                DataType.DOUBLE,
                false,
                Map.of("W", f.params().get("H/W"), "b", f.params().get("H/b")));
        INDArray x = normal(6, 8, 3);
        f.params().get("T/b").assign(-60);
        assertClose(f.output(inputs(x, 4)), x, 1e-12);
        f.params().get("T/b").assign(60);
        assertClose(f.output(inputs(x, 4)), h.output(inputs(x, 4)), 1e-12);
    }

    static Stream<Arguments> blocks() {
        List<Arguments> all = new ArrayList<>();
        taps().forEach(taps -> {
            DenseBlock f = new DenseBlock(3, 3, Activation.TANH, false, taps);
            DenseBlock normalised = new DenseBlock(3, 3, Activation.TANH, true, taps);
            DenseBlock projected = new DenseBlock(3, 2, Activation.SIGMOID, false, taps);
            DenseBlock narrow = new DenseBlock(3, 1, Activation.TANH, true, taps);
            for (Block block : List.of(
                    f,
                    new HighwayBlock(f, -1),
                    new HighwayBlock(normalised, 0),
                    new HighwayBlock(projected, -1),
                    new HighwayBlock(narrow, -1),
                    WeightedSkipBlock.residual(normalised),
                    new WeightedSkipBlock(projected, Weighting.PER_UNIT, 0.7, 1.3, true),
                    new DenseSkipBlock(f))) {
                all.add(arguments(taps, block, all.size()));
            }
        });
        return all.stream();
    }

    /** Steps and sequences: the reach longer than the sequence, one step, one sequence, one row. */
    private static final int[][] SIZES = {{1, 1}, {5, 1}, {1, 5}, {2, 5}, {6, 2}, {3, 1}, {4, 5}};

    @ParameterizedTest
    @MethodSource("blocks")
    void gradientsAreRight(Taps taps, Block block, int index) {
        assertGradientsAreRight(block, index);
    }

    static Stream<Taps> taps() {
        return Stream.of(Padding.CAUSAL, Padding.SAME)
                .flatMap(padding -> Stream.of(2, 3)
                        .flatMap(kernel -> Stream.of(1, 2, 4).map(dilation -> new Taps(kernel, dilation, padding))));
    }

    static Stream<Arguments> tapsByIndex() {
        List<Taps> all = taps().toList();
        return IntStream.range(0, all.size()).mapToObj(i -> arguments(i, all.get(i)));
    }

    @ParameterizedTest
    @MethodSource("tapsByIndex")
    void gradientsOfAStackAreRight(int index, Taps taps) {
        DenseBlock f = new DenseBlock(3, 2, Activation.TANH, false, taps);
        Stack stack = new Stack(List.of(
                new HighwayBlock(f, -1),
                new WeightedSkipBlock(
                        new DenseBlock(2, 2, Activation.SIGMOID, true, taps), Weighting.SCALAR, 1, 1, true),
                new DenseSkipBlock(new DenseBlock(2, 1, Activation.TANH, false, taps)),
                new HighwayBlock(new DenseBlock(3, 3, Activation.TANH, true, Taps.ONE), 0),
                f));
        assertGradientsAreRight(stack, index);
    }

    /** The sizes in turn, masked and not. */
    private static void assertGradientsAreRight(Block block, int index) {
        int[] size = SIZES[index % SIZES.length];
        boolean masked = index % 2 == 0;
        INDArray x = normal(22, (long) size[0] * size[1], 3);
        SequenceFunction f = SequenceFunction.random(block, DataType.DOUBLE, masked, 21 + index);
        Map<String, INDArray> arrays = new LinkedHashMap<>(f.params());
        arrays.put("x", x);
        Map<String, INDArray> inputs = masked ? inputs(x, size[0], randomMask(x.size(0))) : inputs(x, size[0]);
        NumericGradient.assertRightAt(f.function(), inputs, arrays);
        f.function().close();
    }

    private static INDArray randomMask(long rows) {
        return normal(4, rows, 1).gt(-0.5).castTo(DataType.DOUBLE);
    }

    private static Stack causal(int width) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Taps taps = new Taps(3, 1 << i, Padding.CAUSAL);
            blocks.add(new HighwayBlock(new DenseBlock(width, width, Activation.TANH, i == 1, taps), -1));
        }
        return new Stack(blocks);
    }

    private static INDArray rows(INDArray array, long from, long to) {
        return array.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
    }

    /** Of the same shapes, that is: the number of rows decides how BLAS sums. */
    @ParameterizedTest
    @CsvSource({"FLOAT, 1", "FLOAT, 5", "FLOAT, 16", "FLOAT, 50", "DOUBLE, 1", "DOUBLE, 5", "DOUBLE, 16", "DOUBLE, 50"})
    void anOutputDoesNotChangeByOneBitWhenLaterInputsDo(DataType type, int width) {
        SequenceFunction f = SequenceFunction.random(causal(width), type, false, 3);
        for (int sequences : new int[] {1, 5}) {
            for (int steps : new int[] {2, 24, 61}) {
                INDArray x = normal(7, type, (long) steps * sequences, width);
                INDArray y = f.output(inputs(x, steps));
                for (int t : new int[] {1, steps / 2, steps - 1}) {
                    INDArray other = x.dup();
                    long from = (long) t * sequences;
                    rows(other, from, other.size(0))
                            .assign(normal(8, type, other.size(0) - from, width).mul(1e3));
                    INDArray changed = f.output(inputs(other, steps));
                    assertThat(rows(changed, 0, from).dup('c').data().asDouble())
                            .as("%d steps of %d sequences, changed from %d on", steps, sequences, t)
                            .isEqualTo(rows(y, 0, from).dup('c').data().asDouble());
                    assertThat(changed.getDouble(from, 0)).isNotEqualTo(y.getDouble(from, 0));
                }
            }
        }
    }

    private static Stack centred() {
        return new Stack(List.of(
                new HighwayBlock(new DenseBlock(4, 4, Activation.TANH, true, new Taps(3, 2, Padding.SAME)), -1),
                WeightedSkipBlock.residual(new DenseBlock(4, 4, Activation.RELU, false, new Taps(2, 1, Padding.SAME))),
                new HighwayBlock(new DenseBlock(4, 3, Activation.TANH, false, new Taps(3, 1, Padding.SAME)), -1)));
    }

    @ParameterizedTest
    @CsvSource({"FLOAT", "DOUBLE"})
    void whatStandsInAMaskedStepChangesNothing(DataType type) {
        SequenceFunction f = SequenceFunction.random(centred(), type, true, 3);
        INDArray mask = randomMask(9 * 5).castTo(type);
        INDArray x = normal(7, type, 9 * 5, 4);
        INDArray seed = normal(8, type, 9 * 5, 3).mul(mask);
        INDArray other = x.add(normal(9, type, 9 * 5, 4).mul(mask.rsub(1)));
        assertThat(other).isNotEqualTo(x);
        INDArray y = f.function().forward(inputs(x, 9, mask)).mul(mask);
        Map<String, INDArray> gradients = new LinkedHashMap<>();
        f.function().backward(seed).forEach((name, g) -> gradients.put(name, g.dup()));
        assertThat(f.function().forward(inputs(other, 9, mask)).mul(mask)).isEqualTo(y);
        f.function().backward(seed).forEach((name, g) -> assertThat(g).as(name).isEqualTo(gradients.get(name)));
        assertThat(gradients.get("x").mul(mask.rsub(1)).amaxNumber().doubleValue())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "5"})
    void morePaddingChangesNothing(int sequences) {
        INDArray x = normal(7, 6L * sequences, 4);
        SequenceFunction plain = SequenceFunction.random(centred(), DataType.DOUBLE, false, 3);
        INDArray y = plain.output(inputs(x, 6));
        SequenceFunction f = SequenceFunction.random(centred(), DataType.DOUBLE, true, 3);
        for (int more = 0; more < 15; more++) {
            INDArray all = padded(x, (long) more * sequences);
            INDArray mask = padded(Nd4j.ones(DataType.DOUBLE, x.size(0), 1), (long) more * sequences);
            assertClose(rows(f.output(inputs(all, 6 + more, mask)), 0, y.size(0)), y, 1e-14);
        }
    }

    /** Whole numbers are summed without rounding, whatever the order: padding adds nothing at all. */
    @ParameterizedTest
    @CsvSource({"FLOAT", "DOUBLE"})
    void morePaddingChangesNoBitWhereNothingIsRounded(DataType type) {
        Stack stack = new Stack(List.of(
                WeightedSkipBlock.residual(new DenseBlock(4, 4, Activation.RELU, false, new Taps(3, 2, Padding.SAME))),
                new DenseSkipBlock(new DenseBlock(4, 5, Activation.IDENTITY, false, new Taps(2, 1, Padding.SAME)))));
        Map<String, INDArray> params = new LinkedHashMap<>();
        stack.params()
                .forEach(p -> params.put(
                        p.name(),
                        Nd4j.math().round(normal(params.size(), type, p.shape()).mul(2))));
        INDArray x = Nd4j.math().round(normal(7, type, 6 * 5, 4).mul(3));
        INDArray seed = Nd4j.math().round(normal(8, type, 6 * 5, 9).mul(3));
        Map<String, INDArray> expected = results(stack, type, params, x, seed, 0);
        for (int more = 1; more < 15; more++) {
            Map<String, INDArray> actual = results(stack, type, params, x, seed, 5L * more);
            expected.forEach((name, array) -> {
                INDArray part = array.rank() == 2 && actual.get(name).size(0) > array.size(0)
                        ? rows(actual.get(name), 0, array.size(0)).dup('c')
                        : actual.get(name);
                assertThat(part).as(name).isEqualTo(array);
            });
        }
    }

    private static Map<String, INDArray> results(
            Stack stack, DataType type, Map<String, INDArray> params, INDArray x, INDArray seed, long more) {
        SequenceFunction f = SequenceFunction.of(stack, type, true, params);
        INDArray all = padded(x, more);
        INDArray mask = padded(Nd4j.ones(type, x.size(0), 1), more);
        Map<String, INDArray> results = new LinkedHashMap<>();
        results.put(
                "output",
                f.function().forward(inputs(all, all.size(0) / 5, mask)).dup('c'));
        f.function().backward(padded(seed, more)).forEach((name, g) -> results.put(name, g.dup('c')));
        return results;
    }

    private static INDArray padded(INDArray array, long more) {
        return more == 0 ? array : Nd4j.concat(0, array, Nd4j.zeros(array.dataType(), more, array.size(1)));
    }
}
