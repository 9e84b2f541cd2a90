package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.gatedepth.block.recurrence.Cell;
import org.gatedepth.block.recurrence.RecurrentHighwayCell;
import org.gatedepth.testing.CellFunction;
import org.gatedepth.testing.CellFunction.Layout;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.NumericGradient;
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
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** One compiled step on all steps: against the unrolled graph in SameDiff's session. */
@ExtendWith(DoublePrecision.class)
class ScanTest {

    private static Cell cell(int nIn, int nOut, int depth, boolean coupled) {
        return new RecurrentHighwayCell(nIn, nOut, depth, Activation.TANH, coupled, -1);
    }

    static Stream<Arguments> cases() {
        List<Arguments> all = new ArrayList<>();
        int[][] sizes = {{1, 1}, {2, 1}, {1, 5}, {5, 5}, {4, 2}};
        for (boolean coupled : new boolean[] {true, false}) {
            for (int depth = 1; depth <= 3; depth++) {
                for (boolean masked : new boolean[] {true, false}) {
                    int[] size = sizes[all.size() % sizes.length];
                    Layout layout = all.size() % 4 < 2 ? Layout.APART : Layout.SIDE_BY_SIDE;
                    boolean dropped = all.size() % 3 == 1;
                    all.add(Arguments.of(cell(3, 4, depth, coupled), masked, dropped, layout, size[0], size[1]));
                }
            }
        }
        // Of the activations those whose op is native, and which keep their input or their output.
        for (Activation activation :
                List.of(Activation.IDENTITY, Activation.RELU, Activation.GELU, Activation.SOFTMAX)) {
            boolean coupled = all.size() % 2 == 0;
            Cell cell = new RecurrentHighwayCell(2, 3, 2, activation, coupled, 0);
            all.add(Arguments.of(cell, coupled, !coupled, Layout.SIDE_BY_SIDE, 3, 3));
        }
        // All weights could stand in one matrix.
        all.add(Arguments.of(cell(4, 4, 2, true), false, true, Layout.SIDE_BY_SIDE, 4, 3));
        all.add(Arguments.of(cell(4, 4, 2, false), true, false, Layout.SIDE_BY_SIDE, 4, 3));
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isTheUnrolledGraph(Cell cell, boolean masked, boolean dropped, Layout layout, int steps, int sequences)
            throws Exception {
        CellFunction f = CellFunction.random(cell, DataType.DOUBLE, masked, dropped, layout, 3);
        Map<String, INDArray> gradients = CellFunction.arrays(cell, DataType.DOUBLE, layout);
        f.scan().setGradientArrays(gradients);
        for (int pass = 0; pass < 2; pass++) {
            Map<String, INDArray> inputs =
                    CellFunction.inputs(cell, DataType.DOUBLE, steps + pass, sequences, masked, dropped, 50 + pass);
            INDArray seed = normal(9, (long) (steps + pass) * sequences, cell.outputSize());
            SessionOracle oracle = unrolled(cell, f.params(), inputs, seed);

            assertClose(f.output(inputs), oracle.output(), 1e-10);
            assertClose(f.scan().forward(inputs), oracle.output(), 1e-10);
            // Twice: what the forward pass kept stays.
            for (int i = 0; i < 2; i++) {
                Map<String, INDArray> actual = f.scan().backward(seed);
                f.params().keySet().forEach(name -> assertThat(actual.get(name)).isSameAs(gradients.get(name)));
                actual.forEach(
                        (name, gradient) -> assertClose(gradient, gradient(oracle, name, gradient.shape()), 1e-10));
            }
        }
        f.scan().close();
    }

    private static INDArray gradient(SessionOracle oracle, String name, long[] shape) {
        if (!name.equals(Scan.INPUT)) {
            return oracle.gradients().get(name);
        }
        List<INDArray> all = new ArrayList<>();
        for (int t = 0; oracle.gradients().containsKey("x" + t); t++) {
            all.add(oracle.gradients().get("x" + t));
        }
        return Nd4j.concat(0, all.toArray(INDArray[]::new)).reshape('c', shape);
    }

    /** The same equations, written once for each step. */
    private static SessionOracle unrolled(
            Cell cell, Map<String, INDArray> params, Map<String, INDArray> inputs, INDArray seed) throws Exception {
        INDArray x = inputs.get(Scan.INPUT);
        Map<String, INDArray> all = new LinkedHashMap<>();
        for (int t = 0; t < x.size(0); t++) {
            all.put(
                    "x" + t,
                    x.get(NDArrayIndex.point(t), NDArrayIndex.all(), NDArrayIndex.all())
                            .reshape(x.size(1), x.size(2)));
            if (inputs.containsKey(Scan.MASK)) {
                all.put(
                        "mask" + t,
                        inputs.get(Scan.MASK)
                                .get(NDArrayIndex.interval(t * x.size(1), (t + 1) * x.size(1)), NDArrayIndex.all()));
            }
        }
        inputs.forEach((name, array) -> {
            if (name.startsWith("dropOut/") || name.equals(Scan.STATE)) {
                all.put(name, array);
            }
        });
        return SessionOracle.of(
                (sd, in, p) -> {
                    SDVariable state = in.get(Scan.STATE);
                    List<SDVariable> states = new ArrayList<>();
                    for (int t = 0; t < x.size(0); t++) {
                        SDVariable mask = inputs.containsKey(Scan.MASK) ? in.get("mask" + t) : null;
                        CellFunction.CellParams own = new CellFunction.CellParams(p, mask) {
                            @Override
                            public SDVariable dropOut(String scope, SDVariable read, long size) {
                                String name = "dropOut/" + scope;
                                return inputs.containsKey(name) ? read.mul(in.get(name)) : read;
                            }
                        };
                        state = cell.step(sd, cell.project(sd, in.get("x" + t), own), state, own);
                        states.add(state);
                    }
                    return states.size() == 1 ? state : sd.concat(0, states.toArray(SDVariable[]::new));
                },
                DataType.DOUBLE,
                all,
                params,
                seed);
    }

    /** Where SameDiff's session cannot compute the gradient: its op fails for matrices of one element. */
    @ParameterizedTest
    @CsvSource({"true, 1", "true, 2", "false, 1", "false, 3"})
    void gradientsOfOneUnitAreRight(boolean coupled, int sequences) {
        for (int depth = 1; depth <= 2; depth++) {
            Cell cell = cell(1, 1, depth, coupled);
            CellFunction f = CellFunction.random(cell, DataType.DOUBLE, true, true, Layout.SIDE_BY_SIDE, 3);
            Map<String, INDArray> inputs = CellFunction.inputs(cell, DataType.DOUBLE, 5, sequences, true, true, 7);
            Map<String, INDArray> arrays = new LinkedHashMap<>(f.params());
            arrays.put(Scan.INPUT, inputs.get(Scan.INPUT));
            arrays.put(Scan.STATE, inputs.get(Scan.STATE));
            NumericGradient.assertRightAt(f.scan(), inputs, arrays);
        }
    }

    @Test
    void computesAlikeInFloat() {
        for (boolean coupled : new boolean[] {true, false}) {
            Cell cell = cell(6, 9, 2, coupled);
            CellFunction f = CellFunction.random(cell, DataType.FLOAT, true, true, Layout.SIDE_BY_SIDE, 3);
            CellFunction d = CellFunction.random(cell, DataType.DOUBLE, true, true, Layout.SIDE_BY_SIDE, 3);
            Map<String, INDArray> inputs = CellFunction.inputs(cell, DataType.DOUBLE, 12, 5, true, true, 7);
            Map<String, INDArray> floats = new HashMap<>();
            inputs.forEach((name, array) -> floats.put(name, array.castTo(DataType.FLOAT)));
            INDArray seed = normal(9, 60, 9);
            assertClose(
                    f.scan().forward(floats).castTo(DataType.DOUBLE), d.scan().forward(inputs), 1e-5);
            Map<String, INDArray> expected = d.scan().backward(seed);
            f.scan()
                    .backward(seed.castTo(DataType.FLOAT))
                    .forEach((name, gradient) ->
                            assertClose(gradient.castTo(DataType.DOUBLE), expected.get(name), 1e-4));
        }
    }

    /** Also over what is projected at once: pieces of 4 MiB. */
    @Test
    void aSequenceIsItsPartsOneAfterTheOther() {
        Cell cell = cell(3, 128, 1, true);
        CellFunction f = CellFunction.random(cell, DataType.DOUBLE, 3);
        f.params().values().forEach(array -> array.muli(0.1));
        Map<String, INDArray> inputs = CellFunction.inputs(cell, DataType.DOUBLE, 700, 5, false, false, 7);
        INDArray whole = f.output(inputs);
        INDArray x = inputs.get(Scan.INPUT);
        Map<String, INDArray> part = new HashMap<>(inputs);
        for (int[] steps : new int[][] {{0, 300}, {300, 301}, {301, 700}}) {
            part.put(
                    Scan.INPUT,
                    x.get(NDArrayIndex.interval(steps[0], steps[1]), NDArrayIndex.all(), NDArrayIndex.all()));
            INDArray y = f.output(part);
            INDArray expected = whole.get(NDArrayIndex.interval(5 * steps[0], 5 * steps[1]), NDArrayIndex.all());
            assertClose(y, expected, 1e-12);
            part.put(
                    Scan.STATE,
                    y.get(NDArrayIndex.interval(y.size(0) - 5, y.size(0)), NDArrayIndex.all())
                            .dup());
        }
    }

    @Test
    void aSeedOfTheLastStepsTakesTheStepsBeforeForConstants() {
        Cell cell = cell(3, 4, 2, false);
        CellFunction f = CellFunction.random(cell, DataType.DOUBLE, 3);
        Map<String, INDArray> inputs = CellFunction.inputs(cell, DataType.DOUBLE, 7, 2, false, false, 7);
        INDArray seed = normal(9, 6, 4);
        f.scan().forward(inputs);
        Map<String, INDArray> actual = copies(f.scan().backward(seed));
        INDArray states = f.output(inputs);
        Map<String, INDArray> last = new HashMap<>();
        INDArray x = inputs.get(Scan.INPUT);
        last.put(Scan.INPUT, x.get(NDArrayIndex.interval(4, 7), NDArrayIndex.all(), NDArrayIndex.all()));
        last.put(Scan.STATE, states.get(NDArrayIndex.interval(6, 8), NDArrayIndex.all()));
        f.scan().forward(last);
        Map<String, INDArray> expected = copies(f.scan().backward(seed));
        INDArray ofInput = actual.remove(Scan.INPUT);
        assertClose(
                ofInput.get(NDArrayIndex.interval(4, 7), NDArrayIndex.all(), NDArrayIndex.all())
                        .dup(),
                expected.remove(Scan.INPUT),
                1e-12);
        assertThat(ofInput.get(NDArrayIndex.interval(0, 4), NDArrayIndex.all(), NDArrayIndex.all())
                        .dup()
                        .amaxNumber()
                        .doubleValue())
                .isZero();
        actual.forEach((name, gradient) -> assertClose(gradient, expected.get(name), 1e-12));
    }

    private static Map<String, INDArray> copies(Map<String, INDArray> arrays) {
        Map<String, INDArray> copies = new HashMap<>();
        arrays.forEach((name, array) -> copies.put(name, array.dup('c')));
        return copies;
    }
}
