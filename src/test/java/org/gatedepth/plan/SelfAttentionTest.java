package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.gatedepth.block.attention.SelfAttention;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.NumericGradient;
import org.gatedepth.testing.SequenceFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Attention of sequences to themselves: against SameDiff's session, masked and causal. */
@ExtendWith(DoublePrecision.class)
class SelfAttentionTest {

    static CompiledFunction function(DataType type, int width, int heads, boolean causal, boolean masked) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("x", new long[] {-1, 3L * width});
        shapes.put("steps", new long[] {-1, -1});
        if (masked) {
            shapes.put("mask", new long[] {-1, 1});
        }
        return new CompiledFunction(
                type,
                shapes,
                List.of("x"),
                Map.of(),
                (sd, in, p) -> new SelfAttention(
                                sd, in.get("x"), in.get("steps"), masked ? in.get("mask") : null, heads, causal)
                        .context());
    }

    static Map<String, INDArray> inputs(INDArray x, long steps, @Nullable INDArray mask) {
        return mask == null ? SequenceFunction.inputs(x, steps) : SequenceFunction.inputs(x, steps, mask);
    }

    static INDArray gradient(CompiledFunction function, INDArray seed) {
        return Objects.requireNonNull(function.backward(seed).get("x"));
    }

    /** The same of SameDiff's own ops, one product for all sequences and heads; the masked get logits of −1e30. */
    private static CompiledFunction.Body ofOps(long steps, long sequences, int width, int heads, SDVariableOf hidden) {
        long size = width / heads;
        return (sd, in, p) -> {
            SDVariable byHead = sd.permute(sd.reshape(in.get("x"), steps, sequences, 3, heads, size), 2, 1, 3, 0, 4);
            SDVariable[] qkv = sd.unstack(byHead, 0, 3);
            SDVariable logits = sd.mmul(qkv[0], sd.permute(qkv[1], 0, 1, 3, 2)).div(Math.sqrt(size));
            SDVariable weights = sd.nn.softmax(logits.add(hidden.in(sd)), -1);
            SDVariable context = sd.permute(sd.mmul(weights, qkv[2]), 2, 0, 1, 3);
            return sd.reshape(context, steps * sequences, width);
        };
    }

    private interface SDVariableOf {
        SDVariable in(SameDiff sd);
    }

    private static INDArray hidden(long steps, long sequences, boolean causal, @Nullable INDArray mask) {
        INDArray hidden = Nd4j.zeros(DataType.DOUBLE, sequences, 1, steps, steps);
        for (long b = 0; b < sequences; b++) {
            for (long i = 0; i < steps; i++) {
                for (long j = 0; j < steps; j++) {
                    boolean masked = mask != null && mask.getDouble(j * sequences + b, 0) == 0;
                    if (masked || (causal && j > i)) {
                        hidden.putScalar(new long[] {b, 0, i, j}, -1e30);
                    }
                }
            }
        }
        return hidden;
    }

    /** Step 0 of each sequence counts, so that each query has a key. */
    static INDArray mask(long steps, long sequences) {
        INDArray mask = normal(4, steps * sequences, 1).gt(-0.3).castTo(DataType.DOUBLE);
        mask.get(NDArrayIndex.interval(0, sequences), NDArrayIndex.all()).assign(1);
        return mask;
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1",
        "1, 3, 4, 2",
        "2, 1, 4, 4",
        "5, 3, 6, 2",
        "7, 2, 6, 1",
        "64, 2, 4, 2",
        "65, 1, 4, 2",
        "150, 2, 4, 2",
        "300, 1, 2, 1",
        "1100, 1, 2, 2"
    })
    void isWhatSameDiffsOwnOpsGive(int steps, int sequences, int width, int heads) throws Exception {
        INDArray x = normal(6, (long) steps * sequences, 3L * width);
        INDArray seed = normal(7, (long) steps * sequences, width);
        for (boolean causal : new boolean[] {false, true}) {
            for (INDArray mask : new INDArray[] {null, mask(steps, sequences)}) {
                INDArray hidden = hidden(steps, sequences, causal, mask);
                SessionOracle expected = SessionOracle.of(
                        ofOps(steps, sequences, width, heads, sd -> sd.constant(hidden)),
                        DataType.DOUBLE,
                        Map.of("x", x),
                        Map.of(),
                        seed);
                CompiledFunction function = function(DataType.DOUBLE, width, heads, causal, mask != null);
                assertThat(function.path()).isEqualTo(CompiledFunction.Path.PLAN);
                Map<String, INDArray> inputs = inputs(x, steps, mask);
                assertClose(function.infer(inputs), expected.output(), 1e-10);
                assertClose(function.forward(inputs), expected.output(), 1e-10);
                assertClose(gradient(function, seed), expected.gradients().get("x"), 1e-10);
                function.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void floatsGiveNearlyTheSame(boolean causal, boolean masked) {
        for (int[] size : new int[][] {{1, 2}, {9, 3}, {70, 2}, {300, 1}, {1100, 1}}) {
            INDArray x = normal(6, (long) size[0] * size[1], 12).mul(3);
            INDArray seed = normal(7, x.size(0), 4);
            INDArray mask = masked ? mask(size[0], size[1]) : null;
            CompiledFunction doubles = function(DataType.DOUBLE, 4, 2, causal, masked);
            CompiledFunction floats = function(DataType.FLOAT, 4, 2, causal, masked);
            Map<String, INDArray> asFloats = new HashMap<>();
            inputs(x, size[0], mask).forEach((name, array) -> asFloats.put(name, array.castTo(DataType.FLOAT)));
            assertClose(
                    floats.forward(asFloats).castTo(DataType.DOUBLE), doubles.forward(inputs(x, size[0], mask)), 2e-5);
            assertClose(
                    gradient(floats, seed.castTo(DataType.FLOAT)).castTo(DataType.DOUBLE),
                    gradient(doubles, seed),
                    2e-4);
        }
    }

    /** Two steps of one head: weights 1/(1 + e^±(q·k_0 − q·k_1)). */
    @Test
    void isTheHandDerivedValue() {
        INDArray qkv = Nd4j.createFromArray(new double[][] {{1, 2, 10}, {-1, 0.5, 20}});
        INDArray c = function(DataType.DOUBLE, 1, 1, false, false).infer(inputs(qkv, 2, null));
        double first = 1 / (1 + Math.exp(0.5 - 2));
        double second = 1 / (1 + Math.exp(-0.5 + 2));
        assertClose(
                c,
                Nd4j.createFromArray(new double[][] {{10 * first + 20 * (1 - first)}, {10 * second + 20 * (1 - second)}
                }),
                1e-12);
    }

    @Test
    void oneStepGivesItsValue() {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            INDArray x = normal(6, type, 5, 12);
            INDArray c = function(type, 4, 2, false, false).infer(inputs(x, 1, null));
            assertThat(c)
                    .isEqualTo(x.get(NDArrayIndex.all(), NDArrayIndex.interval(8, 12))
                            .dup('c'));
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 6", "true, 6", "false, 150", "true, 150"})
    void gradientsAreRight(boolean causal, int steps) {
        INDArray x = normal(3, steps, steps > 10 ? 3 : 12);
        int width = steps > 10 ? 1 : 4;
        CompiledFunction function = function(DataType.DOUBLE, width, width / 2 + width % 2, causal, true);
        INDArray mask = normal(5, steps, 1).gt(-0.2).castTo(DataType.DOUBLE);
        int sequences = steps > 10 ? 1 : 2;
        NumericGradient.assertRightAt(function, inputs(x, steps / sequences, mask), Map.of("x", x));
    }

    @ParameterizedTest
    @CsvSource({"FLOAT, 2", "FLOAT, 40", "FLOAT, 130", "FLOAT, 300", "DOUBLE, 3", "DOUBLE, 200"})
    void anOutputDoesNotChangeByOneBitWhenLaterInputsDo(DataType type, int steps) {
        CompiledFunction function = function(type, 4, 2, true, false);
        for (int sequences : new int[] {1, 3}) {
            INDArray x = normal(7, type, (long) steps * sequences, 12);
            INDArray y = function.infer(inputs(x, steps, null)).dup('c');
            for (int t : new int[] {1, steps / 2, steps - 1}) {
                long from = (long) t * sequences;
                INDArray other = x.dup();
                rows(other, from, other.size(0))
                        .assign(normal(8, type, other.size(0) - from, 12).mul(1e3));
                INDArray changed = function.infer(inputs(other, steps, null));
                assertThat(rows(changed, 0, from).dup('c'))
                        .isEqualTo(rows(y, 0, from).dup('c'));
                assertThat(changed.getDouble(from, 0)).isNotEqualTo(y.getDouble(from, 0));
            }
        }
    }

    private static INDArray rows(INDArray array, long from, long to) {
        return array.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
    }

    /** Neither an output nor a gradient of another step, by one bit. */
    @ParameterizedTest
    @CsvSource({"FLOAT, false", "FLOAT, true", "DOUBLE, false", "DOUBLE, true"})
    void whatStandsInAMaskedStepChangesNothing(DataType type, boolean causal) {
        for (int steps : new int[] {9, 150}) {
            INDArray mask = mask(steps, 3).castTo(type);
            INDArray x = normal(7, type, steps * 3L, 12);
            INDArray other = x.add(normal(9, type, steps * 3L, 12).mul(100).mul(mask.rsub(1)));
            INDArray seed = normal(8, type, steps * 3L, 4).mul(mask);
            CompiledFunction function = function(type, 4, 2, causal, true);
            INDArray y = function.forward(inputs(x, steps, mask)).mul(mask);
            INDArray g = gradient(function, seed).dup();
            assertThat(function.forward(inputs(other, steps, mask)).mul(mask)).isEqualTo(y);
            assertThat(gradient(function, seed)).isEqualTo(g);
            assertThat(g.mul(mask.rsub(1)).amaxNumber().doubleValue()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT, false", "FLOAT, true", "DOUBLE, false", "DOUBLE, true"})
    void aQueryWithoutAnyKeyGivesZeroAndNoGradient(DataType type, boolean causal) {
        INDArray mask = Nd4j.ones(type, 12, 1);
        // All of sequence 0, and the first two steps of sequence 1.
        for (int t = 0; t < 6; t++) {
            mask.putScalar(2L * t, 0, 0);
        }
        mask.putScalar(1, 0, 0);
        mask.putScalar(3, 0, 0);
        CompiledFunction function = function(type, 4, 2, causal, true);
        INDArray y = function.forward(inputs(normal(7, type, 12, 12), 6, mask)).dup();
        INDArray g = gradient(function, normal(8, type, 12, 4));
        for (int row = 0; row < 12; row++) {
            boolean without = row % 2 == 0 || (causal && row < 4);
            assertThat(y.getRow(row).amaxNumber().doubleValue() == 0).isEqualTo(without);
            assertThat(g.getRow(row).amaxNumber().doubleValue() == 0)
                    .as("gradient of row %d", row)
                    .isEqualTo(without);
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT", "DOUBLE"})
    void largeLogitsOverflowNowhere(DataType type) {
        for (boolean masked : new boolean[] {false, true}) {
            INDArray x = normal(7, type, 20, 12).mul(1e9);
            CompiledFunction function = function(type, 4, 2, false, masked);
            INDArray y = function.forward(inputs(x, 10, masked ? mask(10, 2).castTo(type) : null));
            assertThat(y.isNaN().any() || y.isInfinite().any()).isFalse();
            // Each query attends to one key.
            INDArray values = x.get(NDArrayIndex.all(), NDArrayIndex.interval(8, 10));
            assertThat(y.amaxNumber().doubleValue())
                    .isLessThanOrEqualTo(x.amaxNumber().doubleValue() * (1 + 1e-6));
            assertThat(values.eq(y.getDouble(0, 0)).any()).isTrue();
            INDArray g = gradient(function, normal(8, type, 20, 4));
            assertThat(g.isNaN().any() || g.isInfinite().any()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void theWeightsAreThoseOfTheContext(boolean causal, boolean masked) {
        for (int steps : new int[] {5, 150}) {
            Map<String, long[]> shapes = new LinkedHashMap<>();
            shapes.put("x", new long[] {-1, 12});
            shapes.put("steps", new long[] {-1, -1});
            shapes.put("mask", new long[] {-1, 1});
            CompiledFunction weights = new CompiledFunction(
                    DataType.DOUBLE,
                    shapes,
                    List.of(),
                    Map.of(),
                    (sd, in, p) -> new SelfAttention(
                                    sd, in.get("x"), in.get("steps"), masked ? in.get("mask") : null, 2, causal)
                            .weights());
            INDArray x = normal(3, steps * 3L, 12);
            INDArray mask = mask(steps, 3);
            INDArray p = weights.infer(inputs(x, steps, mask)).dup('c');
            assertThat(p.shape()).containsExactly(3L * 2 * steps, steps);
            assertClose(p.sum(1), Nd4j.ones(DataType.DOUBLE, p.size(0)), 1e-12);
            INDArray y = function(DataType.DOUBLE, 4, 2, causal, masked).infer(inputs(x, steps, masked ? mask : null));
            // Sequence 1, head 1.
            INDArray own = rows(p, 3L * steps, 4L * steps);
            INDArray value = x.get(NDArrayIndex.interval(1, 3, x.size(0)), NDArrayIndex.interval(10, 12));
            assertClose(
                    own.mmul(value), y.get(NDArrayIndex.interval(1, 3, y.size(0)), NDArrayIndex.interval(2, 4)), 1e-12);
        }
    }
}
