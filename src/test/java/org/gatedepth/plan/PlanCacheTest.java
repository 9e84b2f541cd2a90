package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Plans are kept within bounds, and what is not kept is closed at once. */
@ExtendWith(DoublePrecision.class)
class PlanCacheTest {
    private static final long MEGABYTE = 1 << 20;
    private static final int COLUMNS = 128;

    private static CompiledFunction function(Map<String, INDArray> params) {
        return new CompiledFunction(
                DataType.FLOAT,
                Map.of("x", new long[] {-1, COLUMNS}),
                List.of("x"),
                params,
                (sd, in, p) -> sd.nn.elu(sd.nn.elu(in.get("x").mul(p.get("a"))).mul(p.get("a"))));
    }

    private static Map<String, INDArray> params() {
        return Map.of("a", Nd4j.valueArrayOf(new long[] {1, COLUMNS}, 0.5, DataType.FLOAT));
    }

    private static INDArray rows(long count) {
        return Nd4j.ones(DataType.FLOAT, count, COLUMNS);
    }

    /** A forward and a backward pass; gives the output. */
    private static INDArray step(CompiledFunction function, long rows) {
        INDArray x = rows(rows);
        INDArray output = function.forward(Map.of("x", x));
        function.backward(x);
        x.close();
        return output;
    }

    @Test
    void hundredsOfSizesNeedLittleMoreMemoryThanTheLargest() {
        Map<String, INDArray> params = params();
        CompiledFunction function = function(params);
        INDArray gradient = Nd4j.create(DataType.FLOAT, 1, COLUMNS);
        function.setGradientArrays(Map.of("a", gradient));
        step(function, 5000);
        long one = function.plans().bytes();
        assertThat(one).isGreaterThan(10 * MEGABYTE);
        long before = Pointer.physicalBytes();
        long highest = 0;
        for (int rows = 4700; rows < 5000; rows++) {
            step(function, rows);
            highest = Math.max(highest, Pointer.physicalBytes());
            assertThat(function.plans().bytes()).isLessThan(one + PlanCache.MAX_IDLE_BYTES);
            assertThat(function.plans().size()).isLessThanOrEqualTo(PlanCache.MAX_PLANS);
        }
        // Left to Java's collector they would be 4 GB.
        assertThat(highest - before).isLessThan(PlanCache.MAX_IDLE_BYTES + 200 * MEGABYTE);
        assertThat(params.get("a").getDouble(0)).isEqualTo(0.5);
        assertThat(gradient.wasClosed()).isFalse();
    }

    @Test
    void plansShareTheirMemory() {
        CompiledFunction function = function(params());
        step(function, 1000);
        long one = function.plans().bytes();
        for (int rows = 500; rows < 506; rows++) {
            step(function, rows);
        }
        assertThat(function.plans().size()).isEqualTo(7);
        // Of its own each has only what the caller writes, the input and the seed.
        assertThat(function.plans().bytes()).isLessThan(one + 6 * 2 * 506 * COLUMNS * Float.BYTES + 10_000);
    }

    @Test
    void aSmallPlanDoesNotKeepTheMemoryOfAHugeOne() {
        CompiledFunction function = function(params());
        INDArray output = step(function, 50_000);
        assertThat(function.plans().bytes()).isGreaterThan(PlanCache.MAX_IDLE_BYTES);
        step(function, 3);
        assertThat(output.wasClosed()).isTrue();
        assertThat(function.plans().size()).isEqualTo(1);
        assertThat(function.plans().bytes()).isLessThan(MEGABYTE);
    }

    @Test
    void forgetsThePlanThatWasNotUsedForLongest() {
        CompiledFunction function = function(params());
        INDArray first = step(function, 1);
        INDArray second = step(function, 2);
        for (int rows = 3; rows <= PlanCache.MAX_PLANS; rows++) {
            step(function, rows);
        }
        assertThat(step(function, 1)).isSameAs(first);
        step(function, 100);
        assertThat(function.plans().size()).isEqualTo(PlanCache.MAX_PLANS);
        assertThat(step(function, 1)).isSameAs(first);
        assertThat(step(function, 2)).isNotSameAs(second);
    }

    @Test
    void largePlansThatShareTheirMemoryAreKept() {
        CompiledFunction function = function(params());
        INDArray output = step(function, 15_000);
        assertThat(function.plans().bytes()).isGreaterThan(PlanCache.MAX_IDLE_BYTES);
        step(function, 14_000);
        assertThat(step(function, 15_000)).isSameAs(output);
    }

