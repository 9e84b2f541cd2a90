package org.gatedepth.block.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.SequenceFunction.inputs;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.gatedepth.block.Block;
import org.gatedepth.block.Connection;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Stack;
import org.gatedepth.block.Traits;
import org.gatedepth.block.Transform;
import org.gatedepth.block.WeightedSkipBlock;
import org.gatedepth.block.Weighting;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.NumericGradient;
import org.gatedepth.testing.SequenceFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Attention, the gated feed-forward part and positions: values, both limits, gradients alone and in stacks. */
@ExtendWith(DoublePrecision.class)
class AttentionBlockTest {

    private static SequenceFunction random(Block block, long seed) {
        return SequenceFunction.random(block, DataType.DOUBLE, false, seed);
    }

    private static INDArray array(SequenceFunction f, String name) {
        return java.util.Objects.requireNonNull(f.params().get(name), name);
    }

    /** Without layer normalisation one step is ((x·W_v)·O + b), whatever the queries and keys are. */
    @ParameterizedTest
    @CsvSource({"1", "2", "4"})
    void oneStepIsTheProjectionOfItsValue(int heads) {
        SequenceFunction f = random(new AttentionBlock(3, 2, 4, heads, false, false), 1);
        INDArray x = normal(2, 5, 3);
        INDArray values = array(f, "W").get(NDArrayIndex.all(), NDArrayIndex.interval(8, 12));
        assertClose(
                f.output(inputs(x, 1)),
                x.mmul(values.dup()).mmul(array(f, "O/W")).addRowVector(array(f, "O/b")),
                1e-14);
    }

    /** Keys of 0: all weights are equal, so each step gets the mean of the values, or of those up to it. */
    @ParameterizedTest
    @CsvSource({"false", "true"})
    void withoutKeysEachStepGetsTheMeanOfTheValues(boolean causal) {
        SequenceFunction f = random(new AttentionBlock(1, 1, 2, 2, causal, false), 1);
        array(f, "W").assign(Nd4j.createFromArray(new double[][] {{5, -3, 0, 0, 1, 10}}));
        array(f, "O/W").assign(Nd4j.createFromArray(new double[][] {{1}, {1}}));
        array(f, "O/b").assign(0.5);
        INDArray y = f.output(inputs(Nd4j.createFromArray(new double[][] {{1}, {2}, {6}}), 3));
        assertThat(y.toDoubleVector())
                .containsExactly(
                        causal ? new double[] {11.5, 17, 33.5} : new double[] {33.5, 33.5, 33.5},
                        org.assertj.core.data.Offset.offset(1e-12));
    }

