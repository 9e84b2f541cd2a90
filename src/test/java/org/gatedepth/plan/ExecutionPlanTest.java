package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Stack;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Bodies, shapes and orders of calls that a plan could get wrong. */
@ExtendWith(DoublePrecision.class)
class ExecutionPlanTest {
    private static final Stack STACK = new Stack(List.of(
            new HighwayBlock(new DenseBlock(4, 4, Activation.TANH, false), -1),
            new DenseBlock(4, 4, Activation.RELU, false)));
    private static final CompiledFunction.Body BODY = (sd, in, p) -> STACK.apply(sd, in.get("x"), p::get);

    private static Map<String, INDArray> params(DataType type) {
        Map<String, INDArray> params = new LinkedHashMap<>();
        for (ParamSpec param : STACK.params()) {
            params.put(param.name(), normal(40 + params.size(), type, param.shape()));
        }
        return params;
    }

    private static Map<String, INDArray> zerosLike(Map<String, INDArray> params) {
        Map<String, INDArray> zeros = new LinkedHashMap<>();
        params.forEach((name, p) -> zeros.put(name, Nd4j.zeros(p.dataType(), p.shape())));
        return zeros;
    }

    private static Map<String, INDArray> copies(Map<String, INDArray> arrays) {
        Map<String, INDArray> copies = new HashMap<>();
        arrays.forEach((name, array) -> copies.put(name, array.dup('c')));
        return copies;
    }

