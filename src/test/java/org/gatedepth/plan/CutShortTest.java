package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.normal;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Stack;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** After an error at any op, of a run or of the compilation, every later pass is right or is refused. */
@ExtendWith(DoublePrecision.class)
class CutShortTest {
    private static final Stack STACK = new Stack(List.of(
            new HighwayBlock(new DenseBlock(3, 3, Activation.TANH, true), -1),
            new HighwayBlock(new DenseBlock(3, 2, Activation.ELU, false), 1)));
    private static final CompiledFunction.Body PLAN = (sd, in, p) -> {
        // The shape of a transposed and reshaped variable is known when the plan is compiled.
        var y = STACK.apply(sd, in.get("x"), p::get);
        return sd.reshape(sd.transpose(y), sd.shape(y));
    };
    private static final CompiledFunction.Body SESSION = (sd, in, p) -> PLAN.define(sd, in, p)
            .add(sd.random.uniform(0, 1, DataType.DOUBLE, 1, 2).mul(0));

    private static final Map<String, INDArray> FIRST = Map.of("x", normal(1, 4, 3));
    private static final Map<String, INDArray> SECOND = Map.of("x", normal(2, 4, 3));
    private static final INDArray SEED = normal(3, 4, 2);

    private static CompiledFunction function(CompiledFunction.Body body) {
        Map<String, INDArray> params = new LinkedHashMap<>();
        for (ParamSpec param : STACK.params()) {
            params.put(param.name(), normal(40 + params.size(), param.shape()));
        }
        return new CompiledFunction(DataType.DOUBLE, Map.of("x", new long[] {-1, 3}), List.of("x"), params, body);
    }

    /** Output and gradients of a whole pass. */
    private static Map<String, INDArray> pass(CompiledFunction function, Map<String, INDArray> inputs) {
        Map<String, INDArray> results = new HashMap<>();
        results.put("output", function.forward(inputs).dup());
        results.putAll(gradients(function));
        return results;
    }

    private static Map<String, INDArray> gradients(CompiledFunction function) {
        Map<String, INDArray> results = new HashMap<>();
        function.backward(SEED).forEach((name, gradient) -> results.put(name, gradient.dup()));
        return results;
    }

    /** What the function does before the step that is cut short. */
    private interface Preparation {
        void on(CompiledFunction function);
    }

    private static void assertRightAfterEveryFault(CompiledFunction.Body body, Preparation preparation)
            throws Exception {
        Map<String, INDArray> expected = pass(function(body), SECOND);
        INDArray inferred = function(body).infer(SECOND).dup();
        int op = 0;
        boolean cut = true;
        try (Faults faults = new Faults()) {
            while (cut) {
                op++;
                CompiledFunction function = function(body);
                preparation.on(function);
                cut = faults.cutShort(op, () -> pass(function, FIRST));
                assertThat(pass(function, SECOND)).as("op %d, next step", op).isEqualTo(expected);
                assertThat(function.infer(SECOND)).isEqualTo(inferred);
            }
        }
        assertThat(op).isGreaterThan(20);
    }

    @Test
    void theNextStepIsRightAfterAFaultInTheFirst() throws Exception {
        assertRightAfterEveryFault(PLAN, function -> {});
    }

    @Test
    void theNextStepIsRightAfterAFaultInALaterOne() throws Exception {
        assertRightAfterEveryFault(PLAN, function -> pass(function, SECOND));
    }

    @Test
    void theNextStepIsRightAfterAFaultWithNewGradientArrays() throws Exception {
        assertRightAfterEveryFault(PLAN, function -> {
            pass(function, SECOND);
            function.setGradientArrays(Map.of("b1/H/b", Nd4j.create(DataType.DOUBLE, 1, 2)));
        });
    }

    @Test
    void theNextStepOfASessionIsRightAfterAFault() throws Exception {
        assertThat(function(SESSION).path()).isEqualTo(CompiledFunction.Path.SESSION);
        assertRightAfterEveryFault(SESSION, function -> {});
    }

    @Test
    void aSecondBackwardIsRightAfterAFaultInTheFirst() throws Exception {
        for (boolean compiled : new boolean[] {false, true}) {
            CompiledFunction undisturbed = function(PLAN);
            undisturbed.forward(FIRST);
            Map<String, INDArray> expected = gradients(undisturbed);
            int op = 0;
            boolean cut = true;
            try (Faults faults = new Faults()) {
                while (cut) {
                    op++;
                    CompiledFunction function = function(PLAN);
                    if (compiled) {
                        pass(function, SECOND);
                    }
                    function.forward(FIRST);
                    cut = faults.cutShort(op, () -> gradients(function));
                    assertThat(gradients(function)).as("op %d", op).isEqualTo(expected);
                }
            }
            assertThat(op).isGreaterThan(10);
        }
    }

    @Test
    void backwardIsRefusedAfterAForwardPassThatWasCutShort() throws Exception {
        CompiledFunction function = function(PLAN);
        try (Faults faults = new Faults()) {
            pass(function, SECOND);
            assertThat(faults.cutShort(1, () -> function.forward(FIRST))).isTrue();
        }
        assertThatThrownBy(() -> function.backward(SEED))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("backward needs a forward pass before it");
    }

    @Test
    void aPlanThatFailedToCompileIsNotKept() throws Exception {
        CompiledFunction function = function(PLAN);
        try (Faults faults = new Faults()) {
            assertThat(faults.cutShort(2, () -> function.infer(FIRST))).isTrue();
            assertThat(function.plans().size()).isZero();
            function.forward(FIRST);
            assertThat(function.plans().size()).isEqualTo(1);
            assertThat(faults.cutShort(2, () -> function.backward(SEED))).isTrue();
        }
        assertThat(function.plans().size()).isZero();
    }
}
