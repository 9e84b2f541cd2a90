package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.SequenceFunction.inputs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.gatedepth.block.Block;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.ShiftedProduct;
import org.gatedepth.block.Stack;
import org.gatedepth.block.Taps;
import org.gatedepth.block.Taps.Padding;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Faults;
import org.gatedepth.testing.NumericGradient;
import org.gatedepth.testing.SequenceFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/** Products over time steps: against ND4J's convolution, joined, for many lengths, cut short, and refused. */
@ExtendWith(DoublePrecision.class)
class ShiftedProductTest {

    private static CompiledFunction function(Taps taps, long nIn, Map<String, INDArray> params) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("x", new long[] {-1, nIn});
        shapes.put("steps", new long[] {-1, -1});
        return new CompiledFunction(
                DataType.DOUBLE,
                shapes,
                List.of("x"),
                params,
                (sd, in, p) -> new ShiftedProduct(sd, in.get("x"), p.get("W"), in.get("steps"), taps.shifts())
                        .outputVariable());
    }

    static Stream<Arguments> convolutions() {
        List<Arguments> all = new ArrayList<>();
        for (Padding padding : List.of(Padding.CAUSAL, Padding.SAME)) {
            for (int[] kernelAndDilation :
                    new int[][] {{1, 1}, {2, 1}, {2, 2}, {2, 3}, {3, 1}, {3, 4}, {4, 3}, {7, 1}}) {
                for (String format : List.of("NCW", "NWC")) {
                    all.add(Arguments.of(new Taps(kernelAndDilation[0], kernelAndDilation[1], padding), format));
                }
            }
        }
        return all.stream();
    }

    /** Steps, sequences, inputs and outputs. */
    private static final int[][] SIZES = {{9, 2, 3, 4}, {3, 5, 4, 2}, {1, 3, 2, 3}, {13, 1, 1, 3}, {6, 2, 3, 1}};

    @ParameterizedTest
    @MethodSource("convolutions")
    void isTheConvolutionOfNd4j(Taps taps, String format) throws Exception {
        for (int[] size : SIZES) {
            int steps = size[0];
            int sequences = size[1];
            Map<String, INDArray> params = Map.of("W", normal(5, (long) taps.kernel() * size[2], size[3]));
            INDArray x = normal(6, (long) steps * sequences, size[2]);
            INDArray seed = normal(7, x.size(0), size[3]);
            SessionOracle expected =
                    SessionOracle.of(convolution(taps, format, size), DataType.DOUBLE, Map.of("x", x), params, seed);
            CompiledFunction function = function(taps, size[2], params);
            assertClose(function.forward(inputs(x, steps)), expected.output(), 1e-10);
            Map<String, INDArray> gradients = function.backward(seed);
            expected.gradients().forEach((name, g) -> assertClose(gradient(gradients, name), g, 1e-10));
        }
    }

    private static INDArray gradient(Map<String, INDArray> gradients, String name) {
        return Objects.requireNonNull(gradients.get(name), name);
    }

    private static CompiledFunction.Body convolution(Taps taps, String format, int[] size) {
        Conv1DConfig config = Conv1DConfig.builder()
                .k(taps.kernel())
                .s(1)
                .p(0)
                .d(taps.dilation())
                .paddingMode(taps.padding() == Padding.SAME ? PaddingMode.SAME : PaddingMode.CAUSAL)
                .dataFormat(format)
                .build();
        boolean featuresFirst = format.equals("NCW");
        return (sd, in, p) -> {
            SDVariable x = sd.reshape(in.get("x"), size[0], size[1], size[2]);
            SDVariable bySequence = featuresFirst ? sd.permute(x, 1, 2, 0) : sd.permute(x, 1, 0, 2);
            // Its first matrix belongs to the earliest step.
            SDVariable w = sd.reverse(sd.reshape(p.get("W"), taps.kernel(), size[2], size[3]), 0);
            SDVariable y = sd.cnn().conv1d(bySequence, w, config);
            SDVariable byStep = featuresFirst ? sd.permute(y, 2, 0, 1) : sd.permute(y, 1, 0, 2);
            return sd.reshape(byStep, -1, size[3]);
        };
    }

    @Test
    void readsWeightsInAnyOrder() {
        Taps taps = new Taps(3, 1, Padding.SAME);
        INDArray w = normal(1, 6, 4);
        INDArray x = normal(2, 8, 2);
        INDArray seed = normal(3, 8, 4);
        CompiledFunction rowByRow = function(taps, 2, Map.of("W", w.dup('c')));
        CompiledFunction byColumn = function(taps, 2, Map.of("W", w.dup('f')));
        assertClose(byColumn.forward(inputs(x, 4)), rowByRow.forward(inputs(x, 4)), 1e-14);
        Map<String, INDArray> expected = rowByRow.backward(seed);
        byColumn.backward(seed).forEach((name, g) -> assertClose(g, gradient(expected, name), 1e-14));
    }

    /** Weights that are read twice: the second gradient is added to the first, also where a tap reaches nothing. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 3", "7, 2"})
    void gradientsOfSharedWeightsAreSummed(int steps, int sequences) {
        CompiledFunction function = ofTwo(TWO, (sd, in, p) -> {
            SDVariable w = p.get("A/W");
            SDVariable y = new ShiftedProduct(sd, in.get("x"), w, in.get("steps"), -5, 0, 5).outputVariable();
            return new ShiftedProduct(sd, sd.math.tanh(y), w, in.get("steps"), -1, 0, 1).outputVariable();
        });
        assertGradientsAreRight(function, steps, sequences);
    }

    /** Weights side by side that read other steps of the same input are two products. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 3", "7, 2"})
    void otherShiftsAreNotJoined(int steps, int sequences) {
        CompiledFunction.Body body = (sd, in, p) -> {
            SDVariable x = in.get("x");
            SDVariable a = new ShiftedProduct(sd, x, p.get("A/W"), in.get("steps"), 0, 1, 2).outputVariable();
            SDVariable b = new ShiftedProduct(sd, x, p.get("B/W"), in.get("steps"), -1, 0, 1).outputVariable();
            return sd.math.tanh(a).mul(b).add(x);
        };
        CompiledFunction function = ofTwo(TWO, body);
        Map<String, INDArray> apart = new HashMap<>();
        TWO.forEach((name, array) -> apart.put(name, array.dup('c')));
        Map<String, INDArray> inputs = inputs(normal(2, (long) steps * sequences, 2), steps);
        assertClose(function.infer(inputs), ofTwo(apart, body).infer(inputs), 1e-14);
        assertGradientsAreRight(function, steps, sequences);
    }

    private static final Map<String, INDArray> TWO =
            joinedLike(Map.of("A/W", normal(1, 6, 2), "B/W", normal(2, 6, 2)), DataType.DOUBLE);

    private static CompiledFunction ofTwo(Map<String, INDArray> params, CompiledFunction.Body body) {
        params.forEach((name, array) -> array.assign(normal(name.charAt(0), array.shape())));
        Map<String, long[]> shapes = Map.of("x", new long[] {-1, 2}, "steps", new long[] {-1, -1});
        return new CompiledFunction(DataType.DOUBLE, shapes, List.of("x"), params, body);
    }

    private static void assertGradientsAreRight(CompiledFunction function, int steps, int sequences) {
        INDArray x = normal(2, (long) steps * sequences, 2);
        Map<String, INDArray> arrays = new HashMap<>(TWO);
        arrays.put("x", x);
        NumericGradient.assertRightAt(function, inputs(x, steps), arrays);
    }

    private static Stack stack(int width, int depth, boolean layerNorm) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < depth; i++) {
            Taps taps = new Taps(3, 1 << i, i % 2 == 0 ? Padding.CAUSAL : Padding.SAME);
            blocks.add(new HighwayBlock(new DenseBlock(width, width, Activation.TANH, layerNorm, taps), -1));
        }
        return new Stack(blocks);
    }

    private static Map<String, INDArray> joinedLike(Map<String, INDArray> params, DataType type) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        params.forEach((name, array) -> shapes.put(name, array.shape()));
        return SideBySideTest.sideBySide(shapes, type);
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void transformAndGateSideBySideGiveWhatTheyGiveApart(boolean masked, boolean layerNorm) {
        Stack stack = stack(4, 3, layerNorm);
        SequenceFunction apart = SequenceFunction.random(stack, DataType.DOUBLE, masked, 3);
        Map<String, INDArray> params = joinedLike(apart.params(), DataType.DOUBLE);
        params.forEach((name, array) -> array.assign(apart.params().get(name)));
        SequenceFunction joined = SequenceFunction.of(stack, DataType.DOUBLE, masked, params);
        Map<String, INDArray> gradientArrays = joinedLike(apart.params(), DataType.DOUBLE);
        joined.function().setGradientArrays(gradientArrays);
        for (int[] size : new int[][] {{5, 3}, {1, 1}, {2, 4}, {20, 1}}) {
            INDArray x = normal(4, (long) size[0] * size[1], 4);
            INDArray seed = normal(5, x.shape());
            Map<String, INDArray> inputs = masked
                    ? inputs(x, size[0], normal(6, x.size(0), 1).gt(-1).castTo(DataType.DOUBLE))
                    : inputs(x, size[0]);
            assertClose(joined.function().forward(inputs), apart.function().forward(inputs), 1e-13);
            Map<String, INDArray> expected = apart.function().backward(seed);
            joined.function().backward(seed).forEach((name, g) -> {
                assertClose(g, gradient(expected, name), 1e-12);
                assertThat(name.equals("x") || g == gradientArrays.get(name)).isTrue();
            });
        }
    }

    @Test
    void transformAndGateAreOneProductForEachTap() throws Exception {
        Stack stack = stack(4, 1, false);
        SequenceFunction apart = SequenceFunction.random(stack, DataType.DOUBLE, false, 3);
        SequenceFunction joined =
                SequenceFunction.of(stack, DataType.DOUBLE, false, joinedLike(apart.params(), DataType.DOUBLE));
        assertThat(ops(joined.function())).isEqualTo(ops(apart.function()) - 3);
    }

    /** How many native ops a second inference takes. */
    private static int ops(CompiledFunction function) throws Exception {
        Map<String, INDArray> inputs = inputs(normal(4, 10, 4), 5);
        try (Faults faults = new Faults()) {
            function.infer(inputs);
            return faults.count(() -> function.infer(inputs));
        }
    }

    @Test
    void hundredsOfLengthsNeedLittleMoreMemoryThanTheLongest() {
        int sequences = 16;
        int width = 16;
        SequenceFunction f = SequenceFunction.random(stack(width, 2, false), DataType.FLOAT, false, 3);
        step(f, 300, sequences, width);
        long one = f.function().plans().bytes();
        assertThat(one).isGreaterThan(2L << 20);
        long before = Pointer.physicalBytes();
        long highest = 0;
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            step(f, 1 + random.nextInt(300), sequences, width);
            highest = Math.max(highest, Pointer.physicalBytes());
            assertThat(f.function().plans().bytes()).isLessThan(one + PlanCache.MAX_IDLE_BYTES);
            assertThat(f.function().plans().size()).isLessThanOrEqualTo(PlanCache.MAX_PLANS);
        }
        assertThat(highest - before).isLessThan(PlanCache.MAX_IDLE_BYTES + (200L << 20));
    }

    private static void step(SequenceFunction f, int steps, int sequences, int width) {
        INDArray x = Nd4j.ones(DataType.FLOAT, (long) steps * sequences, width);
        Map<String, INDArray> inputs = inputs(x, steps);
        f.function().forward(inputs);
        f.function().backward(x);
        inputs.values().forEach(INDArray::close);
    }

    @Test
    void theNextStepIsRightAfterAFaultAtAnyOp() throws Exception {
        // Two of the taps reach nothing, and no tap is without a shift: results are cleared.
        Stack stack = new Stack(List.of(
                new HighwayBlock(new DenseBlock(3, 3, Activation.TANH, false, new Taps(3, 2, Padding.CAUSAL)), -1),
                new DenseBlock(3, 3, Activation.TANH, false, new Taps(2, 2, Padding.SAME))));
        Map<String, INDArray> first =
                inputs(normal(1, 4, 3), 2, normal(4, 4, 1).gt(0).castTo(DataType.DOUBLE));
        Map<String, INDArray> second =
                inputs(normal(2, 8, 3), 4, normal(5, 8, 1).gt(0).castTo(DataType.DOUBLE));
        for (boolean compiled : new boolean[] {false, true}) {
            Map<String, INDArray> expected = pass(SequenceFunction.random(stack, DataType.DOUBLE, true, 3), second);
            int op = 0;
            boolean cut = true;
            try (Faults faults = new Faults()) {
                while (cut) {
                    op++;
                    SequenceFunction f = SequenceFunction.random(stack, DataType.DOUBLE, true, 3);
                    if (compiled) {
                        pass(f, second);
                    }
                    cut = faults.cutShort(op, () -> pass(f, first));
                    assertThat(pass(f, second)).as("op %d", op).isEqualTo(expected);
                }
            }
            assertThat(op).isGreaterThan(30);
        }
    }

    private static Map<String, INDArray> pass(SequenceFunction f, Map<String, INDArray> inputs) {
        Map<String, INDArray> results = new HashMap<>();
        INDArray output = f.function().forward(inputs);
        results.put("output", output.dup());
        f.function().backward(normal(9, output.shape())).forEach((name, g) -> results.put(name, g.dup()));
        return results;
    }

    @Test
    void isRefusedBesideAnOpThatOnlyASessionCanRun() {
        Taps taps = new Taps(2, 1, Padding.CAUSAL);
        DenseBlock block = new DenseBlock(3, 2, Activation.TANH, false, taps);
        Map<String, INDArray> params = new LinkedHashMap<>();
        for (ParamSpec param : block.params()) {
            params.put(param.name(), normal(1, param.shape()));
        }
        Map<String, long[]> shapes = Map.of("x", new long[] {-1, 3}, "steps", new long[] {-1, -1});
        assertThatThrownBy(() -> new CompiledFunction(
                        DataType.DOUBLE,
                        shapes,
                        List.of("x"),
                        params,
                        (sd, in, p) -> block.apply(
                                        sd, in.get("x"), SequenceFunction.params(p::get, in.get("steps"), null))
                                .add(sd.random.uniform(0, 1, DataType.DOUBLE, 1, 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an op over time steps, images or depth runs only in a plan, which cannot have the op"
                        + " distribution_uniform; leave that out of the function");
    }

    @Test
    void refusesRowsThatAreNotTheStepsOfTheSequences() {
        CompiledFunction function = function(new Taps(2, 1, Padding.CAUSAL), 3, Map.of("W", normal(1, 6, 2)));
        Map<String, INDArray> inputs = new HashMap<>(inputs(normal(2, 8, 3), 4));
        inputs.put("steps", Nd4j.zeros(DataType.DOUBLE, 3, 2));
        assertThatThrownBy(() -> function.infer(inputs))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a product over time steps needs rows of shape [steps·sequences, features], got [8, 3] with"
                        + " [steps, sequences] = [3, 2]");
    }

    @Test
    void refusesWeightsOfAnotherNumberOfTaps() {
        CompiledFunction function = function(new Taps(3, 1, Padding.CAUSAL), 3, Map.of("W", normal(1, 6, 2)));
        assertThatThrownBy(() -> function.infer(inputs(normal(2, 8, 3), 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the weights of a product over time steps must have 3·3 rows (taps times features), got the"
                        + " shape [6, 2]");
    }
}
