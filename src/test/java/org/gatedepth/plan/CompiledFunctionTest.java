package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.row;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Stack;
import org.gatedepth.block.WeightedSkipBlock;
import org.gatedepth.testing.Console;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.NumericGradient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.controlflow.compat.StopGradient;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

@ExtendWith(DoublePrecision.class)
class CompiledFunctionTest {
    private static final Stack STACK = new Stack(List.of(
            new HighwayBlock(new DenseBlock(3, 3, Activation.TANH, true), -1),
            WeightedSkipBlock.reZero(new DenseBlock(3, 3, Activation.SIGMOID, false)),
            new HighwayBlock(new DenseBlock(3, 2, Activation.TANH, false), 1)));
    private static final CompiledFunction.Body BODY = (sd, in, p) -> STACK.apply(sd, in.get("x"), p::get);

    private static Map<String, INDArray> params() {
        Map<String, INDArray> params = new LinkedHashMap<>();
        for (ParamSpec param : STACK.params()) {
            params.put(param.name(), normal(40 + params.size(), param.shape()));
        }
        return params;
    }

    private static CompiledFunction function(Map<String, INDArray> params, CompiledFunction.Body body) {
        return new CompiledFunction(DataType.DOUBLE, Map.of("x", new long[] {-1, 3}), List.of("x"), params, body);
    }

    private static CompiledFunction function(Map<String, INDArray> params) {
        return function(params, BODY);
    }

    private static Map<String, INDArray> rows(int count) {
        return Map.of("x", normal(count, count, 3));
    }

    private static Map<String, INDArray> copies(Map<String, INDArray> arrays) {
        Map<String, INDArray> copies = new HashMap<>();
        arrays.forEach((name, array) -> copies.put(name, array.dup()));
        return copies;
    }

