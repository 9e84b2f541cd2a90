package org.gatedepth.plan.tile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.gatedepth.plan.loop.Tiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;

/** The operations on registers, compared with those of {@link Math} on doubles. */
class TileTest {
    private static final int[] LENGTHS = {1, 17, Tile.SIZE};

    /** A kind of registers, and how exact it is. */
    private enum Kind {
        FLOAT(6e-8, 3e-7, 4e-7),
        DOUBLE(0, 1e-15, 1e-15);

        /** Largest relative error of one sum, difference or product. */
        private final double rounding;
        /** Largest relative error of sigmoid. */
        private final double ofSigmoid;
        /** Largest absolute error of tanh. */
        private final double ofTanh;

        Kind(double rounding, double ofSigmoid, double ofTanh) {
            this.rounding = rounding;
            this.ofSigmoid = ofSigmoid;
            this.ofTanh = ofTanh;
        }

        private Tile tile() {
            Tile tile = this == FLOAT ? Tile.ofFloats() : Tile.ofDoubles();
            tile.require(4);
            return tile;
        }

        /** The number of this kind next to a given one. */
        private double rounded(double value) {
            return this == FLOAT ? (float) value : value;
        }

        private double smallest() {
            return this == FLOAT ? Float.MIN_VALUE : Double.MIN_VALUE;
        }

        private double largest() {
            return this == FLOAT ? Float.MAX_VALUE : Double.MAX_VALUE;
        }

        private Buffer buffer(double... values) {
            if (this == DOUBLE) {
                return DoubleBuffer.wrap(values.clone());
            }
            float[] floats = new float[values.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) values[i];
            }
            return FloatBuffer.wrap(floats);
        }

        private static double[] values(Buffer buffer) {
            double[] values = new double[buffer.capacity()];
            for (int i = 0; i < values.length; i++) {
                values[i] = buffer instanceof FloatBuffer floats ? floats.get(i) : ((DoubleBuffer) buffer).get(i);
            }
            return values;
        }

        /** An operation on a few numbers, at most as many as a register holds. */
        private double[] apply(ElementwiseOp op, double[] a, double[] b) {
            Tile tile = tile();
            tile.load(buffer(a), 0, 0, 0, a.length);
            tile.load(buffer(b), 0, 1, 0, b.length);
            tile.apply(op, 0, 1, 2, a.length);
            Buffer result = buffer(new double[a.length]);
            tile.store(2, 0, result, 0, a.length);
            return values(result);
        }

        private double apply(ElementwiseOp op, double a) {
            return apply(op, new double[] {a}, new double[] {a})[0];
        }

