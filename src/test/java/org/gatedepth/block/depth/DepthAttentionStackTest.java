package org.gatedepth.block.depth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.gatedepth.block.Block;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.Member;
import org.gatedepth.block.Params;
import org.gatedepth.block.Stack;
import org.gatedepth.block.WeightedSkipBlock;
import org.gatedepth.plan.CompiledFunction;
import org.gatedepth.testing.Arrays;
import org.gatedepth.testing.BlockFunction;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.NumericGradient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

@ExtendWith(DoublePrecision.class)
class DepthAttentionStackTest {

    private static DepthAttentionStack stack(long in, long size, int depth, int heads) {
        return DepthAttentionStack.of(in, size, depth, Activation.TANH, false, heads);
    }

    @Test
    void startsNearAResidualNet() {
        // Identity transforms of constants: F_1 = 1, F_2 = 2, F_3 = 3, so with x_0 = x: x_1 = x + 1.
        DepthAttentionStack stack = DepthAttentionStack.of(2, 2, 3, Activation.IDENTITY, false, 1);
        BlockFunction f = BlockFunction.zero(stack);
        f.set("b0/F/b", 1).set("b1/F/b", 2).set("b2/F/b", 3);
        // a_2 = .9·(x + 1) + .1·x = x + .9, x_2 = x + 2.9; a_3 = .9·(x + 2.9) + .05·(x + 1) + .05·x = x + 2.66.
        Arrays.assertClose(f.output(Arrays.row(5, -7)), Arrays.row(10.66, -1.34), 1e-12);
    }

    @Test
    void weighsTheOutputsByQueryAndKeys() {
        DepthAttentionStack stack = DepthAttentionStack.of(2, 2, 2, Activation.IDENTITY, false, 1);
        BlockFunction f = BlockFunction.zero(stack);
        // x_0 = (3, 1), x_1 = (3, 1) + (−6, 0) = (−3, 1). Their keys are close to (1, −1) and (−1, 1).
        f.set("b0/F/b", Arrays.row(-6, 0)).set("b1/Q/b", Arrays.row(0.5, 0)).set("b1/c", Arrays.row(0, -Math.log(9)));
        double k0 = 1 / Math.sqrt(1 + 1e-5);
        double k1 = -2 / Math.sqrt(4 + 1e-5);
        double s0 = Math.exp(0.5 * k0 / Math.sqrt(2));
        double s1 = Math.exp(0.5 * k1 / Math.sqrt(2));
        double first = s0 / (s0 + s1);
        Arrays.assertClose(f.output(Arrays.row(3, 1)), Arrays.row(first * 3 + (1 - first) * -3, 1), 1e-12);
    }

    @Test
    void theQueryReadsTheLatestKey() {
        DepthAttentionStack stack = DepthAttentionStack.of(2, 2, 2, Activation.IDENTITY, false, 1);
        BlockFunction f = BlockFunction.zero(stack);
        f.set("b0/F/b", Arrays.row(-6, 0)).set("b1/Q/W", 0.5).set("b1/c", Arrays.row(0, -Math.log(9)));
        // N(x_1)·W = 0 in both columns, since a key has mean 0: both weights are ½.
        Arrays.assertClose(f.output(Arrays.row(3, 1)), Arrays.row(0, 1), 1e-12);
        f.set("b1/Q/W", Arrays.row(2, 0, 0, 0).reshape(2, 2));
        double k0 = 1 / Math.sqrt(1 + 1e-5);
        double k1 = -2 / Math.sqrt(4 + 1e-5);
        double s0 = Math.exp(2 * k1 * k0 / Math.sqrt(2));
        double s1 = Math.exp(2 * k1 * k1 / Math.sqrt(2));
        double first = s0 / (s0 + s1);
        Arrays.assertClose(f.output(Arrays.row(3, 1)), Arrays.row(first * 3 - (1 - first) * 3, 1), 1e-12);
    }

