package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.gatedepth.block.Block;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Stack;
import org.gatedepth.plan.graph.SideBySide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Products by matrices that stand side by side are done as one, and give what the single ones give. */
class SideBySideTest {
    private record Case(String name, CompiledFunction.Body body, Map<String, long[]> params) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case of(String name, Block... blocks) {
        Stack stack = new Stack(List.of(blocks));
        Map<String, long[]> params = new LinkedHashMap<>();
        for (ParamSpec param : stack.params()) {
            params.put(param.name(), param.shape());
        }
        return new Case(name, (sd, in, p) -> stack.apply(sd, in.get("x"), p::get), params);
    }

    private static DenseBlock transform(int nIn, int nOut) {
        return new DenseBlock(nIn, nOut, Activation.TANH, false);
    }

    private static Map<String, long[]> matrices(String... names) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (String name : names) {
            shapes.put(name, new long[] {6, 6});
        }
        return shapes;
    }

    private static Stream<Case> cases() {
        return Stream.of(
                of("highway", new HighwayBlock(transform(6, 6), -1), new HighwayBlock(transform(6, 6), 0)),
                of("highway with a projection", new HighwayBlock(transform(6, 4), -1)),
                of("normalised highway", new HighwayBlock(new DenseBlock(6, 6, Activation.RELU, true), -1)),
                new Case(
                        "no other gradient to add to",
                        (sd, in, p) ->
                                in.get("x").mmul(p.get("A/W")).mul(in.get("x").mmul(p.get("B/W"))),
                        matrices("A/W", "B/W")),
                new Case(
                        "read in the opposite order",
                        (sd, in, p) -> {
                            SDVariable x = in.get("x");
                            SDVariable b = sd.math.tanh(x.mmul(p.get("B/W")));
                            return x.add(sd.math.tanh(x.mmul(p.get("A/W"))).mul(b));
                        },
                        matrices("A/W", "B/W")),
                new Case(
                        "another use of the input between the two",
                        (sd, in, p) -> {
                            SDVariable x = in.get("x");
                            SDVariable a = x.mmul(p.get("A/W"));
                            SDVariable square = sd.math.square(x);
                            return a.mul(square)
                                    .add(x.mmul(p.get("B/W")).mul(x))
                                    .sub(x);
                        },
                        matrices("A/W", "B/W")),
                new Case(
                        "one product depends on the other",
                        (sd, in, p) -> in.get("x").mmul(p.get("A/W")).mmul(p.get("B/W")),
                        matrices("A/W", "B/W")),
                new Case(
                        "one gradient for both",
                        (sd, in, p) ->
                                in.get("x").mmul(p.get("A/W")).add(in.get("x").mmul(p.get("B/W"))),
                        matrices("A/W", "B/W")),
                new Case(
                        "a matrix that is read twice",
                        (sd, in, p) -> {
                            SDVariable y = in.get("x")
                                    .mmul(p.get("A/W"))
                                    .mul(in.get("x").mmul(p.get("B/W")));
                            return y.mmul(p.get("A/W")).sub(y.mmul(p.get("B/W")));
                        },
                        matrices("A/W", "B/W")),
                new Case(
                        "three, the middle one elsewhere",
                        (sd, in, p) -> {
                            SDVariable x = in.get("x");
                            return sd.math
                                    .tanh(x.mmul(p.get("A/W")))
                                    .mul(x.mmul(p.get("C/W")))
                                    .add(sd.math.square(x).mmul(p.get("B/W")));
                        },
                        matrices("A/W", "B/W", "C/W")));
    }

    static Stream<Arguments> casesByTypeAndRows() {
        return cases().flatMap(c -> Stream.of(1, 5)
                .flatMap(rows -> Stream.of(
                        Arguments.of(c, DataType.DOUBLE, rows, 1e-10), Arguments.of(c, DataType.FLOAT, rows, 1e-6))));
    }

    /** Parts of a matrix, as many columns each. */
    private static List<INDArray> split(INDArray matrix, long... columns) {
        List<INDArray> parts = new ArrayList<>();
        long from = 0;
        for (long count : columns) {
            parts.add(matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + count)));
            from += count;
        }
        return parts;
    }

    /**
     * Arrays of these shapes; those whose names end in /W side by side, by the part of the name before that and a
     * slash.
     */
    static Map<String, INDArray> sideBySide(Map<String, long[]> shapes, DataType type) {
        Map<String, Long> columns = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> columns.merge(key(name, shape), shape[1], Long::sum));
        Map<String, INDArray> matrices = new LinkedHashMap<>();
        Map<String, Long> used = new LinkedHashMap<>();
        Map<String, INDArray> result = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> {
            String key = key(name, shape);
            long width = Objects.requireNonNull(columns.get(key));
            INDArray matrix = matrices.computeIfAbsent(key, k -> Nd4j.create(type, new long[] {shape[0], width}, 'c'));
            long before = used.getOrDefault(key, 0L);
            used.put(key, before + shape[1]);
            List<INDArray> parts = split(matrix, before, shape[1]);
            result.put(name, parts.get(1));
        });
        return result;
    }

    private static String key(String name, long[] shape) {
        if (!name.endsWith("/W")) {
            return name;
        }
        String scope = name.substring(0, name.length() - 2);
        return scope.substring(0, scope.lastIndexOf('/') + 1) + shape[0];
    }

    @ParameterizedTest(name = "{0}, {1}, {2} rows")
    @MethodSource("casesByTypeAndRows")
    void givesTheOutputAndGradientsOfSingleProducts(Case c, DataType type, int rows, double tolerance)
            throws Exception {
        Map<String, INDArray> params = sideBySide(c.params(), type);
        Map<String, INDArray> gradientArrays = sideBySide(c.params(), type);
        int seedOfParam = 7;
        for (INDArray param : params.values()) {
            param.assign(normal(seedOfParam++, type, param.shape()).mul(0.5));
        }
        Map<String, INDArray> inputs = Map.of("x", normal(3, type, rows, 6));
        CompiledFunction function =
                new CompiledFunction(type, Map.of("x", new long[] {-1, 6}), List.of("x"), params, c.body());
        function.setGradientArrays(gradientArrays);
        INDArray seed = normal(4, type, function.infer(inputs).shape());

        SessionOracle expected = SessionOracle.of(c.body(), type, inputs, params, seed);
        assertClose(function.infer(inputs), expected.output(), tolerance);
        for (int run = 0; run < 2; run++) {
            assertClose(function.forward(inputs), expected.output(), tolerance);
            Map<String, INDArray> gradients = function.backward(seed);
            expected.gradients().forEach((name, g) -> {
                double scale = Math.max(1, g.amaxNumber().doubleValue());
                INDArray gradient = Objects.requireNonNull(gradients.get(name), name);
                assertClose(gradient.dup('c'), g, tolerance * scale);
                if (!name.equals("x")) {
                    assertThat(gradient).isSameAs(gradientArrays.get(name));
                }
            });
        }
    }

    @Test
    void partsOfAMatrixAreJoinedAgain() {
        INDArray matrix = normal(1, 4, 6);
        List<INDArray> parts = split(matrix, 1, 2, 3);
        assertThat(SideBySide.joined(parts)).isEqualTo(matrix);
        assertThat(SideBySide.joined(parts.subList(1, 3)).dup('c'))
                .isEqualTo(matrix.dup('c').getColumns(1, 2, 3, 4, 5));
    }

    @Test
    void aJoinedMatrixIsTheSameMemory() {
        INDArray matrix = normal(1, 4, 6);
        SideBySide.joined(split(matrix, 1, 2, 3).subList(1, 3)).assign(7);
        assertThat(matrix.getDouble(2, 3)).isEqualTo(7);
        assertThat(matrix.getDouble(2, 0)).isNotEqualTo(7);
    }

    @Test
    void partsInAnotherOrderAreNotJoined() {
        List<INDArray> parts = split(normal(1, 4, 6), 2, 4);
        assertThat(SideBySide.joined(List.of(parts.get(1), parts.get(0)))).isNull();
    }

    @Test
    void partsOfDifferentMatricesAreNotJoined() {
        INDArray left = split(normal(1, 4, 6), 2, 4).get(0);
        INDArray right = split(normal(2, 4, 6), 2, 4).get(1);
        assertThat(SideBySide.areNeighbours(left, right)).isFalse();
    }

    @Test
    void matricesOneBehindTheOtherAreNotJoined() {
        INDArray vector = normal(1, 1, 24);
        INDArray first = Nd4j.create(vector.data(), new long[] {3, 4}, new long[] {4, 1}, 0, 'c');
        INDArray second = Nd4j.create(vector.data(), new long[] {3, 4}, new long[] {4, 1}, 4, 'c');
        assertThat(SideBySide.areNeighbours(first, second)).isFalse();
    }
}
