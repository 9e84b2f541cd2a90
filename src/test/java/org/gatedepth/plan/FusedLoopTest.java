package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.distance;
import static org.gatedepth.testing.Arrays.normal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.gatedepth.plan.graph.Value;
import org.gatedepth.plan.loop.FusedLoop;
import org.gatedepth.plan.lowering.LoopBuilder;
import org.gatedepth.plan.tile.ElementwiseOp;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Loops as {@link LoopBuilder} makes them, compared with ND4J's own arithmetic. */
@ExtendWith(DoublePrecision.class)
class FusedLoopTest {
    private static final long[][] SHAPES = {
        {7, 5},
        {3, 2500},
        {2, 1024},
        {5, 1023},
        {3, 1025},
        {300, 7},
        {1, 1},
        {1, 6},
        {1, 3000},
        {6, 1},
        {3000, 1},
        {2, 512},
        {5, 600},
        {9},
        {2048},
        {2049},
        {2, 3, 4},
        {3, 40, 20},
        {2, 2, 2, 2}
    };

    private record Case(DataType type, long[] shape) {
        private double tolerance() {
            return type == DataType.FLOAT ? 1e-5 : 1e-12;
        }

        private INDArray numbers(long seed) {
            return normal(seed, type, shape);
        }

        private long columns() {
            return shape[shape.length - 1];
        }

        @Override
        public String toString() {
            return type + " " + Arrays.toString(shape);
        }
    }

    private static Stream<Case> all() {
        return Stream.of(DataType.FLOAT, DataType.DOUBLE)
                .flatMap(type -> Arrays.stream(SHAPES).map(shape -> new Case(type, shape)));
    }

    private static Stream<Case> matrices() {
        // A matrix of one row is as long as its row.
        return all().filter(c -> c.shape().length == 2 && c.shape()[0] > 1);
    }

