package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.List;
import java.util.Map;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Shapes that depend on numbers of the graph. */
@ExtendWith(DoublePrecision.class)
class KnownValuesTest {
    private static CompiledFunction function(CompiledFunction.Body body) {
        return new CompiledFunction(DataType.DOUBLE, Map.of("x", new long[] {-1, 3}), List.of("x"), Map.of(), body);
    }

    private static Map<String, INDArray> rows(int count) {
        return Map.of("x", normal(count, count, 3));
    }

    private static void assertRight(CompiledFunction.Body body, CompiledFunction.Path path) throws Exception {
        CompiledFunction function = function(body);
        assertThat(function.path()).isEqualTo(path);
        for (int rows : new int[] {4, 2, 4, 1}) {
            INDArray output = function.forward(rows(rows)).dup();
            INDArray seed = normal(7, output.shape());
            SessionOracle expected = SessionOracle.of(body, DataType.DOUBLE, rows(rows), Map.of(), seed);
            assertClose(output, expected.output(), 1e-12);
            assertClose(function.infer(rows(rows)), expected.output(), 1e-12);
            assertClose(function.backward(seed).get("x"), expected.gradients().get("x"), 1e-12);
        }
    }

    @Test
    void aShapeIsKnownBeforeTheFirstRun() throws Exception {
        assertRight(
                (sd, in, p) -> sd.reshape(sd.transpose(sd.math.exp(in.get("x"))), sd.shape(in.get("x"))),
                CompiledFunction.Path.PLAN);
    }

    @Test
    void whatIsComputedOfShapesAndConstantsIsKnown() throws Exception {
        assertRight(
                (sd, in, p) -> {
                    var x = sd.math.exp(in.get("x"));
                    return sd.reshape(x, sd.reverse(sd.shape(x), 0));
                },
                CompiledFunction.Path.PLAN);
    }

    @Test
    void aShapeThatDependsOnTheInputIsLeftToTheSession() {
        CompiledFunction function = function((sd, in, p) -> {
            var rows =
                    in.get("x").sum("rows", true, 0, 1).castTo(DataType.INT32).reshape(1);
            return sd.tile(in.get("x"), sd.concat(0, rows, sd.constant("columns", Nd4j.createFromArray(1))));
        });
        assertThat(function.path()).isEqualTo(CompiledFunction.Path.SESSION);
    }
}
