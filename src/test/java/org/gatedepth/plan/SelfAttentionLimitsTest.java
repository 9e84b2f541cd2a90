package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.plan.SelfAttentionTest.function;
import static org.gatedepth.plan.SelfAttentionTest.gradient;
import static org.gatedepth.plan.SelfAttentionTest.inputs;
import static org.gatedepth.plan.SelfAttentionTest.mask;
import static org.gatedepth.testing.Arrays.normal;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.Pointer;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What attention of sequences takes of memory, what it leaves after a fault, and what it refuses. */
@ExtendWith(DoublePrecision.class)
class SelfAttentionLimitsTest {
    @Test
    void hundredsOfLengthsNeedLittleMoreMemoryThanTheLongest() {
        CompiledFunction function = function(DataType.FLOAT, 8, 2, false, false);
        step(function, 300);
        long one = function.plans().bytes();
        assertThat(one).isGreaterThan(4L * 2 * 300 * 300 * Float.BYTES);
        long before = Pointer.physicalBytes();
        long highest = 0;
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            step(function, 1 + random.nextInt(300));
            highest = Math.max(highest, Pointer.physicalBytes());
            assertThat(function.plans().bytes()).isLessThan(one + PlanCache.MAX_IDLE_BYTES);
        }
        assertThat(highest - before).isLessThan(PlanCache.MAX_IDLE_BYTES + (200L << 20));
    }

    private static void step(CompiledFunction function, int steps) {
        INDArray x = Nd4j.ones(DataType.FLOAT, steps * 4L, 24);
        Map<String, INDArray> inputs = inputs(x, steps, null);
        function.forward(inputs);
        INDArray seed = Nd4j.ones(DataType.FLOAT, steps * 4L, 8);
        function.backward(seed);
        seed.close();
        inputs.values().forEach(INDArray::close);
    }

    /** Inference keeps the weights of one head of one sequence, training all of them. */
    @Test
    void inferenceKeepsNoWeights() {
        CompiledFunction function = function(DataType.FLOAT, 8, 2, false, false);
        INDArray x = normal(3, DataType.FLOAT, 200 * 8, 24);
        function.infer(inputs(x, 200, null));
        assertThat(function.plans().bytes()).isLessThan(4L * 200 * 200 * Float.BYTES);
        function.forward(inputs(x, 200, null));
        assertThat(function.plans().bytes()).isGreaterThan(8L * 2 * 200 * 200 * Float.BYTES);
    }

    @Test
    void theNextStepIsRightAfterAFaultAtAnyOp() throws Exception {
        INDArray x = normal(1, 8, 12);
        INDArray seed = normal(2, 8, 4);
        INDArray mask = mask(4, 2);
        CompiledFunction fresh = function(DataType.DOUBLE, 4, 2, true, true);
        INDArray y = fresh.forward(inputs(x, 4, mask)).dup();
        INDArray g = gradient(fresh, seed).dup();
        int op = 0;
        boolean cut = true;
        try (Faults faults = new Faults()) {
            while (cut) {
                op++;
                CompiledFunction function = function(DataType.DOUBLE, 4, 2, true, true);
                cut = faults.cutShort(op, () -> {
                    function.forward(inputs(x, 4, mask));
                    function.backward(seed);
                });
                assertThat(function.forward(inputs(x, 4, mask))).as("op %d", op).isEqualTo(y);
                assertThat(gradient(function, seed)).as("op %d", op).isEqualTo(g);
            }
        }
        // Two sequences and two heads: two products forward and five backward for each.
        // What is fed is copied as memory; each product and each shape function is an op.
        assertThat(op).isGreaterThan(20);
    }

    @Test
    void refusesShapesThatDoNotFit() {
        CompiledFunction function = function(DataType.DOUBLE, 4, 3, false, false);
        assertThatThrownBy(() -> function.infer(inputs(normal(2, 8, 12), 4, null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attention needs rows of shape [steps·sequences, 3·width], of which 3 heads divide the"
                        + " width, got [8, 12] with [steps, sequences] = [4, 2]");
        Map<String, INDArray> others = new HashMap<>(inputs(normal(2, 8, 12), 4, null));
        others.put("steps", Nd4j.zeros(DataType.DOUBLE, 3, 2));
        assertThatThrownBy(() -> function(DataType.DOUBLE, 4, 2, false, false).infer(others))
                .hasMessageContaining("got [8, 12] with [steps, sequences] = [3, 2]");
        assertThatThrownBy(() -> function(DataType.DOUBLE, 4, 2, false, true)
                        .infer(inputs(normal(2, 8, 12), 4, normal(3, 6, 1))))
                .hasMessage("the mask of attention must have the shape [8, 1], got [6, 1]");
    }

    @Test
    void refusesMoreWeightsThanALoopCanRead() {
        CompiledFunction function = function(DataType.FLOAT, 1, 1, false, false);
        INDArray x = Nd4j.zeros(DataType.FLOAT, 20_000, 3);
        assertThatThrownBy(() -> function.forward(inputs(x, 20_000, null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attention runs on the CPU, in float or double, and with fewer than 268435455 weights, got"
                        + " 400000000 (sequences·heads·steps·steps) of type FLOAT; use shorter sequences or a smaller"
                        + " minibatch");
    }
}