    @Test
    void withAllWeightOnTheLatestItIsAResidualNet() {
        DepthAttentionStack stack = stack(3, 3, 4, 1);
        BlockFunction f = BlockFunction.random(stack, 5);
        List<Block> residual = new ArrayList<>();
        DenseBlock transform = new DenseBlock(3, 3, Activation.TANH, false);
        for (int i = 0; i < 4; i++) {
            residual.add(WeightedSkipBlock.residual(transform));
        }
        BlockFunction net = BlockFunction.zero(new Stack(residual));
        for (int i = 0; i < 4; i++) {
            net.set("b" + i + "/F/W", f.params().get("b" + i + "/F/W"));
            net.set("b" + i + "/F/b", f.params().get("b" + i + "/F/b"));
            if (i > 0) {
                INDArray c = f.params().get("b" + i + "/c");
                c.assign(0).putScalar(0, i, 500);
            }
        }
        INDArray x = Arrays.normal(6, 7, 3);
        Arrays.assertClose(f.output(x), net.output(x), 1e-12);
    }

    @Test
    void withAllWeightOnTheInputABlockReadsTheInput() {
        DepthAttentionStack stack = stack(3, 3, 3, 1);
        BlockFunction f = BlockFunction.random(stack, 5);
        f.params().get("b2/c").assign(0).putScalar(0, 0, 500);
        BlockFunction alone = BlockFunction.zero(
                        WeightedSkipBlock.residual(new DenseBlock(3, 3, Activation.TANH, false)))
                .set("F/W", f.params().get("b2/F/W"))
                .set("F/b", f.params().get("b2/F/b"));
        INDArray x = Arrays.normal(6, 7, 3);
        Arrays.assertClose(f.output(x), alone.output(x), 1e-12);
    }

    /** The same of SameDiff's own ops: softmax of scores, column by column. */
    private static SDVariable reference(SameDiff sd, SDVariable x, Params p, int depth, int size, int heads) {
        List<SDVariable> outputs = new ArrayList<>(List.of(x));
        for (int i = 0; i < depth; i++) {
            SDVariable a = outputs.get(0);
            if (i > 0) {
                SDVariable query = key(sd, outputs.get(i)).mmul(p.get("b" + i + "/Q/W"));
                query = query.add(p.get("b" + i + "/Q/b"));
                List<SDVariable> parts = new ArrayList<>();
                for (int h = 0; h < heads; h++) {
                    parts.add(head(sd, outputs, query, p.get("b" + i + "/c"), h * (size / heads), size / heads));
                }
                a = heads == 1 ? parts.get(0) : sd.concat(1, parts.toArray(new SDVariable[0]));
            }
            SDVariable f = sd.math.tanh(a.mmul(p.get("b" + i + "/F/W")).add(p.get("b" + i + "/F/b")));
            outputs.add(a.add(f));
        }
        return outputs.get(depth);
    }

    private static SDVariable key(SameDiff sd, SDVariable x) {
        SDVariable centred = x.sub(x.mean(true, 1));
        return centred.div(sd.math.sqrt(sd.math.square(centred).mean(true, 1).add(1e-5)));
    }