    /** A function of inputs of just these ranks, differentiated at all of them. */
    private static CompiledFunction function(
            DataType type, Map<String, INDArray> inputs, Map<String, INDArray> params, CompiledFunction.Body body) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        inputs.forEach((name, array) -> {
            long[] shape = array.shape().clone();
            shape[0] = -1;
            shapes.put(name, shape);
        });
        CompiledFunction function = new CompiledFunction(type, shapes, inputs.keySet(), params, body);
        assertThat(function.path()).isEqualTo(CompiledFunction.Path.PLAN);
        return function;
    }

    /** The plan gives what the session gives: when it is compiled, and when it runs again. */
    private static void assertRight(
            DataType type,
            Map<String, INDArray> inputs,
            Map<String, INDArray> params,
            double tolerance,
            CompiledFunction.Body body)
            throws Exception {
        CompiledFunction function = function(type, inputs, params, body);
        INDArray seed = normal(4, type, function.infer(inputs).shape());
        assertRight(function, type, inputs, params, seed, tolerance, body);
        assertRight(function, type, inputs, params, seed, tolerance, body);
    }

    private static void assertRight(
            CompiledFunction function,
            DataType type,
            Map<String, INDArray> inputs,
            Map<String, INDArray> params,
            INDArray seed,
            double tolerance,
            CompiledFunction.Body body)
            throws Exception {
        SessionOracle expected = SessionOracle.of(body, type, inputs, params, seed);
        assertClose(function.infer(inputs), expected.output(), tolerance);
        assertClose(function.forward(inputs), expected.output(), tolerance);
        Map<String, INDArray> gradients = function.backward(seed);
        assertThat(expected.gradients()).hasSize(inputs.size() + params.size());
        expected.gradients().forEach((name, g) -> {
            assertThat(gradients.get(name)).as(name).isNotNull();
            double scale = Math.max(1, g.amaxNumber().doubleValue());
            assertClose(gradients.get(name).div(scale), g.div(scale), tolerance);
        });
    }

    private static void assertRight(
            Map<String, INDArray> inputs, Map<String, INDArray> params, CompiledFunction.Body body) throws Exception {
        assertRight(DataType.DOUBLE, inputs, params, 1e-10, body);
    }

    @Test
    void gradientArraysSetAfterTheFirstForwardAreWrittenInPlace() {
        Map<String, INDArray> params = params(DataType.DOUBLE);
        Map<String, INDArray> inputs = Map.of("x", normal(1, 5, 4));
        INDArray seed = normal(2, 5, 4);
        CompiledFunction other = function(DataType.DOUBLE, inputs, params, BODY);
        other.forward(inputs);
        Map<String, INDArray> expected = copies(other.backward(seed));
        CompiledFunction function = function(DataType.DOUBLE, inputs, params, BODY);
        function.forward(inputs);
        Map<String, INDArray> arrays = zerosLike(params);
        function.setGradientArrays(arrays);
        function.backward(seed);
        arrays.forEach((name, array) -> assertClose(array, expected.get(name), 0));
    }

    @Test
    void gradientArraysSetAfterTheFirstForwardDoNotCostAnotherPlan() {
        Map<String, INDArray> params = params(DataType.DOUBLE);
        Map<String, INDArray> inputs = Map.of("x", normal(1, 5, 4));
        CompiledFunction function = function(DataType.DOUBLE, inputs, params, BODY);
        INDArray output = function.forward(inputs);
        function.setGradientArrays(zerosLike(params));
        function.backward(normal(2, 5, 4));
        assertThat(function.forward(inputs)).as("a plan's own array").isSameAs(output);
    }

    @Test
    void otherGradientArraysTakeThePlaceOfTheFirst() {
        Map<String, INDArray> params = params(DataType.DOUBLE);
        Map<String, INDArray> inputs = Map.of("x", normal(1, 5, 4));
        CompiledFunction function = function(DataType.DOUBLE, inputs, params, BODY);
        Map<String, INDArray> first = zerosLike(params);
        function.setGradientArrays(first);
        function.forward(inputs);
        function.backward(normal(2, 5, 4));
        Map<String, INDArray> before = copies(first);
        Map<String, INDArray> second = zerosLike(params);
        function.setGradientArrays(second);
        function.forward(inputs);
        function.backward(normal(2, 5, 4).mul(2));
        before.forEach((name, g) -> {
            assertThat(first.get(name)).isEqualTo(g);
            assertClose(second.get(name), g.mul(2), 1e-12);
        });
    }

    @Test
    void otherGradientArraysAreWrittenForAForwardPassBeforeThemToo() {
        Map<String, INDArray> params = params(DataType.DOUBLE);
        Map<String, INDArray> inputs = Map.of("x", normal(1, 5, 4));
        CompiledFunction function = function(DataType.DOUBLE, inputs, params, BODY);
        function.forward(inputs);
        Map<String, INDArray> expected = copies(function.backward(normal(2, 5, 4)));
        function.forward(inputs);
        Map<String, INDArray> arrays = zerosLike(params);
        function.setGradientArrays(arrays);
        function.backward(normal(2, 5, 4));
        arrays.forEach((name, array) -> assertClose(array, expected.get(name), 0));
    }

    @Test
    void gradientArraysMayBePartsOfWiderRows() {
        // Of 'c' order, but with gaps between the rows.
        INDArray wide = Nd4j.create(DataType.DOUBLE, 5, 6).assign(-3);
        INDArray part = wide.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 5));
        Map<String, INDArray> inputs = Map.of("x", normal(1, 5, 4));
        CompiledFunction function = function(
                DataType.DOUBLE,
                inputs,
                Map.of("a", normal(2, 5, 4)),
                (sd, in, p) -> in.get("x").mul(p.get("a")));
        function.setGradientArrays(Map.of("a", part));
        INDArray seed = normal(3, 5, 4);
        for (int i = 0; i < 2; i++) {
            function.forward(inputs);
            function.backward(seed);
            assertClose(part, inputs.get("x").mul(seed), 1e-15);
            assertClose(
                    wide.getColumns(0, 5), Nd4j.create(DataType.DOUBLE, 5, 2).assign(-3), 0);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"HALF", "BFLOAT16"})
    void halfPrecisionGoesWithoutLoops(DataType type) throws Exception {
        Map<String, INDArray> params = params(type);
        Map<String, INDArray> inputs = Map.of("x", normal(1, type, 5, 4));
        INDArray seed = normal(2, type, 5, 4);
        Map<String, INDArray> inDouble = new LinkedHashMap<>();
        params.forEach((name, p) -> inDouble.put(name, p.castTo(DataType.DOUBLE)));
        SessionOracle expected = SessionOracle.of(
                BODY,
                DataType.DOUBLE,
                Map.of("x", inputs.get("x").castTo(DataType.DOUBLE)),
                inDouble,
                seed.castTo(DataType.DOUBLE));
        CompiledFunction function = function(type, inputs, params, BODY);
        double tolerance = type == DataType.BFLOAT16 ? 8e-2 : 1e-2;
        for (int i = 0; i < 2; i++) {
            INDArray output = function.forward(inputs);
            assertThat(output.dataType()).isEqualTo(type);
            assertClose(output, expected.output(), tolerance);
            Map<String, INDArray> gradients = function.backward(seed);
            expected.gradients()
                    .forEach((name, g) -> assertClose(
                            gradients.get(name),
                            g,
                            tolerance * Math.max(1, g.amaxNumber().doubleValue())));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void worksElementByElementOnArraysOfAnyRank(int rank) throws Exception {
        long[] shape = {4, 3, 2, 5, 2};
        long[] part = java.util.Arrays.copyOf(shape, rank);
        Map<String, INDArray> inputs = Map.of("x", normal(1, part), "y", normal(2, part));
        Map<String, INDArray> params = new LinkedHashMap<>();
        params.put("a", normal(3, part));
        params.put("one", normal(4, 1));
        assertRight(
                inputs,
                params,
                (sd, in, p) -> sd.nn.sigmoid(in.get("x").mul(p.get("a")))
                        .sub(sd.math.tanh(in.get("y").mul(p.get("one")).add(in.get("x"))))
                        .mul(in.get("x").rsub(2)));
    }

    @Test
    void readsInputsInFortranOrder() throws Exception {
        Map<String, INDArray> inputs = Map.of("x", normal(1, 5, 4).dup('f'));
        assertThat(inputs.get("x").ordering()).isEqualTo('f');
        assertRight(inputs, params(DataType.DOUBLE), BODY);
    }

    @Test
    void readsInputsThatSkipRowsAndColumns() throws Exception {
        INDArray x = normal(1, 11, 9).get(NDArrayIndex.interval(1, 2, 11), NDArrayIndex.interval(0, 2, 8));
        assertThat(x.shape()).containsExactly(5, 4);
        assertRight(Map.of("x", x), params(DataType.DOUBLE), BODY);
    }

    @Test
    void readsParametersThatArePartsOfWiderRows() throws Exception {
        INDArray wide = normal(1, 5, 9);
        Map<String, INDArray> params = new LinkedHashMap<>();
        params.put("full", wide.get(NDArrayIndex.all(), NDArrayIndex.interval(2, 6)));
        params.put("row", wide.get(NDArrayIndex.interval(2, 3), NDArrayIndex.interval(1, 5)));
        params.put(
                "spread",
                normal(2, 4, 7)
                        .get(NDArrayIndex.all(), NDArrayIndex.interval(3, 4))
                        .transpose());
        assertRight(
                Map.of("x", normal(3, 5, 4)),
                params,
                (sd, in, p) -> sd.math
                        .tanh(in.get("x").mul(p.get("full")))
                        .add(p.get("row"))
                        .mul(p.get("spread")));
    }

    @Test
    void multipliesAColumnWithAMatrix() throws Exception {
        Map<String, INDArray> inputs = Map.of("x", normal(1, 5, 4), "column", normal(2, 5, 1));
        assertRight(
                inputs,
                Map.of(),
                (sd, in, p) -> sd.math.tanh(in.get("x")).mul(in.get("column")).add(in.get("column")));
    }

    @Test
    void multipliesAColumnWithARow() throws Exception {
        Map<String, INDArray> inputs = Map.of("column", normal(2, 5, 1));
        assertRight(
                inputs,
                Map.of("row", normal(3, 1, 4)),
                (sd, in, p) -> sd.nn.sigmoid(in.get("column").mul(p.get("row"))).sub(p.get("row")));
    }

    @Test
    void repeatsAVectorOfRankOne() throws Exception {
        Map<String, INDArray> inputs = Map.of("x", normal(1, 5, 4));
        Map<String, INDArray> params = Map.of("b", normal(2, 4), "a", normal(3, 4));
        assertRight(
                inputs,
                params,
                (sd, in, p) -> sd.math.tanh(in.get("x").mul(p.get("a")).add(p.get("b"))));
    }

    @Test
    void repeatsAMatrixForTheFirstDimensionOfThree() throws Exception {
        Map<String, INDArray> inputs = Map.of("x", normal(1, 2, 5, 4));
        Map<String, INDArray> params = Map.of("a", normal(2, 1, 5, 4), "b", normal(3, 5, 4), "c", normal(4, 1, 1, 1));
        assertRight(
                inputs,
                params,
                (sd, in, p) -> sd.math
                        .tanh(in.get("x").mul(p.get("a")))
                        .add(p.get("b"))
                        .mul(p.get("c")));
    }

    @Test
    void takesParametersOfOneElementOfEveryRank() throws Exception {
        Map<String, INDArray> params = new LinkedHashMap<>();
        params.put("a", Nd4j.scalar(DataType.DOUBLE, 0.7));
        params.put("b", normal(2, 1));
        params.put("c", normal(3, 1, 1));
        for (int rows : new int[] {1, 5}) {
            assertRight(
                    Map.of("x", normal(1, rows, 4)),
                    params,
                    (sd, in, p) -> sd.math
                            .tanh(in.get("x").mul(p.get("a")).add(p.get("b")))
                            .sub(p.get("c")));
        }
    }

    /** In DOUBLE and in FLOAT, for a variable that two products and one addition read, in every order of the three. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "FLOAT"})
    void sumsTheGradientsOfProductsAndAdditionsInAnyOrder(DataType type) throws Exception {
        Map<String, INDArray> params = new LinkedHashMap<>();
        params.put("V", normal(2, type, 4, 4));
        params.put("W", normal(3, type, 4, 4));
        for (List<Integer> order : List.of(
                List.of(0, 1, 2),
                List.of(0, 2, 1),
                List.of(1, 0, 2),
                List.of(1, 2, 0),
                List.of(2, 0, 1),
                List.of(2, 1, 0))) {
            assertRight(
                    type,
                    Map.of("x", normal(1, type, 5, 4)),
                    params,
                    type == DataType.DOUBLE ? 1e-10 : 2e-6,
                    (sd, in, p) -> {
                        SDVariable h = sd.math.tanh(in.get("x"));
                        SDVariable[] terms = new SDVariable[3];
                        for (int i : order) {
                            terms[i] = switch (i) {
                                case 0 -> sd.math.tanh(h.mmul(p.get("V")));
                                case 1 -> sd.nn.sigmoid(h.mmul(p.get("W")));
                                default -> h.add(0.5);
                            };
                        }
                        return terms[order.get(0)].add(terms[order.get(1)]).mul(terms[order.get(2)]);
                    });
        }
    }

    @Test
    void sumsTheGradientsOfAParameterOfTwoProducts() throws Exception {
        assertRight(
                Map.of("x", normal(1, 5, 4)),
                Map.of("W", normal(2, 4, 4).mul(0.5), "b", normal(3, 1, 4)),
                (sd, in, p) -> sd.math.tanh(sd.math
                        .tanh(in.get("x").mmul(p.get("W")).add(p.get("b")))
                        .mmul(p.get("W"))
                        .add(p.get("b"))));
    }

    @Test
    void writesTheGradientOfAParameterOfTwoProductsInPlace() throws Exception {
        Map<String, INDArray> inputs = Map.of("x", normal(1, 5, 4));
        Map<String, INDArray> params = Map.of("W", normal(2, 4, 4));
        CompiledFunction.Body body = (sd, in, p) ->
                sd.math.tanh(in.get("x").mmul(p.get("W"))).mmul(p.get("W")).mmul(p.get("W"));
        INDArray seed = normal(3, 5, 4);
        SessionOracle expected = SessionOracle.of(body, DataType.DOUBLE, inputs, params, seed);
        CompiledFunction function = function(DataType.DOUBLE, inputs, params, body);
        INDArray gradient = Nd4j.create(DataType.DOUBLE, 4, 4);
        function.setGradientArrays(Map.of("W", gradient));
        for (int i = 0; i < 3; i++) {
            function.forward(inputs);
            function.backward(seed);
            assertClose(gradient, expected.gradients().get("W"), 1e-10);
        }
    }

    @Test
    void multipliesAVariableWithItself() throws Exception {
        assertRight(Map.of("x", normal(1, 4, 4)), Map.of(), (sd, in, p) -> {
            SDVariable h = sd.math.tanh(in.get("x"));
            return h.mmul(h).add(h);
        });
    }

    @Test
    void takesAMinibatchOfOne() throws Exception {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            assertRight(
                    type,
                    Map.of("x", normal(1, type, 1, 4)),
                    params(type),
                    type == DataType.DOUBLE ? 1e-10 : 2e-6,
                    BODY);
        }
    }

    @Test
    void sumsTheGradientsOfNativeOpsByColumnInOneLoop() throws Exception {
        // Both are read by a sum and by nothing else, since x is not differentiated.
        CompiledFunction.Body body = (sd, in, p) ->
                sd.nn.elu(in.get("x").add(p.get("a"))).add(sd.nn.elu(in.get("x").add(p.get("b"))));
        Map<String, INDArray> inputs = Map.of("x", normal(1, 5, 4));
        Map<String, INDArray> params = Map.of("a", normal(2, 1, 4), "b", normal(3, 1, 4));
        CompiledFunction function =
                new CompiledFunction(DataType.DOUBLE, Map.of("x", new long[] {-1, 4}), List.of(), params, body);
        INDArray seed = normal(4, 5, 4);
        SessionOracle expected = SessionOracle.of(body, DataType.DOUBLE, inputs, params, seed);
        for (int i = 0; i < 2; i++) {
            function.forward(inputs);
            function.backward(seed)
                    .forEach((name, g) -> assertClose(g, expected.gradients().get(name), 1e-10));
        }
    }

    @Test
    void sumsTheGradientsOfNativeOpsByColumnWhereRowsAreMany() throws Exception {
        CompiledFunction.Body body = (sd, in, p) ->
                sd.nn.elu(in.get("x").add(p.get("a"))).add(sd.nn.elu(in.get("x").add(p.get("b"))));
        Map<String, INDArray> inputs = Map.of("x", normal(1, 700, 4));
        Map<String, INDArray> params = Map.of("a", normal(2, 1, 4), "b", normal(3, 1, 4));
        CompiledFunction function =
                new CompiledFunction(DataType.DOUBLE, Map.of("x", new long[] {-1, 4}), List.of(), params, body);
        INDArray seed = normal(4, 700, 4);
        SessionOracle expected = SessionOracle.of(body, DataType.DOUBLE, inputs, params, seed);
        function.forward(inputs);
        function.backward(seed)
                .forEach((name, g) -> assertClose(g, expected.gradients().get(name), 1e-10));
    }

    @Test
    void aNativeOpReadsASumUnderItsOtherName() throws Exception {
        // The gradient of elu's result is that of the inner sum, which the loop gives when it has ended.
        CompiledFunction.Body body =
                (sd, in, p) -> in.get("x").add(sd.nn.elu(p.get("a")).add(p.get("b")));
        Map<String, INDArray> inputs = Map.of("x", normal(1, 5, 4));
        assertRight(inputs, Map.of("a", normal(2, 1, 4), "b", normal(3, 1, 4)), body);
    }

    @Test
    void hundredsOfStepsWithChangingMinibatchesGiveWhatNewFunctionsGive() {
        Map<String, INDArray> params = params(DataType.DOUBLE);
        Map<String, INDArray> gradients = zerosLike(params);
        CompiledFunction function = function(DataType.DOUBLE, Map.of("x", normal(1, 5, 4)), params, BODY);
        function.setGradientArrays(gradients);
        Random random = new Random(5);
        for (int step = 0; step < 300; step++) {
            int rows = 1 + random.nextInt(12);
            Map<String, INDArray> inputs = Map.of("x", normal(step, rows, 4));
            INDArray seed = normal(1000 + step, rows, 4);
            INDArray output = function.forward(inputs).dup();
            Map<String, INDArray> actual = copies(function.backward(seed));
            if (step % 10 == 9) {
                CompiledFunction fresh = function(DataType.DOUBLE, inputs, params, BODY);
                assertThat(output).isEqualTo(fresh.forward(inputs));
                fresh.backward(seed)
                        .forEach((name, g) -> assertThat(actual.get(name)).isEqualTo(g));
            }
            params.forEach((name, p) -> p.subi(gradients.get(name).mul(0.01)));
        }
    }

    @Test
    void twoFunctionsOfOneThreadDoNotDisturbEachOther() {
        // Loops of one thread share their registers.
        Map<String, INDArray> inputs = Map.of("x", normal(1, 5, 4));
        Map<String, INDArray> params = params(DataType.DOUBLE);
        INDArray seed = normal(2, 5, 4);
        CompiledFunction alone = function(DataType.DOUBLE, inputs, params, BODY);
        INDArray expected = alone.forward(inputs).dup();
        Map<String, INDArray> gradients = copies(alone.backward(seed));
        List<CompiledFunction> both = new ArrayList<>();
        both.add(function(DataType.DOUBLE, inputs, params, BODY));
        both.add(function(DataType.DOUBLE, inputs, params, BODY));
        both.get(0).forward(inputs);
        both.get(1).forward(Map.of("x", normal(9, 7, 4)));
        both.get(1).backward(normal(10, 7, 4));
        Map<String, INDArray> actual = both.get(0).backward(seed);
        gradients.forEach((name, g) -> assertThat(actual.get(name)).isEqualTo(g));
        assertThat(both.get(1).infer(inputs)).isEqualTo(expected);
    }

    @Test
    void aHighwayBlockKeepsItsOutputItsTransformAndItsGateForTheBackwardPass() {
        assertThat(trainedBytes(9) - trainedBytes(8)).isEqualTo(3L * 128 * 16 * Float.BYTES);
    }

    /** The memory of a forward and a backward pass of 128 rows through so many highway blocks of width 16. */
    private static long trainedBytes(int blocks) {
        Stack stack = new Stack(
                Collections.nCopies(blocks, new HighwayBlock(new DenseBlock(16, 16, Activation.RELU, false), -1)));
        Map<String, INDArray> params = new LinkedHashMap<>();
        stack.params().forEach(param -> params.put(param.name(), normal(7, DataType.FLOAT, param.shape())));
        INDArray x = normal(8, DataType.FLOAT, 128, 16);
        try (CompiledFunction function = new CompiledFunction(
                DataType.FLOAT,
                Map.of("x", new long[] {-1, 16}),
                List.of(),
                params,
                (sd, in, p) -> stack.apply(sd, in.get("x"), p::get))) {
            function.setGradientArrays(zerosLike(params));
            function.forward(Map.of("x", x));
            function.backward(x);
            return function.bytes();
        }
    }
}
