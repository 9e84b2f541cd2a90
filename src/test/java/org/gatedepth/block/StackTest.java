package org.gatedepth.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.gatedepth.plan.CompiledFunction;
import org.gatedepth.testing.Arrays;
import org.gatedepth.testing.BlockFunction;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

@ExtendWith(DoublePrecision.class)
class StackTest {
    private static final DenseBlock DENSE = new DenseBlock(3, 3, Activation.TANH, false);

    /** The block after the other, each with its part of the stack's parameters. */
    private static INDArray oneByOne(Stack stack, BlockFunction whole, INDArray x) {
        INDArray running = x;
        for (int i = 0; i < stack.blocks().size(); i++) {
            BlockFunction part = BlockFunction.zero(stack.blocks().get(i));
            for (String name : part.params().keySet()) {
                part.set(name, whole.params().get("b" + i + "/" + name));
            }
            running = part.output(running);
        }
        return running;
    }

    @Test
    void theGateOfEachBlockReadsTheRunningValueNotTheStacksInput() {
        Stack stack = new Stack(List.of(
                new DenseBlock(1, 1, Activation.IDENTITY, false),
                new HighwayBlock(new DenseBlock(1, 1, Activation.IDENTITY, false), 0)));
        BlockFunction f = BlockFunction.zero(stack);
        f.set("b0/b", 2).set("b1/T/W", 1).set("b1/H/b", 10);
        // Block 0 gives 2 whatever x is. Block 1: T = sigmoid(2), y = 2 + T·(10 - 2). From the stack's input 0 the gate
        // would be a half.
        double t = 1 / (1 + Math.exp(-2));
        Arrays.assertClose(f.output(Arrays.row(0)), Arrays.row(2 + 8 * t), 1e-12);
    }

    @Test
    void isTheCompositionOfItsBlocks() {
        Stack stack = new Stack(List.of(
                new HighwayBlock(DENSE, -1),
                WeightedSkipBlock.reZero(DENSE),
                new DenseSkipBlock(new DenseBlock(3, 2, Activation.TANH, false)),
                new HighwayBlock(new DenseBlock(5, 4, Activation.TANH, true), -1)));
        BlockFunction f = BlockFunction.random(stack, 17);
        INDArray x = Arrays.normal(2, 4, 3);
        Arrays.assertClose(f.output(x), oneByOne(stack, f, x), 1e-12);
    }

    @Test
    void tapsAreTheOutputsOfEveryBlock() {
        Stack stack = new Stack(List.of(new HighwayBlock(DENSE, -1), WeightedSkipBlock.residual(DENSE), DENSE));
        BlockFunction whole = BlockFunction.random(stack, 5);
        INDArray x = Arrays.normal(2, 4, 3);
        for (int depth = 1; depth <= 3; depth++) {
            int tap = depth - 1;
            CompiledFunction tapped = new CompiledFunction(
                    DataType.DOUBLE,
                    Map.of("x", new long[] {-1, 3}),
                    List.of(),
                    whole.params(),
                    (sd, in, p) -> stack.taps(sd, in.get("x"), p::get).get(tap));
            Stack lower = new Stack(stack.blocks().subList(0, depth));
            Arrays.assertClose(tapped.infer(Map.of("x", x)), oneByOne(lower, whole, x), 1e-12);
        }
    }

    @Test
    void partsOneAfterTheOtherAreTheWhole() {
        Stack stack = new Stack(List.of(
                new HighwayBlock(DENSE, -1),
                new DenseSkipBlock(new DenseBlock(3, 2, Activation.TANH, false)),
                new HighwayBlock(new DenseBlock(5, 4, Activation.TANH, true), -1)));
        BlockFunction whole = BlockFunction.random(stack, 5);
        INDArray x = Arrays.normal(2, 4, 3);
        for (int cut = 1; cut < 3; cut++) {
            INDArray lower = part(stack, whole, 0, cut).infer(Map.of("x", x)).dup();
            INDArray upper = part(stack, whole, cut, 3).infer(Map.of("x", lower));
            Arrays.assertClose(upper, oneByOne(stack, whole, x), 1e-12);
        }
    }

    /** The last output of a part, whose parameters have the names that they have in the stack. */
    private static CompiledFunction part(Stack stack, BlockFunction whole, int from, int to) {
        return new CompiledFunction(
                DataType.DOUBLE,
                Map.of("x", new long[] {-1, stack.blocks().get(from).inputSize()}),
                List.of(),
                whole.params(),
                (sd, in, p) -> {
                    List<SDVariable> taps = stack.taps(sd, in.get("x"), p::get, from, to);
                    assertThat(taps).hasSize(to - from);
                    return taps.get(taps.size() - 1);
                });
    }

    @Test
    void scopesParametersByTheIndexOfTheBlock() {
        Stack stack = new Stack(List.of(new HighwayBlock(DENSE, -1), DENSE));
        assertThat(stack.params())
                .extracting(ParamSpec::name)
                .containsExactly("b0/H/W", "b0/H/b", "b0/T/W", "b0/T/b", "b1/W", "b1/b");
    }

    @Test
    void asksForDropoutOfEachTransformOnce() {
        Stack stack = new Stack(List.of(
                DENSE,
                new HighwayBlock(DENSE, -1),
                WeightedSkipBlock.residual(DENSE),
                new DenseSkipBlock(new DenseBlock(3, 2, Activation.TANH, false))));
        List<String> scopes = new ArrayList<>();
        BlockFunction f = BlockFunction.random(stack, 5);
        CompiledFunction noted = new CompiledFunction(
                DataType.DOUBLE,
                Map.of("x", new long[] {-1, 3}),
                List.of("x"),
                f.params(),
                (sd, in, p) -> stack.apply(sd, in.get("x"), new Params() {
                    @Override
                    public SDVariable get(String name) {
                        return p.get(name);
                    }

                    @Override
                    public SDVariable dropOut(String scope, SDVariable x, long size) {
                        scopes.add(scope + ":" + size);
                        return x.mul(0);
                    }
                }));
        assertThat(scopes).containsExactly("b0:3", "b1/H:3", "b2/F:3", "b3/F:3");
        // Without its input a transform is tanh(b); carry, skip and gate still read the running value.
        INDArray x = Arrays.normal(2, 4, 3);
        for (String w : List.of("b0/W", "b1/H/W", "b2/F/W", "b3/F/W")) {
            f.set(w, 0);
        }
        INDArray expected = f.output(x);
        f.set("b0/W", 1).set("b1/H/W", 1).set("b2/F/W", 1).set("b3/F/W", 1);
        Arrays.assertClose(noted.infer(Map.of("x", x)), expected, 1e-12);
    }

    @Test
    void refusesToBeEmpty() {
        assertThatThrownBy(() -> new Stack(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("number of blocks must be at least 1, got 0");
    }

    @Test
    void refusesBlocksWhoseSizesDoNotFit() {
        assertThatThrownBy(() -> new Stack(List.of(DENSE, new DenseBlock(4, 3, Activation.RELU, false))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("block 1 reads 4 features, but block 0 gives 3");
    }
}