    private static SDVariable head(
            SameDiff sd, List<SDVariable> outputs, SDVariable query, SDVariable c, int from, int part) {
        int m = outputs.size();
        SDVariable[] scores = new SDVariable[m];
        SDVariable q = sd.slice(query, new int[] {0, from}, -1, part);
        for (int j = 0; j < m; j++) {
            SDVariable k = sd.slice(key(sd, outputs.get(j)), new int[] {0, from}, -1, part);
            SDVariable bias = sd.slice(c, new int[] {0, j}, 1, 1).add(j == m - 1 ? Math.log(9 * (m - 1)) : 0);
            scores[j] = q.mul(k).sum(true, 1).mul(1 / Math.sqrt(part)).add(bias);
        }
        SDVariable alpha = sd.nn.softmax(sd.concat(1, scores), 1);
        SDVariable sum = null;
        for (int j = 0; j < m; j++) {
            SDVariable term = sd.slice(outputs.get(j), new int[] {0, from}, -1, part)
                    .mul(sd.slice(alpha, new int[] {0, j}, -1, 1));
            sum = sum == null ? term : sum.add(term);
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 2", "2, 1, 5", "5, 1, 3", "4, 3, 7", "3, 2, 300"})
    void agreesWithSameDiffsOwnOps(int depth, int heads, int rows) {
        int size = 6;
        DepthAttentionStack stack = stack(size, size, depth, heads);
        BlockFunction f = BlockFunction.random(stack, 5);
        CompiledFunction reference = new CompiledFunction(
                DataType.DOUBLE,
                Map.of("x", new long[] {-1, size}),
                List.of("x"),
                f.params(),
                (sd, in, p) -> reference(sd, in.get("x"), p::get, depth, size, heads));
        Map<String, INDArray> in = Map.of("x", Arrays.normal(6, rows, size));
        Arrays.assertClose(f.function().forward(in).dup(), reference.forward(in).dup(), 1e-10);
        INDArray seed = Arrays.normal(7, rows, size);
        Map<String, INDArray> expected = reference.backward(seed);
        f.function()
                .backward(seed)
                .forEach((name, gradient) -> Arrays.assertClose(gradient, expected.get(name), 1e-10));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void hasTheRightGradients(int rows) {
        for (DepthAttentionStack stack : List.of(
                stack(3, 4, 1, 1),
                stack(3, 4, 3, 2),
                stack(4, 4, 3, 4),
                DepthAttentionStack.of(4, 4, 4, Activation.TANH, true, 1))) {
            BlockFunction f = BlockFunction.random(stack, 21);
            INDArray x = Arrays.normal(22, rows, stack.inputSize());
            NumericGradient.assertRight(f.function(), Map.of("x", x), f.params());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4})
    void itsMembersOneAfterTheOtherAreTheStack(int inputs) {
        DepthAttentionStack stack = stack(inputs, 4, 3, 2);
        BlockFunction f = BlockFunction.random(stack, 5);
        INDArray x = Arrays.normal(6, 5, inputs);
        INDArray running = x;
        for (Member member : stack.members()) {
            BlockFunction block = BlockFunction.zero(member.block());
            member.own(f.params()).forEach(block::set);
            running = block.output(running);
        }
        Arrays.assertClose(running, f.output(x), 1e-12);
        assertThat(stack.members().stream().filter(m -> !m.isProjection()).toList())
                .extracting(Member::number)
                .containsExactly(1, 2, 3);
    }

    @Test
    void aBypassedBlockGivesWhatItReads() {
        DepthAttentionBlock block = new DepthAttentionBlock(new DenseBlock(2, 2, Activation.TANH, false), 2, 1, false);
        BlockFunction f = BlockFunction.random(block, 3);
        CompiledFunction bypass = new CompiledFunction(
                DataType.DOUBLE,
                Map.of("x", new long[] {-1, 4}),
                List.of("x"),
                f.params(),
                (sd, in, p) -> block.bypass(sd, in.get("x"), p::get));
        INDArray x = Arrays.normal(4, 5, 4);
        f.set("F/W", 0).set("F/b", 0);
        Arrays.assertClose(bypass.infer(Map.of("x", x)), f.output(x), 1e-12);
    }

    @Test
    void theSkipsGradientTakesTheWeightsAsConstants() {
        DepthAttentionBlock block = new DepthAttentionBlock(new DenseBlock(2, 2, Activation.TANH, false), 2, 1, true);
        BlockFunction f =
                BlockFunction.random(block, 3).set("c", 0).set("Q/W", 1).set("Q/b", 0);
        CompiledFunction skip = new CompiledFunction(
                DataType.DOUBLE,
                Map.of("x", new long[] {-1, 4}),
                List.of("x"),
                f.params(),
                (sd, in, p) -> block.skip(sd, in.get("x"), p::get));
        skip.forward(Map.of("x", Arrays.row(1, 2, 3, 5)));
        // Keys have mean 0, so the query is 0: weights .1 and .9.
        Arrays.assertClose(skip.backward(Arrays.row(1, 10)).get("x"), Arrays.row(.1, 1, .9, 9), 1e-12);
    }

    @Test
    void refusesWhatHasNoMeaning() {
        assertThatThrownBy(() -> stack(4, 4, 0, 1)).hasMessage("depth must be at least 1, got 0");
        assertThatThrownBy(() -> stack(4, 4, 2, 0)).hasMessage("heads must be at least 1, got 0");
        assertThatThrownBy(() -> stack(4, 4, 2, 3)).hasMessage("heads must divide nOut = 4, got 3");
        assertThatThrownBy(() -> new DepthAttentionBlock(new DenseBlock(2, 3, Activation.TANH, false), 2, 1, true))
                .hasMessage("the transform must have as many outputs as inputs, got 2 and 3");
    }
}
