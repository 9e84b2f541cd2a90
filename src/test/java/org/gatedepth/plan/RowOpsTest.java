package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Softmax and standardisation of the rows of a matrix in a plan, against SameDiff's session. */
@ExtendWith(DoublePrecision.class)
class RowOpsTest {
    /** A function of rows. */
    private enum Kind {
        SOFTMAX,
        SOFTMAX_OF_AXIS_1,
        STANDARDIZE;

        private SDVariable of(SameDiff sd, SDVariable x) {
            return switch (this) {
                case SOFTMAX -> sd.nn.softmax(x);
                case SOFTMAX_OF_AXIS_1 -> sd.nn.softmax(x, 1);
                case STANDARDIZE -> sd.math.standardize(x, 1);
            };
        }
    }

    private static CompiledFunction function(DataType type, CompiledFunction.Body body) {
        return new CompiledFunction(type, Map.of("x", new long[] {-1, -1}), List.of("x"), Map.of(), body);
    }

    private static INDArray gradient(CompiledFunction function, INDArray seed) {
        return Objects.requireNonNull(function.backward(seed).get("x"));
    }

    /** Rows shorter and longer than a register, and of one element. */
    @ParameterizedTest
    @EnumSource
    void areWhatTheSessionGives(Kind kind) throws Exception {
        for (long[] shape :
                new long[][] {{1, 1}, {5, 1}, {1, 7}, {37, 5}, {300, 64}, {3, 1024}, {4, 1025}, {2, 3000}}) {
            INDArray x = normal(3, shape).mul(4);
            INDArray seed = normal(4, shape);
            // With a product before and after, so that it stands between loops.
            CompiledFunction.Body body =
                    (sd, in, p) -> kind.of(sd, in.get("x").mul(in.get("x"))).mul(in.get("x"));
            SessionOracle expected = SessionOracle.of(body, DataType.DOUBLE, Map.of("x", x), Map.of(), seed);
            CompiledFunction function = function(DataType.DOUBLE, body);
            assertClose(function.forward(Map.of("x", x)), expected.output(), 1e-10);
            if (kind != Kind.STANDARDIZE || shape[1] > 1) {
                assertClose(gradient(function, seed), expected.gradients().get("x"), 1e-10);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void floatsGiveNearlyTheSame(Kind kind) {
        INDArray x = normal(3, 40, 70).mul(20);
        INDArray seed = normal(4, 40, 70);
        CompiledFunction doubles = function(DataType.DOUBLE, (sd, in, p) -> kind.of(sd, in.get("x")));
        CompiledFunction floats = function(DataType.FLOAT, (sd, in, p) -> kind.of(sd, in.get("x")));
        assertClose(
                floats.forward(Map.of("x", x.castTo(DataType.FLOAT))).castTo(DataType.DOUBLE),
                doubles.forward(Map.of("x", x)),
                2e-6);
        assertClose(
                gradient(floats, seed.castTo(DataType.FLOAT)).castTo(DataType.DOUBLE), gradient(doubles, seed), 5e-6);
    }

    /** One row that is constant, and one that is not. */
    @Test
    void aRowOfEqualElementsStandardisesTo0AndHasNoGradient() {
        INDArray x = Nd4j.createFromArray(new double[][] {{3, 3, 3, 3}, {1, 1, 5, 5}});
        CompiledFunction function = function(DataType.DOUBLE, (sd, in, p) -> sd.math.standardize(in.get("x"), 1));
        assertClose(
                function.forward(Map.of("x", x)),
                Nd4j.createFromArray(new double[][] {{0, 0, 0, 0}, {-1, -1, 1, 1}}),
                1e-12);
        INDArray g = gradient(function, normal(1, 2, 4));
        assertThat(g.getRow(0).amaxNumber().doubleValue()).isZero();
        assertThat(g.getRow(1).amaxNumber().doubleValue()).isPositive();
    }

    /** As many as a function that is a loop, for which arrays are copied. */
    @ParameterizedTest
    @EnumSource
    void areNoNativeOps(Kind kind) throws Exception {
        assertThat(ops((sd, in, p) -> kind.of(sd, in.get("x"))))
                .isEqualTo(ops((sd, in, p) -> sd.math.tanh(in.get("x"))));
    }

    private static int ops(CompiledFunction.Body body) throws Exception {
        CompiledFunction function = function(DataType.DOUBLE, body);
        INDArray x = normal(3, 4, 5);
        function.forward(Map.of("x", x));
        function.backward(x);
        int op = 0;
        boolean cut = true;
        try (Faults faults = new Faults()) {
            while (cut) {
                op++;
                cut = faults.cutShort(op, () -> {
                    function.forward(Map.of("x", x));
                    function.backward(x);
                });
            }
        }
        return op;
    }

    /** Other axes and ranks stay with ND4J. */
    @ParameterizedTest
    @CsvSource({"0", "1"})
    void otherShapesAreRightToo(int axis) throws Exception {
        CompiledFunction.Body body = (sd, in, p) -> axis == 0
                ? sd.nn.softmax(in.get("x"), 0)
                : sd.reshape(sd.nn.softmax(sd.reshape(in.get("x"), 2, 3, 4), -1), 6, 4);
        INDArray x = normal(3, 6, 4);
        INDArray seed = normal(4, 6, 4);
        SessionOracle expected = SessionOracle.of(body, DataType.DOUBLE, Map.of("x", x), Map.of(), seed);
        CompiledFunction function = function(DataType.DOUBLE, body);
        assertClose(function.forward(Map.of("x", x)), expected.output(), 1e-12);
        assertClose(gradient(function, seed), expected.gradients().get("x"), 1e-12);
    }
}