    @Test
    void aPlanThatAloneTakesTooMuchIsKeptWhileItIsUsed() {
        CompiledFunction function = function(params());
        INDArray output = step(function, 50_000);
        assertThat(step(function, 50_000)).isSameAs(output);
        // Predictions in between do not cost it.
        function.infer(Map.of("x", rows(3)));
        assertThat(step(function, 50_000)).isSameAs(output);
    }

    @Test
    void thePlanThatWaitsForItsBackwardPassIsKept() {
        CompiledFunction function = function(params());
        INDArray output = step(function, 50);
        Map<String, INDArray> expected = new HashMap<>();
        function.backward(rows(50)).forEach((name, g) -> expected.put(name, g.dup()));
        function.forward(Map.of("x", rows(50)));
        for (int rows = 1; rows < 30; rows++) {
            function.infer(Map.of("x", rows(rows)));
        }
        function.infer(Map.of("x", rows(50_000)));
        assertThat(output.wasClosed()).isFalse();
        Map<String, INDArray> gradients = function.backward(rows(50));
        expected.forEach((name, g) -> assertThat(gradients.get(name)).isEqualTo(g));
    }

    @Test
    void readsAnInputThatIsTheOutputOfThePlanThatIsClosedForIt() {
        CompiledFunction function = function(params());
        INDArray output = function.infer(Map.of("x", rows(20_000)));
        INDArray copy = output.dup();
        INDArray second = function.forward(Map.of("x", output));
        assertClose(second, function(params()).infer(Map.of("x", copy)), 0);
    }

    @Test
    void differentiatesWithASeedThatIsItsOwnGradient() {
        CompiledFunction function = function(params());
        function.forward(Map.of("x", rows(4)));
        INDArray gradient = function.backward(rows(4)).get("x");
        INDArray copy = gradient.dup();
        INDArray second = function.backward(gradient).get("x").dup();
        CompiledFunction other = function(params());
        other.forward(Map.of("x", rows(4)));
        assertClose(second, other.backward(copy).get("x"), 0);
    }

    @Test
    void closesNothingThatIsNotItsOwn() {
        // The output is the input, a parameter, and a constant of the graph in turn.
        INDArray constant = normal(1, 1, 3);
        Map<String, INDArray> params = Map.of("a", normal(2, 1, 3));
        List<CompiledFunction.Body> bodies = List.of(
                (sd, in, p) -> in.get("x"), (sd, in, p) -> p.get("a"), (sd, in, p) -> sd.constant("c", constant));
        for (CompiledFunction.Body body : bodies) {
            CompiledFunction function =
                    new CompiledFunction(DataType.DOUBLE, Map.of("x", new long[] {-1, 3}), List.of("x"), params, body);
            for (int rows = 1; rows < 20; rows++) {
                INDArray x = normal(rows, rows, 3);
                function.infer(Map.of("x", x));
                assertThat(x.wasClosed()).isFalse();
            }
            function.close();
            assertThat(constant.wasClosed()).isFalse();
            assertThat(params.get("a").wasClosed()).isFalse();
        }
    }

    @Test
    void aClosedFunctionHasFreedItsArraysAndIsNotRun() {
        Map<String, INDArray> params = params();
        CompiledFunction function = function(params);
        INDArray gradient = Nd4j.create(DataType.FLOAT, 1, COLUMNS);
        function.setGradientArrays(Map.of("a", gradient));
        INDArray output = step(function, 3);
        INDArray inferred = function.infer(Map.of("x", rows(3)));
        function.close();
        function.close();
        assertThat(output.wasClosed()).isTrue();
        assertThat(inferred.wasClosed()).isTrue();
        assertThat(gradient.wasClosed()).isFalse();
        assertThat(params.get("a").wasClosed()).isFalse();
        assertThatThrownBy(() -> function.infer(Map.of("x", rows(3))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this function has been closed");
    }

    @Test
    void newGradientArraysCloseWhatWritesTheOldOnes() {
        CompiledFunction function = function(params());
        INDArray output = step(function, 3);
        function.setGradientArrays(Map.of("a", Nd4j.create(DataType.FLOAT, 1, COLUMNS)));
        assertThat(output.wasClosed()).isTrue();
        assertThat(function.plans().size()).isZero();
        // The inputs of the last forward pass were kept.
        assertThat(function.backward(rows(3)).get("x").shape()).containsExactly(3, COLUMNS);
    }
}
