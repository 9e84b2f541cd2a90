package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Random functions: whatever a plan fuses, reuses, aliases and computes again, it gives what the session gives. */
@ExtendWith(DoublePrecision.class)
class RandomGraphTest {
    private static final int GRAPHS_IN_A_ROUND = 10;

    /** A function of few ops, the same for the same seed. */
    private static final class RandomBody implements CompiledFunction.Body {
        private static final int ROWS_MAX = 40;
        private static final int[] COLUMNS = {1, 2, 3, 6};

        private final long seed;
        private final int rows;
        private final int columns;
        private final List<String> inputs = new ArrayList<>(List.of("x"));
        private final Map<String, long[]> params = new LinkedHashMap<>();

        RandomBody(long seed) {
            this.seed = seed;
            Random random = new Random(seed);
            rows = random.nextInt(3) == 0 ? 1 + random.nextInt(ROWS_MAX) : 1 + random.nextInt(4);
            columns = COLUMNS[random.nextInt(COLUMNS.length)];
            if (random.nextBoolean()) {
                inputs.add("y");
            }
            addIf(random, "full", rows, columns);
            addIf(random, "row", 1, columns);
            addIf(random, "otherRow", 1, columns);
            addIf(random, "element", 1, 1);
            addIf(random, "scalar");
            // ND4J's session cannot differentiate a product with a matrix of one element.
            if (columns > 1) {
                addIf(random, "matrix", columns, columns);
                addIf(random, "otherMatrix", columns, columns);
            }
        }

        private void addIf(Random random, String name, long... shape) {
            if (random.nextInt(3) > 0) {
                params.put(name, shape);
            }
        }

        Map<String, long[]> inputShapes() {
            Map<String, long[]> shapes = new LinkedHashMap<>();
            inputs.forEach(name -> shapes.put(name, new long[] {-1, columns}));
            return shapes;
        }

        Map<String, INDArray> inputs(long of) {
            Map<String, INDArray> arrays = new LinkedHashMap<>();
            inputs.forEach(name -> arrays.put(name, normal(of + arrays.size(), rows, columns)));
            return arrays;
        }

        Map<String, INDArray> params() {
            Map<String, INDArray> arrays = new LinkedHashMap<>();
            params.forEach((name, shape) ->
                    arrays.put(name, normal(seed + 50 + arrays.size(), shape).mul(0.6)));
            return arrays;
        }

        /** The next op's operands are mostly new values, sometimes old ones. */
        private static SDVariable pick(Random random, List<SDVariable> values) {
            int last = values.size() - 1;
            return values.get(
                    random.nextBoolean() ? last - random.nextInt(Math.min(3, last + 1)) : random.nextInt(last + 1));
        }

        @Override
        public SDVariable define(SameDiff sd, CompiledFunction.Variables in, CompiledFunction.Variables p) {
            Random random = new Random(seed * 31 + 7);
            List<SDVariable> full = new ArrayList<>();
            List<SDVariable> small = new ArrayList<>();
            List<SDVariable> matrices = new ArrayList<>();
            inputs.forEach(name -> full.add(in.get(name)));
            params.keySet().forEach(name -> {
                List<SDVariable> kind = name.endsWith("atrix") ? matrices : name.equals("full") ? full : small;
                kind.add(p.get(name));
            });
            Set<SDVariable> unread = new LinkedHashSet<>(full);
            unread.addAll(small);
            unread.addAll(matrices);
            int ops = 2 + random.nextInt(12);
            for (int i = 0; i < ops; i++) {
                boolean onSmall = !small.isEmpty() && random.nextInt(5) == 0;
                List<SDVariable> values = onSmall ? small : full;
                SDVariable a = pick(random, values);
                SDVariable b = pick(random, onSmall || (!small.isEmpty() && random.nextInt(3) == 0) ? small : full);
                SDVariable result;
                int op = random.nextInt(18);
                if (op >= 16 && !onSmall && !matrices.isEmpty()) {
                    b = pick(random, matrices);
                    result = a.mmul(b);
                } else if (op >= 8 && op < 16) {
                    result = binary(op, a, b);
                } else {
                    b = a;
                    result = unary(sd, op, a);
                }
                unread.remove(a);
                unread.remove(b);
                unread.add(result);
                values.add(result);
            }
            return joined(sd, random, unread, full.get(full.size() - 1));
        }

        private static SDVariable binary(int op, SDVariable a, SDVariable b) {
            return switch (op) {
                case 8, 9, 10 -> a.add(b);
                case 11, 12 -> a.sub(b);
                default -> a.mul(b);
            };
        }

        private static SDVariable unary(SameDiff sd, int op, SDVariable a) {
            return switch (op) {
                case 0 -> a.neg();
                case 1 -> sd.nn.relu(a, 0);
                case 2 -> sd.nn.sigmoid(a);
                case 3 -> sd.math.tanh(a);
                case 4 -> sd.math.square(a).mul(0.3);
                case 5 -> a.rsub(1);
                case 6 -> sd.nn.elu(a);
                case 7 -> sd.identity(a);
                default -> sd.math.tanh(a.add(0.5));
            };
        }

