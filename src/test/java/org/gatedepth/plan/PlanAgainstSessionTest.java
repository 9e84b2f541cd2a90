package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.gatedepth.block.Block;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.DenseSkipBlock;
import org.gatedepth.block.Heads;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Stack;
import org.gatedepth.block.TappedStack;
import org.gatedepth.block.WeightedSkipBlock;
import org.gatedepth.block.Weighting;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The plan gives what SameDiff's own session and differentiation give. */
class PlanAgainstSessionTest {
    private static final DenseBlock RELU = new DenseBlock(6, 6, Activation.RELU, false);
    private static final DenseBlock NORMALISED = new DenseBlock(6, 6, Activation.TANH, true);

    private record Case(String name, CompiledFunction.Body body, Map<String, long[]> params) {}

    private static Case of(String name, Block... blocks) {
        Stack stack = new Stack(List.of(blocks));
        Map<String, long[]> params = new LinkedHashMap<>();
        for (ParamSpec param : stack.params()) {
            params.put(param.name(), param.shape());
        }
        return new Case(name, (sd, in, p) -> stack.apply(sd, in.get("x"), p::get), params);
    }

    private static Stream<Case> bodies() {
        List<Case> cases = new ArrayList<>();
        cases.add(of("dense", RELU, RELU));
        cases.add(of("normalised", NORMALISED, new HighwayBlock(NORMALISED, -1)));
        cases.add(of("highway", new HighwayBlock(RELU, -1), new HighwayBlock(NORMALISED, -1)));
        cases.add(of("projected highway", new HighwayBlock(new DenseBlock(6, 4, Activation.ELU, false), -1)));
        cases.add(of("residual", WeightedSkipBlock.residual(RELU), WeightedSkipBlock.residual(NORMALISED)));
        cases.add(of("rezero", WeightedSkipBlock.reZero(RELU), WeightedSkipBlock.reZero(NORMALISED)));
        cases.add(of(
                "layer scale",
                new WeightedSkipBlock(RELU, Weighting.PER_UNIT, 1, 0.1, true),
                new WeightedSkipBlock(NORMALISED, Weighting.SCALAR, 1, 0.1, true)));
        cases.add(of(
                "dense skip",
                new DenseSkipBlock(RELU),
                new DenseSkipBlock(new DenseBlock(12, 3, Activation.SIGMOID, true))));
        cases.add(of(
                "tapped stack below heads",
                new TappedStack(new Stack(List.of(RELU, new HighwayBlock(NORMALISED, -1))), List.of(0)),
                new Heads(12, List.of(new Heads.Part("low", 0, RELU), new Heads.Part("main", 6, NORMALISED)))));
        List<Loss> losses = List.of(
                Loss.softmaxCrossEntropy().withLabelSmoothing(0.1).withClassWeights(1, 2, 3, 1, 2, 3),
                Loss.binaryCrossEntropy().withLabelSmoothing(0.1),
                Loss.squaredError(),
                Loss.huber(0.5));
        for (Loss loss : losses) {
            cases.add(new Case(
                    loss.toString(),
                    (sd, in, p) -> {
                        SDVariable scores = in.get("x").mul(p.get("a"));
                        return loss.elements(sd, scores, sd.math.step(in.get("x"), 0), 6);
                    },
                    Map.of("a", new long[] {1, 6})));
        }
        for (Activation activation : Activation.values()) {
            if (activation != Activation.RRELU) {
                cases.add(of("activation " + activation, new DenseBlock(6, 6, activation, false)));
            }
        }
        cases.add(new Case(
                "transpose and product",
                (sd, in, p) -> sd.transpose(in.get("x").mul(p.get("a")))
                        .mmul(sd.math.exp(in.get("x").mul(0.1))),
                Map.of("a", new long[] {1, 6})));
        cases.add(new Case(
                "one variable read many times",
                (sd, in, p) -> {
                    var z = in.get("x").mul(p.get("a"));
                    var squared = z.mul(z).add(z);
                    return squared.mul(z)
                            .sub(squared.div(sd.math.square(z).add(1)))
                            .add(sd.identity(z));
                },
                Map.of("a", new long[] {1, 6})));
        cases.add(new Case(
                "several parameters with one gradient",
                (sd, in, p) -> in.get("x").add(p.get("a")).add(p.get("b")).add(p.get("c")),
                Map.of("a", new long[] {5, 6}, "b", new long[] {5, 6}, "c", new long[] {1, 6})));
        return cases.stream();
    }

    static Stream<Arguments> cases() {
        return bodies().flatMap(c -> Stream.of(
                arguments(c.name(), DataType.DOUBLE, c, 1e-10), arguments(c.name(), DataType.FLOAT, c, 1e-6)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cases")
    void givesTheSameOutputAndGradients(String name, DataType type, Case c, double tolerance) throws Exception {
        Map<String, INDArray> params = new LinkedHashMap<>();
        c.params()
                .forEach((key, shape) -> params.put(
                        key, Arrays.normal(7 + params.size(), type, shape).mul(0.5)));
        Map<String, INDArray> inputs = Map.of("x", Arrays.normal(3, type, 5, 6));
        CompiledFunction function =
                new CompiledFunction(type, Map.of("x", new long[] {-1, 6}), List.of("x"), params, c.body());
        assertThat(function.path()).isEqualTo(CompiledFunction.Path.PLAN);

        INDArray output = function.forward(inputs).dup();
        INDArray seed = Arrays.normal(4, type, output.shape());
        Map<String, INDArray> gradients = function.backward(seed);

        SessionOracle expected = SessionOracle.of(c.body(), type, inputs, params, seed);
        Arrays.assertClose(output, expected.output(), tolerance);
        Arrays.assertClose(function.infer(inputs), expected.output(), tolerance);
        assertThat(expected.gradients()).hasSize(1 + params.size());
        expected.gradients().forEach((key, g) -> {
            assertThat(gradients.get(key)).as(key).isNotNull();
            // Sums over the minibatch are long: relative to the largest element.
            Arrays.assertClose(
                    gradients.get(key),
                    g,
                    tolerance * Math.max(1, g.amaxNumber().doubleValue()));
        });
    }
}