        private double apply(ElementwiseOp op, double a, double b) {
            return apply(op, new double[] {a}, new double[] {b})[0];
        }
    }

    private static double exactly(ElementwiseOp op, double a, double b) {
        return switch (op) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case NEGATE -> -a;
            case RELU -> Math.max(a, 0);
            case STEP -> a > 0 ? 1 : 0;
            case SIGMOID -> 1 / (1 + Math.exp(-a));
            case TANH -> Math.tanh(a);
        };
    }

    /** Numbers from {@code low} to {@code high} at equal distances, in pieces of a register. */
    private static Stream<double[]> grid(Kind kind, double low, double high, int pieces) {
        int count = pieces * Tile.SIZE;
        return Stream.iterate(0, piece -> piece < pieces, piece -> piece + 1).map(piece -> {
            double[] values = new double[Tile.SIZE];
            for (int i = 0; i < values.length; i++) {
                values[i] = kind.rounded(low + (high - low) * (piece * Tile.SIZE + i) / (count - 1));
            }
            return values;
        });
    }

    private record Case(Kind kind, ElementwiseOp op, int length) {}

    private static List<Case> everyOp() {
        List<Case> cases = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (ElementwiseOp op : ElementwiseOp.values()) {
                for (int length : LENGTHS) {
                    cases.add(new Case(kind, op, length));
                }
            }
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("everyOp")
    void givesWhatMathGivesForNumbersOfAnySize(Case c) {
        Kind kind = c.kind();
        Random random = new Random(11);
        double[] a = new double[c.length()];
        double[] b = new double[c.length()];
        for (int i = 0; i < a.length; i++) {
            a[i] = kind.rounded(random.nextGaussian() * Math.pow(10, random.nextInt(13) - 6));
            b[i] = kind.rounded(random.nextGaussian() * Math.pow(10, random.nextInt(13) - 6));
        }
        double[] result = kind.apply(c.op(), a, b);
        double tolerance = switch (c.op()) {
            case ADD, SUBTRACT, MULTIPLY -> kind.rounding;
            case NEGATE, RELU, STEP -> 0;
            case SIGMOID -> kind.ofSigmoid;
            case TANH -> kind.ofTanh;
        };
        for (int i = 0; i < a.length; i++) {
            double expected = exactly(c.op(), a[i], b[i]);
            // Below exp(-80) a float's sigmoid ends at the smallest that it can give.
            double floor = c.op() == ElementwiseOp.TANH ? 1 : c.op() == ElementwiseOp.SIGMOID ? 1e-30 : 0;
            assertThat(Math.abs(result[i] - expected))
                    .as("%s of %s and %s: %s, not %s", c.op(), a[i], b[i], result[i], expected)
                    .isLessThanOrEqualTo(tolerance * Math.max(floor, Math.abs(expected)));
        }
    }

    @ParameterizedTest
    @MethodSource("everyOp")
    void leavesTheRestOfARegisterAsItIs(Case c) {
        Tile tile = c.kind().tile();
        tile.fill(0, 0.5, Tile.SIZE);
        tile.fill(1, 0.25, Tile.SIZE);
        tile.fill(2, -7, Tile.SIZE);
        tile.apply(c.op(), 0, 1, 2, c.length());
        Buffer result = c.kind().buffer(new double[Tile.SIZE]);
        tile.store(2, 0, result, 0, Tile.SIZE);
        assertThat(Arrays.stream(Kind.values(result)).skip(c.length())).allMatch(value -> value == -7);
    }

    @ParameterizedTest
    @MethodSource("everyOp")
    void givesItsResultInTheRegisterOfAnOperandToo(Case c) {
        Kind kind = c.kind();
        Random random = new Random(12);
        double[] a = random.doubles(c.length(), -3, 3).map(kind::rounded).toArray();
        double[] b = random.doubles(c.length(), -3, 3).map(kind::rounded).toArray();
        double[] expected = kind.apply(c.op(), a, b);
        for (int out = 0; out < 2; out++) {
            kind.tile().load(kind.buffer(a), 0, 0, 0, a.length);
            kind.tile().load(kind.buffer(b), 0, 1, 0, b.length);
            kind.tile().apply(c.op(), 0, 1, out, a.length);
            Buffer result = kind.buffer(new double[a.length]);
            kind.tile().store(out, 0, result, 0, a.length);
            assertThat(Kind.values(result)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void sigmoidIsRelativelyExactWhereAGateIsClosed(Kind kind) {
        grid(kind, -80, 80, 200).forEach(a -> {
            double[] result = kind.apply(ElementwiseOp.SIGMOID, a, a);
            for (int i = 0; i < a.length; i++) {
                double expected = exactly(ElementwiseOp.SIGMOID, a[i], 0);
                assertThat(Math.abs(result[i] - expected) / expected)
                        .as("sigmoid(%s) = %s, not %s", a[i], result[i], expected)
                        .isLessThanOrEqualTo(kind.ofSigmoid);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void sigmoidStaysBetweenZeroAndOneForTheLargestNumbers(Kind kind) {
        assertThat(kind.apply(ElementwiseOp.SIGMOID, kind.largest())).isEqualTo(1);
        assertThat(kind.apply(ElementwiseOp.SIGMOID, Double.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(kind.apply(ElementwiseOp.SIGMOID, -kind.largest())).isBetween(0.0, 1e-38);
        assertThat(kind.apply(ElementwiseOp.SIGMOID, Double.NEGATIVE_INFINITY)).isBetween(0.0, 1e-38);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void tanhIsAbsolutelyExact(Kind kind) {
        grid(kind, -20, 20, 100).forEach(a -> {
            double[] result = kind.apply(ElementwiseOp.TANH, a, a);
            for (int i = 0; i < a.length; i++) {
                assertThat(Math.abs(result[i] - Math.tanh(a[i])))
                        .as("tanh(%s) = %s, not %s", a[i], result[i], Math.tanh(a[i]))
                        .isLessThanOrEqualTo(kind.ofTanh);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void tanhIsRelativelyExactNearZero(Kind kind) {
        double tolerance = kind == Kind.FLOAT ? 1e-6 : 1e-15;
        for (double size = 1; size > 1e-30; size /= 10) {
            grid(kind, size / 10, size, 1).forEach(a -> {
                double[] result = kind.apply(ElementwiseOp.TANH, a, a);
                for (int i = 0; i < a.length; i++) {
                    assertThat(Math.abs(result[i] - Math.tanh(a[i])) / Math.tanh(a[i]))
                            .as("tanh(%s) = %s, not %s", a[i], result[i], Math.tanh(a[i]))
                            .isLessThanOrEqualTo(tolerance);
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void tanhIsOddAndNeverAboveOne(Kind kind) {
        grid(kind, 0, 30, 20).forEach(a -> {
            double[] positive = kind.apply(ElementwiseOp.TANH, a, a);
            double[] negative =
                    kind.apply(ElementwiseOp.TANH, Arrays.stream(a).map(x -> -x).toArray(), a);
            for (int i = 0; i < a.length; i++) {
                assertThat(positive[i]).isEqualTo(-negative[i]).isBetween(0.0, 1.0);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void tanhOfTheLargestNumbersIsOne(Kind kind) {
        for (double a : new double[] {50, kind.largest(), Double.POSITIVE_INFINITY}) {
            assertThat(Math.abs(kind.apply(ElementwiseOp.TANH, a) - 1)).isLessThanOrEqualTo(kind.ofTanh);
            assertThat(Math.abs(kind.apply(ElementwiseOp.TANH, -a) + 1)).isLessThanOrEqualTo(kind.ofTanh);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void stepIsOneForEveryPositiveNumber(Kind kind) {
        double[] positive = {kind.smallest(), 3 * kind.smallest(), 1e-40, 1e-38, 1e-7, 1, 1e9, kind.largest()};
        assertThat(kind.apply(ElementwiseOp.STEP, positive, positive)).containsOnly(1.0);
        assertThat(kind.apply(ElementwiseOp.STEP, Double.POSITIVE_INFINITY)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void stepIsZeroForZeroAndBelow(Kind kind) {
        double[] others = {0.0, -0.0, -kind.smallest(), -1, -kind.largest(), Double.NEGATIVE_INFINITY};
        assertThat(Arrays.stream(kind.apply(ElementwiseOp.STEP, others, others)))
                .allMatch(value -> value == 0);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void reluKeepsEveryPositiveNumberAndNoOther(Kind kind) {
        double[] a = {kind.smallest(), kind.largest(), Double.POSITIVE_INFINITY, -kind.smallest(), -kind.largest()};
        assertThat(kind.apply(ElementwiseOp.RELU, a, a))
                .containsExactly(kind.smallest(), kind.largest(), Double.POSITIVE_INFINITY, 0, 0);
        assertThat(kind.apply(ElementwiseOp.RELU, Double.NEGATIVE_INFINITY)).isEqualTo(0);
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementwiseOp.class,
            names = {"ADD", "SUBTRACT", "MULTIPLY", "NEGATE", "SIGMOID", "TANH"})
    void doesNotHideWhatIsNotANumber(ElementwiseOp op) {
        for (Kind kind : Kind.values()) {
            assertThat(kind.apply(op, Double.NaN, 1)).isNaN();
            double[] result = kind.apply(op, new double[] {1, Double.NaN, -3}, new double[] {2, 2, 2});
            assertThat(result[1]).isNaN();
            assertThat(result[0]).isFinite();
            assertThat(result[2]).isFinite();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void addsAndMultipliesInfinities(Kind kind) {
        double infinity = Double.POSITIVE_INFINITY;
        assertThat(kind.apply(ElementwiseOp.ADD, infinity, 1)).isEqualTo(infinity);
        assertThat(kind.apply(ElementwiseOp.SUBTRACT, 1, infinity)).isEqualTo(-infinity);
        assertThat(kind.apply(ElementwiseOp.MULTIPLY, -2, infinity)).isEqualTo(-infinity);
        assertThat(kind.apply(ElementwiseOp.NEGATE, infinity)).isEqualTo(-infinity);
        assertThat(kind.apply(ElementwiseOp.SUBTRACT, infinity, infinity)).isNaN();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 17, 512, 1000, Tile.SIZE})
    void repeatsARowToTheEndOfARegister(int count) {
        for (Kind kind : Kind.values()) {
            double[] row = new double[count];
            Arrays.setAll(row, i -> i + 1);
            kind.tile().load(kind.buffer(row), 0, 0, 0, count);
            kind.tile().repeat(0, count, Tile.SIZE);
            Buffer result = kind.buffer(new double[Tile.SIZE]);
            kind.tile().store(0, 0, result, 0, Tile.SIZE);
            double[] expected = new double[Tile.SIZE];
            Arrays.setAll(expected, i -> i % count + 1);
            assertThat(Kind.values(result)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void copiesAndSumsTheMiddleOfARegister(Kind kind) {
        double[] values = new double[Tile.SIZE];
        Arrays.setAll(values, i -> i);
        kind.tile().load(kind.buffer(values), 0, 0, 0, Tile.SIZE);
        kind.tile().copy(0, 100, 1, 17);
        assertThat(kind.tile().sum(1, 17)).isEqualTo(17 * 100 + 16 * 17 / 2);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void loadsAndStoresAnywhereInMemory(Kind kind) {
        Buffer memory = kind.buffer(1, 2, 3, 4, 5, 6);
        kind.tile().load(memory, 2, 3, 0, 2);
        kind.tile().store(3, 0, memory, 4, 2);
        assertThat(Kind.values(memory)).containsExactly(1, 2, 3, 4, 3, 4);
    }

    @Test
    void keepsWhatRegistersHoldWhenMoreAreAskedFor() {
        for (Tile tile : List.of(new FloatTile(Tile.SIZE), new DoubleTile())) {
            tile.require(1);
            tile.fill(0, 4, 1);
            tile.require(3);
            tile.require(2);
            assertThat(tile.sum(0, 1)).isEqualTo(4);
        }
    }

    @Test
    void thereAreNoRegistersForHalfPrecisionAndIntegers() {
        assertThat(DataType.values())
                .filteredOn(Tiles::supports)
                .containsExactlyInAnyOrder(DataType.FLOAT, DataType.DOUBLE);
    }
}