        /** Everything reaches the result. */
        private SDVariable joined(SameDiff sd, Random random, Collection<SDVariable> unread, SDVariable last) {
            SDVariable result = last;
            for (SDVariable value : unread) {
                if (params.containsKey(value.name()) && value.name().endsWith("atrix")) {
                    result = result.mmul(value);
                } else if (!value.name().equals(last.name())) {
                    int op = 8 + random.nextInt(8);
                    result = binary(op, op >= 13 ? sd.math.tanh(result) : result, value);
                }
            }
            return result;
        }
    }

    /**
     * Arrays for gradients as a caller may give them: none, whole ones of both orders, parts of a vector, parts of
     * rows.
     */
    private static Map<String, INDArray> gradientArrays(Random random, Map<String, INDArray> params) {
        Map<String, INDArray> arrays = new HashMap<>();
        int kind = random.nextInt(5);
        long length = params.values().stream().mapToLong(INDArray::length).sum();
        INDArray flat = Nd4j.create(DataType.DOUBLE, 1, length + 1).assign(-5);
        long at = 1;
        for (Map.Entry<String, INDArray> param : params.entrySet()) {
            INDArray like = param.getValue();
            INDArray part = flat.get(NDArrayIndex.all(), NDArrayIndex.interval(at, at + like.length()));
            at += like.length();
            boolean matrix = like.rank() == 2;
            switch (kind) {
                case 1 ->
                    arrays.put(
                            param.getKey(),
                            Nd4j.create(DataType.DOUBLE, like.shape(), 'f').assign(3));
                case 2 -> arrays.put(param.getKey(), part.reshape('c', like.shape()));
                case 3 -> arrays.put(param.getKey(), part.reshape('f', like.shape()));
                case 4 -> {
                    if (matrix) {
                        INDArray wide = Nd4j.create(DataType.DOUBLE, new long[] {like.rows(), like.columns() + 2}, 'c');
                        arrays.put(
                                param.getKey(),
                                wide.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 1 + like.columns())));
                    }
                }
                default -> {}
            }
        }
        return arrays;
    }

    private static IntStream rounds() {
        return IntStream.range(0, 4);
    }

    private static IntStream moreRounds() {
        return IntStream.range(4, 24);
    }

    @ParameterizedTest
    @MethodSource("rounds")
    void givesWhatTheSessionGives(int round) throws Exception {
        for (int i = 0; i < GRAPHS_IN_A_ROUND; i++) {
            assertRight(round * GRAPHS_IN_A_ROUND + i);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("moreRounds")
    void givesWhatTheSessionGivesForMoreGraphs(int round) throws Exception {
        givesWhatTheSessionGives(round);
    }

    private static void assertRight(long seed) throws Exception {
        Random random = new Random(seed + 1);
        RandomBody body = new RandomBody(seed);
        Map<String, INDArray> params = body.params();
        List<String> differentiable =
                body.inputs.stream().filter(name -> random.nextInt(3) > 0).toList();
        CompiledFunction function =
                new CompiledFunction(DataType.DOUBLE, body.inputShapes(), differentiable, params, body);
        assertThat(function.path()).isEqualTo(CompiledFunction.Path.PLAN);
        boolean early = random.nextBoolean();
        Map<String, INDArray> arrays = gradientArrays(random, params);
        if (early) {
            function.setGradientArrays(arrays);
        }
        Map<String, INDArray> inputs = body.inputs(seed + 100);
        INDArray seedOfGradient = normal(seed + 200, body.rows, body.columns);
        SessionOracle expected = SessionOracle.of(body, DataType.DOUBLE, inputs, params, seedOfGradient);
        // When the plan is compiled, when it has been run on other numbers, and after another gradient array was set.
        assertRight("first run", seed, function, inputs, seedOfGradient, expected);
        function.forward(body.inputs(seed + 300));
        function.backward(normal(seed + 400, body.rows, body.columns));
        assertRight("run again", seed, function, inputs, seedOfGradient, expected);
        function.setGradientArrays(arrays);
        assertRight("with gradient arrays", seed, function, inputs, seedOfGradient, expected);
        assertRight("with gradient arrays again", seed, function, inputs, seedOfGradient, expected);
    }

    private static void assertRight(
            String when,
            long seed,
            CompiledFunction function,
            Map<String, INDArray> inputs,
            INDArray seedOfGradient,
            SessionOracle expected) {
        String what = "graph " + seed + ", " + when + ", ";
        assertSame(what + "inference", function.infer(inputs), expected.output());
        assertSame(what + "output", function.forward(inputs), expected.output());
        function.backward(seedOfGradient)
                .forEach((name, gradient) -> assertSame(
                        what + "gradient of " + name,
                        gradient,
                        expected.gradients().get(name)));
    }

    private static void assertSame(String what, INDArray actual, INDArray expected) {
        double scale = Math.max(1, expected.amaxNumber().doubleValue());
        try {
            assertClose(actual.div(scale), expected.div(scale), 1e-10);
        } catch (AssertionError e) {
            throw new AssertionError(what + ": " + e.getMessage(), e);
        }
    }
}