    /** In one comparison for all elements, since the arrays are long. */
    private static void assertClose(INDArray actual, INDArray expected, double tolerance) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        double scale = Math.max(1, expected.amaxNumber().doubleValue());
        assertThat(distance(actual, expected)).isLessThanOrEqualTo(tolerance * scale);
    }

    private static Value v(String variable) {
        return Value.of(variable);
    }

    /** Builds a loop that stores the given results, and runs it. */
    private static void run(LoopBuilder loop, Map<Value, INDArray> results) {
        build(loop, results).run();
    }

    private static FusedLoop build(LoopBuilder loop, Map<Value, INDArray> results) {
        return loop.build(names -> names.stream()
                .filter(results::containsKey)
                .map(results::get)
                .findFirst()
                .orElse(null));
    }

    private static INDArray empty(Case c) {
        return Nd4j.create(c.type(), c.shape(), 'c').assign(-77);
    }

    @ParameterizedTest
    @MethodSource("all")
    void runsOperationsOneOnTheOther(Case c) {
        Map<Value, INDArray> arrays = Map.of(v("a"), c.numbers(1), v("b"), c.numbers(2));
        LoopBuilder loop = new LoopBuilder(c.type(), c.shape());
        loop.apply(v("sum"), ElementwiseOp.ADD, List.of(v("a"), v("b")), arrays::get);
        loop.apply(v("product"), ElementwiseOp.MULTIPLY, List.of(v("sum"), v("a")), arrays::get);
        loop.apply(v("result"), ElementwiseOp.SUBTRACT, List.of(v("b"), v("product")), arrays::get);
        INDArray a = arrays.get(v("a"));
        INDArray b = arrays.get(v("b"));
        INDArray result = empty(c);
        run(loop, Map.of(v("result"), result));
        assertClose(result, b.sub(a.add(b).mul(a)), c.tolerance());
    }

    @ParameterizedTest
    @MethodSource("all")
    void storesEveryResultThatIsAskedFor(Case c) {
        Map<Value, INDArray> arrays = Map.of(v("a"), c.numbers(1));
        LoopBuilder loop = new LoopBuilder(c.type(), c.shape());
        loop.apply(v("negative"), ElementwiseOp.NEGATE, List.of(v("a")), arrays::get);
        loop.apply(v("square"), ElementwiseOp.MULTIPLY, List.of(v("negative"), v("negative")), arrays::get);
        loop.apply(v("rest"), ElementwiseOp.ADD, List.of(v("square"), v("negative")), arrays::get);
        INDArray a = c.numbers(1);
        Map<Value, INDArray> results = Map.of(v("negative"), empty(c), v("square"), empty(c), v("rest"), empty(c));
        run(loop, results);
        assertClose(results.get(v("negative")), a.neg(), 0);
        assertClose(results.get(v("square")), a.mul(a), c.tolerance());
        assertClose(results.get(v("rest")), a.mul(a).sub(a), c.tolerance());
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void repeatsARowForEveryRow(Case c) {
        INDArray row = normal(3, c.type(), 1, c.columns());
        Map<Value, INDArray> arrays = Map.of(v("a"), c.numbers(1), v("row"), row);
        LoopBuilder loop = new LoopBuilder(c.type(), c.shape());
        loop.apply(v("result"), ElementwiseOp.SUBTRACT, List.of(v("row"), v("a")), arrays::get);
        INDArray result = empty(c);
        run(loop, Map.of(v("result"), result));
        assertClose(result, c.numbers(1).rsub(row), c.tolerance());
    }

    @ParameterizedTest
    @MethodSource("all")
    void repeatsOneElementForAll(Case c) {
        for (long[] shape : new long[][] {{}, {1}, {1, 1}}) {
            if (shape.length <= c.shape().length) {
                Map<Value, INDArray> arrays = Map.of(
                        v("a"),
                        c.numbers(1),
                        v("one"),
                        normal(4, c.type(), 1, 1).reshape(shape));
                LoopBuilder loop = new LoopBuilder(c.type(), c.shape());
                loop.apply(v("result"), ElementwiseOp.MULTIPLY, List.of(v("a"), v("one")), arrays::get);
                INDArray result = empty(c);
                run(loop, Map.of(v("result"), result));
                assertClose(result, c.numbers(1).mul(normal(4, c.type(), 1, 1).getDouble(0)), c.tolerance());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void sumsByColumn(Case c) {
        Map<Value, INDArray> arrays = Map.of(v("a"), c.numbers(1), v("b"), c.numbers(2));
        LoopBuilder loop = new LoopBuilder(c.type(), c.shape());
        loop.apply(v("product"), ElementwiseOp.MULTIPLY, List.of(v("a"), v("b")), arrays::get);
        INDArray sums = normal(5, c.type(), 1, c.columns());
        loop.sum(v("sums"), v("product"), sums, arrays::get);
        run(loop, Map.of());
        assertClose(sums, c.numbers(1).mul(c.numbers(2)).sum(true, 0), 10 * c.tolerance());
    }

    @ParameterizedTest
    @MethodSource("all")
    void sumsAllElements(Case c) {
        Map<Value, INDArray> arrays = Map.of(v("a"), c.numbers(1), v("b"), c.numbers(2));
        LoopBuilder loop = new LoopBuilder(c.type(), c.shape());
        loop.apply(v("product"), ElementwiseOp.MULTIPLY, List.of(v("a"), v("b")), arrays::get);
        INDArray sum = Nd4j.create(c.type(), new long[] {1}, 'c').assign(9);
        // One element of a vector of one element is a full one.
        boolean isFull = Arrays.equals(c.shape(), sum.shape());
        assertThat(isFull).isFalse();
        loop.sum(v("sum"), v("product"), sum, arrays::get);
        run(loop, Map.of());
        double expected = c.numbers(1)
                .castTo(DataType.DOUBLE)
                .mul(c.numbers(2).castTo(DataType.DOUBLE))
                .sumNumber()
                .doubleValue();
        assertThat(Math.abs(sum.getDouble(0) - expected)).isLessThan(100 * c.tolerance());
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void sumsAnInputByColumnAndInAll(Case c) {
        Map<Value, INDArray> arrays = Map.of(v("a"), c.numbers(1));
        LoopBuilder loop = new LoopBuilder(c.type(), c.shape());
        INDArray columns = normal(5, c.type(), 1, c.columns());
        INDArray total = normal(6, c.type(), 1, 1);
        loop.sum(v("columns"), v("a"), columns, arrays::get);
        loop.sum(v("total"), v("a"), total, arrays::get);
        run(loop, Map.of());
        if (c.columns() > 1) {
            assertClose(columns, c.numbers(1).sum(true, 0), 10 * c.tolerance());
        }
        assertThat(Math.abs(total.getDouble(0)
                        - c.numbers(1).castTo(DataType.DOUBLE).sumNumber().doubleValue()))
                .isLessThan(100 * c.tolerance());
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void sumsSeveralInputsThatNothingElseReads(Case c) {
        Map<Value, INDArray> arrays = Map.of(v("a"), c.numbers(1), v("b"), c.numbers(2), v("c"), c.numbers(3));
        LoopBuilder loop = new LoopBuilder(c.type(), c.shape());
        List<INDArray> sums = new ArrayList<>();
        for (Value value : List.of(v("a"), v("b"), v("c"))) {
            INDArray sum = normal(5, c.type(), 1, c.columns());
            sums.add(sum);
            loop.sum(v("sum of " + value), value, sum, arrays::get);
        }
        run(loop, Map.of());
        for (int i = 0; i < sums.size(); i++) {
            assertClose(sums.get(i), c.numbers(1 + i).sum(true, 0), 10 * c.tolerance());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void givesTheSameWhenItRunsAgainOnOtherNumbers(Case c) {
        INDArray a = c.numbers(1);
        INDArray one = normal(3, c.type(), 1);
        Map<Value, INDArray> arrays = Map.of(v("a"), a, v("one"), one);
        LoopBuilder loop = new LoopBuilder(c.type(), c.shape());
        loop.apply(v("result"), ElementwiseOp.MULTIPLY, List.of(v("a"), v("one")), arrays::get);
        INDArray total = Nd4j.create(c.type(), new long[] {1}, 'c');
        loop.sum(v("total"), v("result"), total, arrays::get);
        INDArray result = empty(c);
        FusedLoop built = build(loop, Map.of(v("result"), result));
        built.run();
        a.assign(c.numbers(8));
        one.assign(2);
        built.run();
        assertClose(result, c.numbers(8).mul(2), 0);
        assertThat(Math.abs(total.getDouble(0)
                        - 2 * c.numbers(8).castTo(DataType.DOUBLE).sumNumber().doubleValue()))
                .isLessThan(200 * c.tolerance());
    }

    @ParameterizedTest
    @MethodSource("all")
    void storesAResultInTheArrayOfAnInput(Case c) {
        INDArray a = c.numbers(1);
        Map<Value, INDArray> arrays = Map.of(v("a"), a, v("b"), c.numbers(2));
        LoopBuilder loop = new LoopBuilder(c.type(), c.shape());
        loop.apply(v("sum"), ElementwiseOp.ADD, List.of(v("a"), v("b")), arrays::get);
        // Reads the input after the first result is there.
        loop.apply(v("product"), ElementwiseOp.MULTIPLY, List.of(v("sum"), v("a")), arrays::get);
        INDArray product = empty(c);
        run(loop, Map.of(v("sum"), a, v("product"), product));
        INDArray sum = c.numbers(1).add(c.numbers(2));
        assertClose(a, sum, c.tolerance());
        assertClose(product, sum.mul(c.numbers(1)), c.tolerance());
    }

    @ParameterizedTest
    @MethodSource("all")
    void readsAndWritesPartsOfALongVector(Case c) {
        long length = Arrays.stream(c.shape()).reduce(1, (n, m) -> n * m);
        INDArray flat =
                Nd4j.create(c.type(), new long[] {1, 3 * length + 10}, 'c').assign(5);
        // A part of a part, as a network's view of a layer's view.
        INDArray half = flat.get(NDArrayIndex.all(), NDArrayIndex.interval(3, 3 * length + 8));
        INDArray a = half.get(NDArrayIndex.all(), NDArrayIndex.interval(2, 2 + length))
                .reshape('c', c.shape());
        INDArray result = half.get(NDArrayIndex.all(), NDArrayIndex.interval(4 + length, 4 + 2 * length))
                .reshape('c', c.shape());
        a.assign(c.numbers(1));
        Map<Value, INDArray> arrays = Map.of(v("a"), a);
        LoopBuilder loop = new LoopBuilder(c.type(), c.shape());
        loop.apply(v("result"), ElementwiseOp.NEGATE, List.of(v("a")), arrays::get);
        run(loop, Map.of(v("result"), result));
        INDArray expected =
                Nd4j.create(c.type(), new long[] {1, 3 * length + 10}, 'c').assign(5);
        expected.get(NDArrayIndex.all(), NDArrayIndex.interval(5, 5 + length))
                .assign(c.numbers(1).reshape(1, length));
        expected.get(NDArrayIndex.all(), NDArrayIndex.interval(7 + length, 7 + 2 * length))
                .assign(c.numbers(1).neg().reshape(1, length));
        assertThat(flat).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void readsRowsAndWritesSumsThatArePartsOfALongVector(Case c) {
        long columns = c.columns();
        INDArray flat = normal(9, c.type(), 1, 2 * columns + 5);
        INDArray row = flat.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 1 + columns));
        INDArray sums = flat.get(NDArrayIndex.all(), NDArrayIndex.interval(columns + 3, 2 * columns + 3));
        Map<Value, INDArray> arrays = Map.of(v("a"), c.numbers(1), v("row"), row);
        LoopBuilder loop = new LoopBuilder(c.type(), c.shape());
        loop.apply(v("product"), ElementwiseOp.MULTIPLY, List.of(v("a"), v("row")), arrays::get);
        loop.sum(v("sums"), v("product"), sums, arrays::get);
        run(loop, Map.of());
        assertClose(sums, c.numbers(1).mul(row).sum(true, 0), 10 * c.tolerance());
    }

    @Test
    void aResultHasSeveralNames() {
        Map<Value, INDArray> arrays = Map.of(v("a"), normal(1, 2, 3));
        LoopBuilder loop = new LoopBuilder(DataType.DOUBLE, new long[] {2, 3});
        loop.apply(v("b"), ElementwiseOp.NEGATE, List.of(v("a")), arrays::get);
        loop.alias(v("same"), v("b"));
        loop.apply(v("c"), ElementwiseOp.ADD, List.of(v("same"), v("a")), arrays::get);
        INDArray b = Nd4j.create(DataType.DOUBLE, 2, 3);
        INDArray c = Nd4j.ones(DataType.DOUBLE, 2, 3);
        run(loop, Map.of(v("same"), b, v("c"), c));
        assertClose(b, normal(1, 2, 3).neg(), 0);
        assertClose(c, Nd4j.zeros(DataType.DOUBLE, 2, 3), 0);
    }

    @Test
    void takesOperationsOfItsTypeAndShapeOnlyAndNotTooMany() {
        LoopBuilder loop = new LoopBuilder(DataType.FLOAT, new long[] {2, 3});
        assertThat(loop.takes(DataType.FLOAT, new long[] {2, 3})).isTrue();
        assertThat(loop.takes(DataType.DOUBLE, new long[] {2, 3})).isFalse();
        assertThat(loop.takes(DataType.FLOAT, new long[] {6})).isFalse();
        INDArray a = normal(1, DataType.FLOAT, 2, 3);
        int count = 0;
        while (loop.takes(DataType.FLOAT, new long[] {2, 3})) {
            loop.apply(v("n" + count), ElementwiseOp.NEGATE, List.of(v("a")), name -> a);
            count++;
        }
        assertThat(count).isEqualTo(64);
    }

    @Test
    void knowsWhatItComputesAndWhatItSums() {
        INDArray a = normal(1, 2, 3);
        LoopBuilder loop = new LoopBuilder(DataType.DOUBLE, new long[] {2, 3});
        loop.apply(v("b"), ElementwiseOp.NEGATE, List.of(v("a")), name -> a);
        loop.sum(v("s"), v("b"), normal(2, 1, 3), name -> a);
        assertThat(Stream.of(v("a"), v("b"), v("s")).filter(loop::computes)).containsExactly(v("b"));
        assertThat(Stream.of(v("a"), v("b"), v("s")).filter(loop::sums)).containsExactly(v("s"));
        assertThat(Stream.of(v("a"), v("b"), v("s")).filter(loop::gives)).containsExactly(v("b"), v("s"));
    }

    @Test
    void arraysMeetALoopInFullAsARowOrAsOneElement() {
        long[] loop = {4, 3};
        assertThat(LoopBuilder.fit(loop, new long[] {4, 3})).isEqualTo(LoopBuilder.Fit.FULL);
        assertThat(LoopBuilder.fit(loop, new long[] {1, 3})).isEqualTo(LoopBuilder.Fit.ROW);
        for (long[] one : new long[][] {{}, {1}, {1, 1}}) {
            assertThat(LoopBuilder.fit(loop, one)).isEqualTo(LoopBuilder.Fit.SCALAR);
        }
        for (long[] other : new long[][] {{4, 1}, {3}, {12}, {4}, {3, 4}, {1, 4, 3}, {1, 1, 1}, {2, 3}}) {
            assertThat(LoopBuilder.fit(loop, other)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {63, 65, 150})
    void operationsBeyondThoseOfOneLoopGoToTheNext(int count) throws Exception {
        CompiledFunction.Body body = (sd, in, p) -> {
            SDVariable result = in.get("x");
            for (int i = 0; i < count; i++) {
                result = i % 3 == 0
                        ? sd.math.tanh(result)
                        : result.mul(p.get("a")).add(in.get("x"));
            }
            return result;
        };
        Map<String, INDArray> params = Map.of("a", normal(2, 1, 5).mul(0.5));
        Map<String, INDArray> inputs = Map.of("x", normal(1, 4, 5));
        CompiledFunction function =
                new CompiledFunction(DataType.DOUBLE, Map.of("x", new long[] {-1, 5}), List.of("x"), params, body);
        INDArray seed = normal(3, 4, 5);
        SessionOracle expected = SessionOracle.of(body, DataType.DOUBLE, inputs, params, seed);
        for (int i = 0; i < 2; i++) {
            assertClose(function.forward(inputs), expected.output(), 1e-10);
            Map<String, INDArray> gradients = function.backward(seed);
            expected.gradients().forEach((name, g) -> assertClose(gradients.get(name), g, 1e-10));
        }
    }
}