    @Test
    void theFeedForwardPartIsTheHandDerivedValue() {
        SequenceFunction f = random(new GatedFeedForwardBlock(1, 1, 1, Activation.SIGMOID, false), 1);
        Map<String, Double> values = Map.of("G/W", 2.0, "G/b", 1.0, "V/W", 3.0, "V/b", -1.0, "O/W", 4.0, "O/b", 0.25);
        values.forEach((name, value) -> array(f, name).assign(value));
        double x = 0.7;
        double expected = 4 * (3 * x - 1) / (1 + Math.exp(-(2 * x + 1))) + 0.25;
        assertThat(f.output(inputs(Nd4j.scalar(x).reshape(1, 1), 1)).getDouble(0))
                .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-12));
    }

    @Test
    void theGateOfTheFeedForwardPartClosesAndOpensIt() {
        SequenceFunction f = random(new GatedFeedForwardBlock(3, 2, 5, Activation.SIGMOID, false), 1);
        INDArray x = normal(2, 4, 3);
        array(f, "G/b").assign(-800);
        assertClose(f.output(inputs(x, 2)), Nd4j.zeros(4, 2).addRowVector(array(f, "O/b")), 1e-14);
        array(f, "G/b").assign(800);
        assertClose(
                f.output(inputs(x, 2)),
                x.mmul(array(f, "V/W"))
                        .addRowVector(array(f, "V/b"))
                        .mmul(array(f, "O/W"))
                        .addRowVector(array(f, "O/b")),
                1e-14);
    }

    /** In doubles and floats; the last two rows are of equal, and of nearly equal elements. */
    @ParameterizedTest
    @CsvSource({"DOUBLE, 1e-11", "FLOAT, 2e-4"})
    void layerNormalisationIsThatOfItsEquation(DataType type, double tolerance) {
        INDArray x = normal(2, type, 5, 7).mul(3).add(1);
        x.getRow(3).assign(2);
        x.getRow(4).assign(2).muli(normal(3, type, 7).mul(1e-4).add(1));
        Block normalising = new GatedFeedForwardBlock(7, 7, 4, Activation.SIGMOID, true);
        SequenceFunction f = SequenceFunction.random(normalising, type, false, 1);
        SequenceFunction plain = SequenceFunction.of(
                new GatedFeedForwardBlock(7, 7, 4, Activation.SIGMOID, false), type, false, f.params());
        INDArray centred = x.subColumnVector(x.mean(true, 1));
        INDArray deviation = Transforms.sqrt(centred.mul(centred).mean(true, 1).add(1e-5));
        INDArray read = centred.divColumnVector(deviation)
                .mulRowVector(array(f, "gain"))
                .addRowVector(array(f, "shift"));
        assertClose(f.output(inputs(x, 5)), plain.output(inputs(read, 5)), tolerance);
        f.function().forward(inputs(x, 5));
        INDArray g = java.util.Objects.requireNonNull(
                f.function().backward(normal(4, type, 5, 7)).get("x"));
        assertThat(g.amaxNumber().doubleValue()).isLessThan(1e4);
    }

    @Test
    void sinusoidsAndLearnedPositionsAreAddedToEachStep() {
        INDArray x = normal(1, 3 * 2, 5);
        SequenceFunction sinusoids = random(new PositionBlock(5, 5, Positions.SINUSOIDAL, 0), 1);
        INDArray expected = x.dup();
        SequenceFunction learned = random(new PositionBlock(5, 5, Positions.LEARNED, 7), 1);
        INDArray ofTable = x.dup();
        for (int row = 0; row < 6; row++) {
            int t = row / 2;
            for (int i = 0; i < 5; i++) {
                double angle = t / Math.pow(10_000, 2 * (i / 2) / 5.0);
                expected.putScalar(row, i, x.getDouble(row, i) + (i % 2 == 0 ? Math.sin(angle) : Math.cos(angle)));
                ofTable.putScalar(
                        row, i, x.getDouble(row, i) + array(learned, "P").getDouble(t, i));
            }
        }
        assertClose(sinusoids.output(inputs(x, 3)), expected, 1e-12);
        assertClose(learned.output(inputs(x, 3)), ofTable, 1e-12);
        SequenceFunction projected = random(new PositionBlock(5, 2, Positions.NONE, 0), 1);
        assertClose(
                projected.output(inputs(x, 3)),
                x.mmul(array(projected, "W")).addRowVector(array(projected, "b")),
                1e-12);
    }

    @Test
    void refusesMoreStepsThanThereArePositions() {
        SequenceFunction learned = random(new PositionBlock(5, 5, Positions.LEARNED, 2), 1);
        assertThatThrownBy(() -> learned.output(inputs(normal(1, 6, 5), 3)))
                .hasMessage("there are positions for 2 steps, but the sequences have 3");
    }

    private static Transform attention(long in, long out, boolean causal, boolean layerNorm) {
        return new AttentionBlock(in, out, 4, 2, causal, layerNorm);
    }

    private static Transform feedForward(long in, long out, Activation activation, boolean layerNorm) {
        return new GatedFeedForwardBlock(in, out, 5, activation, layerNorm);
    }

    static Stream<Arguments> blocks() {
        List<Block> blocks = new ArrayList<>();
        for (boolean layerNorm : new boolean[] {false, true}) {
            for (Connection connection : Connection.values()) {
                int outputs = connection == Connection.DENSE ? 2 : 3;
                blocks.add(connection.around(attention(3, outputs, layerNorm, layerNorm), -1));
                blocks.add(connection.around(feedForward(3, outputs, Activation.SIGMOID, layerNorm), -1));
            }
            blocks.add(new WeightedSkipBlock(attention(3, 2, true, layerNorm), Weighting.PER_UNIT, 0.7, 1.3, true));
            blocks.add(new HighwayBlock(attention(3, 2, false, layerNorm), 0));
            blocks.add(new Stack(List.of(
                    new PositionBlock(3, 4, Positions.LEARNED, 8),
                    new HighwayBlock(attention(4, 4, true, layerNorm), -1),
                    new HighwayBlock(feedForward(4, 4, Activation.GELU, layerNorm), -1),
                    WeightedSkipBlock.residual(attention(4, 4, false, layerNorm)),
                    WeightedSkipBlock.residual(feedForward(4, 4, Activation.SWISH, layerNorm)))));
            blocks.add(new Stack(
                    List.of(new PositionBlock(3, 2, Positions.SINUSOIDAL, 0), attention(2, 2, false, layerNorm))));
        }
        List<Arguments> all = new ArrayList<>();
        blocks.forEach(block -> all.add(arguments(all.size(), block)));
        return all.stream();
    }

    /** Steps and sequences. */
    private static final int[][] SIZES = {{5, 2}, {1, 1}, {4, 1}, {1, 5}, {2, 3}, {8, 2}};

    @ParameterizedTest
    @MethodSource("blocks")
    void gradientsAreRight(int index, Block block) {
        for (boolean masked : new boolean[] {false, true}) {
            int[] size = SIZES[(index + (masked ? 1 : 0)) % SIZES.length];
            INDArray x = normal(22, (long) size[0] * size[1], 3);
            SequenceFunction f = SequenceFunction.random(block, DataType.DOUBLE, masked, 21 + index);
            Map<String, INDArray> arrays = new LinkedHashMap<>(f.params());
            arrays.put("x", x);
            INDArray mask = normal(4, x.size(0), 1).gt(-0.5).castTo(DataType.DOUBLE);
            NumericGradient.assertRightAt(f.function(), masked ? inputs(x, size[0], mask) : inputs(x, size[0]), arrays);
            f.function().close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClosedBlockCarriesItsInput(Connection connection) {
        INDArray x = normal(3, 6, 4);
        for (Transform transform : List.of(attention(4, 4, false, true), feedForward(4, 4, Activation.SIGMOID, true))) {
            SequenceFunction f = random(connection.around(transform, -800), 5);
            if (connection == Connection.WEIGHTED) {
                array(f, "beta").assign(0);
            } else if (connection == Connection.HIGHWAY) {
                array(f, "T/b").assign(-800);
            } else {
                f.params().forEach((name, array) -> {
                    if (name.contains("O/")) {
                        array.assign(0);
                    }
                });
            }
            INDArray y = f.output(inputs(x, 3));
            INDArray expected = switch (connection) {
                case PLAIN -> Nd4j.zeros(6, 4);
                case DENSE -> Nd4j.concat(1, x, Nd4j.zeros(6, 4));
                default -> x;
            };
            assertClose(y, expected, 0);
        }
    }

    @Test
    void anOpenGateGivesTheTransform() {
        INDArray x = normal(3, 6, 4);
        for (Transform transform : List.of(attention(4, 4, false, true), feedForward(4, 4, Activation.SIGMOID, true))) {
            SequenceFunction f = random(new HighwayBlock(transform, 0), 5);
            Map<String, INDArray> own = new LinkedHashMap<>();
            for (ParamSpec param : transform.params()) {
                own.put(param.name(), array(f, "H/" + param.name()));
            }
            array(f, "T/b").assign(800);
            assertClose(
                    f.output(inputs(x, 3)),
                    SequenceFunction.of(transform, DataType.DOUBLE, false, own).output(inputs(x, 3)),
                    1e-12);
        }
    }

    @Test
    void aBlockAroundAttentionTellsItsWeights() {
        Block block = new HighwayBlock(attention(4, 4, false, true), 0);
        Map<String, INDArray> params = random(block, 5).params();
        Map<String, long[]> shapes = Map.of("x", new long[] {-1, 4}, "steps", new long[] {-1, -1});
        var weights = new org.gatedepth.plan.CompiledFunction(
                DataType.DOUBLE,
                shapes,
                List.of(),
                params,
                (sd, in, p) -> java.util.Objects.requireNonNull(
                        block.attention(sd, in.get("x"), SequenceFunction.params(p::get, in.get("steps"), null))));
        INDArray p = weights.infer(inputs(normal(3, 6, 4), 3));
        assertThat(p.shape()).containsExactly(2 * 2 * 3, 3);
        assertClose(p.sum(1), Nd4j.ones(DataType.DOUBLE, 12), 1e-12);
    }

    @Test
    void aReportCanAskForEverything() {
        Traits highway = Traits.of(new HighwayBlock(attention(4, 4, false, true), 0));
        assertThat(highway).isEqualTo(new Traits(true, true, true, true, true));
        Traits residual = Traits.of(WeightedSkipBlock.residual(feedForward(4, 4, Activation.SIGMOID, true)));
        assertThat(residual).isEqualTo(new Traits(true, true, true, false, false));
        Stack stack = new Stack(List.of(
                new PositionBlock(3, 4, Positions.SINUSOIDAL, 0),
                new HighwayBlock(attention(4, 4, false, true), 0),
                new HighwayBlock(feedForward(4, 4, Activation.SIGMOID, true), 0)));
        assertThat(stack.members()).extracting(member -> member.number()).containsExactly(0, 1, 2);
    }

    @Test
    void refusesSizesThatDoNotFit() {
        assertThatThrownBy(() -> new AttentionBlock(3, 3, 4, 3, false, false))
                .hasMessage("the number of heads must divide the width of the attention, got 3 heads and a width of 4");
        assertThatThrownBy(() -> new AttentionBlock(3, 3, 4, 0, false, false))
                .hasMessage("heads must be at least 1, got 0");
        assertThatThrownBy(() -> new GatedFeedForwardBlock(3, 3, 0, Activation.SIGMOID, false))
                .hasMessage("width of the feed-forward part must be at least 1, got 0");
        assertThatThrownBy(() -> new PositionBlock(3, 3, Positions.LEARNED, 0))
                .hasMessage("maxSteps, the number of positions that are learned, must be at least 1, got 0");
        assertThat(GatedFeedForwardBlock.defaultWidth(64)).isEqualTo(171);
    }
}