    /** Forward and backward give what the session gives, for that many rows. */
    private static void assertRight(CompiledFunction function, Map<String, INDArray> params, int rows)
            throws Exception {
        INDArray seed = normal(rows + 100, rows, 2);
        SessionOracle expected = SessionOracle.of(BODY, DataType.DOUBLE, rows(rows), params, seed);
        assertClose(function.forward(rows(rows)), expected.output(), 1e-10);
        Map<String, INDArray> gradients = function.backward(seed);
        expected.gradients().forEach((name, g) -> assertClose(gradients.get(name), g, 1e-9));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void reducesAnAxisOfOneElement(int rows) {
        CompiledFunction f = new CompiledFunction(
                DataType.DOUBLE, Map.of("x", new long[] {-1, 1}), List.of("x"), Map.of(), (sd, in, p) -> {
                    SDVariable x = in.get("x").mul(2);
                    return x.sum(true, 1).add(x.mean(true, 1)).add(x.max(true, 1));
                });
        for (int seed = 1; seed < 4; seed++) {
            INDArray x = normal(seed, rows, 1);
            assertClose(f.infer(Map.of("x", x)), x.mul(6), 1e-12);
        }
        NumericGradient.assertRight(f, Map.of("x", normal(1, rows, 1)), Map.of());
    }

    @Test
    void givesTheNumericGradient() {
        Map<String, INDArray> params = params();
        NumericGradient.assertRight(function(params), rows(4), params);
    }

    @Test
    void givesTheNumericGradientOfReductionsAndReshapes() {
        Map<String, INDArray> params = Map.of("a", normal(5, 1, 3));
        CompiledFunction function = function(params, (sd, in, p) -> {
            SDVariable x = in.get("x");
            SDVariable rows =
                    x.mean(true, 0).add(x.std("deviations", false, true, 1)).mul(p.get("a"));
            return sd.transpose(rows)
                    .mmul(sd.math.exp(x.mul(0.1)).add(x.max(true, 1)))
                    .reshape(-1, 1);
        });
        assertThat(function.path()).isEqualTo(CompiledFunction.Path.PLAN);
        NumericGradient.assertRight(function, rows(4), params);
    }

    @Test
    void takesAnotherMinibatchSizeAndTheFirstAgain() throws Exception {
        Map<String, INDArray> params = params();
        CompiledFunction function = function(params);
        for (int rows : new int[] {4, 1, 7, 4, 1, 4}) {
            assertRight(function, params, rows);
        }
    }

    @Test
    void takesMoreShapesThanItKeepsPlans() throws Exception {
        Map<String, INDArray> params = params();
        CompiledFunction function = function(params);
        for (int round = 0; round < 2; round++) {
            for (int rows = 1; rows <= 12; rows++) {
                assertRight(function, params, rows);
            }
        }
    }

    @Test
    void backwardIsRightAfterItsPlanWasEvicted() {
        CompiledFunction function = function(params());
        function.forward(rows(4));
        INDArray seed = normal(1, 4, 2);
        Map<String, INDArray> expected = copies(function.backward(seed));
        function.forward(rows(4));
        for (int rows = 10; rows < 30; rows++) {
            function.infer(rows(rows));
        }
        Map<String, INDArray> gradients = function.backward(seed);
        expected.forEach((name, g) -> assertClose(gradients.get(name), g, 0));
    }

    @Test
    void inferenceBetweenForwardAndBackwardDoesNotDisturbTheGradients() {
        CompiledFunction function = function(params());
        INDArray seed = normal(1, 4, 2);
        function.forward(rows(4));
        Map<String, INDArray> expected = copies(function.backward(seed));
        function.forward(rows(4));
        function.infer(Map.of("x", normal(77, 4, 3)));
        function.infer(rows(9));
        Map<String, INDArray> gradients = function.backward(seed);
        expected.forEach((name, g) -> assertClose(gradients.get(name), g, 0));
    }

    @Test
    void aSecondBackwardAfterOneForwardGivesTheSame() {
        // The backward pass uses arrays of the forward pass again.
        CompiledFunction function = function(params());
        INDArray seed = normal(1, 4, 2);
        function.forward(rows(4));
        Map<String, INDArray> first = copies(function.backward(seed));
        Map<String, INDArray> second = function.backward(seed);
        first.forEach((name, g) -> assertClose(second.get(name), g, 0));
    }

    @Test
    void theGradientIsLinearInTheSeed() {
        CompiledFunction function = function(params());
        INDArray seed = normal(1, 4, 2);
        function.forward(rows(4));
        Map<String, INDArray> once = copies(function.backward(seed));
        function.forward(rows(4));
        Map<String, INDArray> thrice = function.backward(seed.mul(3));
        once.forEach((name, g) -> assertClose(thrice.get(name), g.mul(3), 1e-12));
    }

    @Test
    void refusesBackwardBeforeForward() {
        CompiledFunction function = function(params());
        function.infer(rows(2));
        assertThatThrownBy(() -> function.backward(normal(1, 2, 2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("backward needs a forward pass before it");
    }

    @Test
    void refusesAVariableThatIsNotKnownAndListsThoseThatAre() {
        assertThatThrownBy(() -> function(Map.of("W", normal(1, 3, 3)), (sd, in, p) -> p.get("V")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no variable \"V\", only [W]");
    }

    @Test
    void aParameterThatIsNotUsedGetsAZeroGradient() {
        Map<String, INDArray> params = Map.of("unused", normal(1, 2, 2), "a", normal(2, 1, 3));
        CompiledFunction function = function(params, (sd, in, p) -> in.get("x").mul(p.get("a")));
        Map<String, INDArray> arrays =
                Map.of("unused", Nd4j.ones(DataType.DOUBLE, 2, 2), "a", Nd4j.ones(DataType.DOUBLE, 1, 3));
        function.setGradientArrays(arrays);
        function.forward(rows(2));
        function.backward(normal(3, 2, 3));
        assertClose(arrays.get("unused"), Nd4j.zeros(DataType.DOUBLE, 2, 2), 0);
        assertThat(arrays.get("a").equals(Nd4j.ones(DataType.DOUBLE, 1, 3))).isFalse();
    }

    @Test
    void aParameterThatIsNotUsedGetsAZeroGradientWithoutGradientArraysToo() {
        Map<String, INDArray> params = Map.of("unused", normal(1, 2, 2), "a", normal(2, 1, 3));
        CompiledFunction function = function(params, (sd, in, p) -> in.get("x").mul(p.get("a")));
        function.forward(rows(2));
        INDArray gradient = function.backward(normal(3, 2, 3)).get("unused");
        assertThat(gradient).as("backward promises zeros for all parameters").isNotNull();
        assertClose(gradient, Nd4j.zeros(DataType.DOUBLE, 2, 2), 0);
    }

    @Test
    void aBodyMayReturnItsInputUnchanged() {
        CompiledFunction function = function(Map.of(), (sd, in, p) -> in.get("x"));
        INDArray x = normal(1, 4, 3);
        INDArray seed = normal(2, 4, 3);
        assertClose(function.infer(Map.of("x", x)), x, 0);
        assertClose(function.forward(Map.of("x", x)), x, 0);
        assertClose(function.backward(seed).get("x"), seed, 0);
        INDArray other = normal(3, 4, 3);
        assertClose(function.forward(Map.of("x", other)), other, 0);
    }

    @Test
    void aBodyMayReturnAParameter() {
        Map<String, INDArray> params = Map.of("a", normal(1, 4, 3));
        CompiledFunction function = function(params, (sd, in, p) -> p.get("a"));
        Map<String, INDArray> arrays = Map.of("a", Nd4j.zeros(DataType.DOUBLE, 4, 3));
        function.setGradientArrays(arrays);
        INDArray seed = normal(2, 4, 3);
        assertClose(function.forward(rows(4)), params.get("a"), 0);
        function.backward(seed);
        assertClose(arrays.get("a"), seed, 0);
    }

    @Test
    void seesParametersThatChangedInPlace() throws Exception {
        Map<String, INDArray> params = params();
        CompiledFunction function = function(params);
        assertRight(function, params, 4);
        INDArray before = function.infer(rows(4)).dup();
        params.values().forEach(p -> p.muli(1.5));
        assertRight(function, params, 4);
        assertThat(function.infer(rows(4)).equals(before)).isFalse();
    }

    @Test
    void readsParametersThatAreViewsInAnyOrder() throws Exception {
        INDArray flat = normal(9, 1, 200);
        Map<String, INDArray> params = new LinkedHashMap<>();
        long at = 0;
        for (ParamSpec param : STACK.params()) {
            long length = param.rows() * param.columns();
            INDArray view = flat.get(NDArrayIndex.all(), NDArrayIndex.interval(at, at + length));
            params.put(param.name(), view.reshape(params.size() % 2 == 0 ? 'c' : 'f', param.shape()));
            at += length;
        }
        CompiledFunction function = function(params);
        assertRight(function, params, 4);
        flat.muli(-1);
        assertRight(function, params, 4);
    }

    @ParameterizedTest
    @ValueSource(chars = {'c', 'f'})
    void writesGradientsInPlaceOfTheGivenArrays(char order) {
        Map<String, INDArray> params = params();
        CompiledFunction function = function(params);
        function.forward(rows(4));
        INDArray seed = normal(1, 4, 2);
        Map<String, INDArray> expected = copies(function.backward(seed));
        Map<String, INDArray> arrays = new HashMap<>();
        params.forEach((name, p) ->
                arrays.put(name, Nd4j.create(DataType.DOUBLE, p.shape(), order).assign(8)));
        function.setGradientArrays(arrays);
        function.forward(rows(4));
        Map<String, INDArray> returned = function.backward(seed);
        arrays.forEach((name, array) -> {
            assertClose(array, expected.get(name), 1e-12);
            assertThat(returned.get(name)).isSameAs(array);
        });
    }

    @Test
    void gradientArraysAreWrittenForEveryParameterThatSharesAGradient() {
        Map<String, INDArray> params = Map.of("a", normal(1, 4, 3), "b", normal(2, 4, 3));
        CompiledFunction function =
                function(params, (sd, in, p) -> in.get("x").add(p.get("a")).add(p.get("b")));
        Map<String, INDArray> arrays =
                Map.of("a", Nd4j.ones(DataType.DOUBLE, 4, 3), "b", Nd4j.ones(DataType.DOUBLE, 4, 3));
        function.setGradientArrays(arrays);
        INDArray seed = normal(3, 4, 3);
        for (int i = 0; i < 2; i++) {
            function.forward(rows(4));
            assertClose(function.backward(seed).get("x"), seed, 0);
            assertClose(arrays.get("a"), seed, 0);
            assertClose(arrays.get("b"), seed, 0);
            arrays.values().forEach(a -> a.assign(-1));
        }
    }

    @Test
    void readsInputsAndSeedsOfAnyOrderAndAsViews() throws Exception {
        Map<String, INDArray> params = params();
        CompiledFunction function = function(params);
        INDArray big = normal(50, 9, 6);
        INDArray x = big.get(NDArrayIndex.interval(2, 6), NDArrayIndex.interval(1, 4));
        INDArray seed = normal(51, 2, 4).transpose();
        SessionOracle expected = SessionOracle.of(BODY, DataType.DOUBLE, Map.of("x", x.dup()), params, seed);
        for (int i = 0; i < 2; i++) {
            assertClose(function.forward(Map.of("x", x)), expected.output(), 1e-10);
            Map<String, INDArray> gradients = function.backward(seed);
            expected.gradients().forEach((name, g) -> assertClose(gradients.get(name), g, 1e-9));
        }
    }

    @Test
    void worksWhenFirstRunInsideAWorkspaceThatIsClosedLater() throws Exception {
        Map<String, INDArray> params = params();
        CompiledFunction function = function(params);
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager()
                .getAndActivateWorkspace(
                        WorkspaceConfiguration.builder().initialSize(1 << 20).build(), "CompiledFunctionTest")) {
            INDArray x = normal(4, 4, 3);
            function.forward(Map.of("x", x));
            assertThat(function.backward(normal(5, 4, 2)).get("x").isAttached()).isFalse();
        }
        Nd4j.getWorkspaceManager()
                .destroyWorkspace(Nd4j.getWorkspaceManager().getWorkspaceForCurrentThread("CompiledFunctionTest"));
        assertRight(function, params, 4);
    }

    @Test
    void aBodyWithARandomOpRunsInASessionAndGivesTheSameNumbers() {
        Map<String, INDArray> params = params();
        CompiledFunction plan = function(params);
        CompiledFunction session = function(
                params,
                (sd, in, p) -> BODY.define(sd, in, p)
                        .add(sd.random.uniform(0, 1, DataType.DOUBLE, 1, 2).mul(0)));
        assertThat(session.path()).isEqualTo(CompiledFunction.Path.SESSION);
        for (int rows : new int[] {4, 2, 4}) {
            INDArray seed = normal(6, rows, 2);
            assertClose(session.infer(rows(rows)), plan.infer(rows(rows)), 1e-12);
            assertClose(session.forward(rows(rows)), plan.forward(rows(rows)), 1e-12);
            Map<String, INDArray> expected = plan.backward(seed);
            Map<String, INDArray> gradients = session.backward(seed);
            expected.forEach((name, g) -> assertClose(gradients.get(name), g, 1e-12));
        }
    }

    @Test
    void aRandomOpDrawsAnewAtEveryRun() {
        CompiledFunction noisy =
                function(Map.of(), (sd, in, p) -> in.get("x").add(sd.random.uniform(0, 1, DataType.DOUBLE, 1, 3)));
        INDArray first = noisy.infer(rows(2)).dup();
        assertThat(noisy.infer(rows(2)).equals(first)).isFalse();
    }

    @Test
    void aSessionWritesGradientArraysToo() {
        Map<String, INDArray> params = Map.of("a", normal(2, 1, 3));
        CompiledFunction session = function(
                params,
                (sd, in, p) -> in.get("x")
                        .mul(p.get("a"))
                        .add(sd.random.uniform(0, 1, DataType.DOUBLE, 1, 3).mul(0)));
        Map<String, INDArray> arrays = Map.of("a", Nd4j.zeros(DataType.DOUBLE, 1, 3));
        session.setGradientArrays(arrays);
        session.forward(rows(2));
        INDArray seed = normal(3, 2, 3);
        session.backward(seed);
        assertClose(arrays.get("a"), rows(2).get("x").mul(seed).sum(true, 0), 1e-12);
    }

    @Test
    void aSessionRefusesBackwardBeforeForward() {
        CompiledFunction session =
                function(Map.of(), (sd, in, p) -> in.get("x").add(sd.random.uniform(0, 1, DataType.DOUBLE, 1, 3)));
        assertThatThrownBy(() -> session.backward(normal(1, 2, 3)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("backward needs a forward pass before it");
    }

    @Test
    void aBodyWithControlFlowRunsInASession() {
        CompiledFunction function = new CompiledFunction(
                DataType.DOUBLE,
                Map.of("x", new long[] {-1, 3}),
                List.of(),
                Map.of(),
                (sd, in, p) -> sd.ifCond(
                        s -> in.get("x").sum().gt(0),
                        s -> in.get("x").mul(2),
                        s -> in.get("x").mul(-1)));
        assertThat(function.path()).isEqualTo(CompiledFunction.Path.SESSION);
        INDArray x = Nd4j.ones(DataType.DOUBLE, 2, 3);
        assertClose(function.infer(Map.of("x", x)), x.mul(2), 0);
        assertClose(function.infer(Map.of("x", x.neg())), x, 0);
    }

    @Test
    void differentiatesWithRespectToSeveralInputs() {
        CompiledFunction function = new CompiledFunction(
                DataType.DOUBLE,
                Map.of("x", new long[] {-1, 3}, "y", new long[] {-1, 3}, "z", new long[] {-1, 3}),
                List.of("x", "y"),
                Map.of(),
                (sd, in, p) -> sd.math.tanh(in.get("x").mul(in.get("y"))).add(in.get("z")));
        Map<String, INDArray> inputs = Map.of("x", normal(1, 2, 3), "y", normal(2, 2, 3), "z", normal(3, 2, 3));
        INDArray seed = normal(99, 2, 3);
        function.forward(inputs);
        Map<String, INDArray> gradients = copies(function.backward(seed));
        assertThat(gradients).containsOnlyKeys("x", "y");
        for (String name : List.of("x", "y")) {
            assertClose(gradients.get(name), NumericGradient.slopes(function, inputs, inputs.get(name), seed), 1e-7);
        }
    }

    @Test
    void theGradientOfTwoFunctionsInAChainIsNotScaled() {
        // Two functions one upon the other: a factor of 2 in each would show as 4 below.
        CompiledFunction lower = function(Map.of(), (sd, in, p) -> in.get("x").mul(3));
        CompiledFunction upper = function(Map.of(), (sd, in, p) -> in.get("x").mul(5));
        INDArray middle = lower.forward(rows(2)).dup();
        upper.forward(Map.of("x", middle));
        INDArray seed = normal(1, 2, 3);
        INDArray atMiddle = upper.backward(seed).get("x");
        assertClose(lower.backward(atMiddle).get("x"), seed.mul(15), 1e-12);
    }

    @Test
    void printsNothing() throws Exception {
        String printed = Console.capture(() -> {
            CompiledFunction function = function(params());
            function.forward(rows(4));
            return function.backward(normal(1, 4, 2));
        });
        assertThat(printed).isEmpty();
    }

    @Tag("slow")
    @Test
    void needsNoMoreMemoryAfterThousandsOfSteps() {
        CompiledFunction function = function(params());
        INDArray[] seeds = {normal(1, 64, 2), normal(1, 32, 2)};
        List<Map<String, INDArray>> batches = List.of(rows(64), rows(32));
        long before = 0;
        for (int step = 0; step < 10_000; step++) {
            if (step == 1000) {
                System.gc();
                before = Pointer.totalBytes();
            }
            function.forward(batches.get(step % 2));
            function.backward(seeds[step % 2]);
            function.infer(batches.get(step % 2));
        }
        System.gc();
        assertThat(Pointer.totalBytes() - before).isLessThan(2_000_000);
    }

    @Test
    void noGradientPassesWhereItIsStopped() {
        CompiledFunction f = new CompiledFunction(
                DataType.DOUBLE, Map.of("x", new long[] {-1, 2}), List.of("x"), Map.of(), (sd, inputs, p) -> {
                    SDVariable x = inputs.get("x");
                    return x.mul(new StopGradient(sd, x.mul(3)).outputVariable());
                });
        INDArray x = row(2, 5);
        assertThat(f.path()).isEqualTo(CompiledFunction.Path.PLAN);
        assertClose(f.forward(Map.of("x", x)), row(12, 75), 0);
        assertClose(f.backward(row(1, 1)).get("x"), row(6, 15), 0);
    }
}
