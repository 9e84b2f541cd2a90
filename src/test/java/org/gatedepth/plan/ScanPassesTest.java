package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.gatedepth.block.recurrence.Cell;
import org.gatedepth.block.recurrence.RecurrentHighwayCell;
import org.gatedepth.testing.CellFunction;
import org.gatedepth.testing.CellFunction.Layout;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.NumericGradient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Scans: what lasts from pass to pass, and which bodies are none. */
@ExtendWith(DoublePrecision.class)
class ScanPassesTest {

    private static Cell cell(int nIn, int nOut, int depth, boolean coupled) {
        return new RecurrentHighwayCell(nIn, nOut, depth, Activation.TANH, coupled, -1);
    }

    private static Map<String, INDArray> copies(Map<String, INDArray> arrays) {
        Map<String, INDArray> copies = new HashMap<>();
        arrays.forEach((name, array) -> copies.put(name, array.dup('c')));
        return copies;
    }

    @Test
    void inferenceDoesNotDisturbAPendingBackwardPass() {
        Cell cell = cell(3, 4, 2, true);
        CellFunction f = CellFunction.random(cell, DataType.DOUBLE, 3);
        Map<String, INDArray> inputs = CellFunction.inputs(cell, DataType.DOUBLE, 6, 2, false, false, 7);
        INDArray seed = normal(9, 12, 4);
        f.scan().forward(inputs);
        Map<String, INDArray> expected = copies(f.scan().backward(seed));
        f.scan().forward(inputs);
        // Longer, of more sequences, and changed by the caller since.
        f.scan().infer(CellFunction.inputs(cell, DataType.DOUBLE, 30, 5, false, false, 8));
        inputs.values().forEach(array -> array.assign(7));
        f.scan().backward(seed).forEach((name, gradient) -> assertClose(gradient, expected.get(name), 0));
    }

    @Test
    void threeHundredLengthsTakeTheMemoryOfTheLongest() {
        Cell cell = cell(3, 8, 2, false);
        CellFunction f = CellFunction.random(cell, DataType.FLOAT, true, false, Layout.SIDE_BY_SIDE, 3);
        CellFunction once =
                new CellFunction(CellFunction.scan(cell, DataType.FLOAT, true, false, f.params()), f.params());
        run(once, cell, 200, 9);
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            run(f, cell, 1 + random.nextInt(200), 1 + random.nextInt(9));
        }
        run(f, cell, 200, 9);
        assertThat(f.scan().bytes())
                .isPositive()
                .isLessThanOrEqualTo(once.scan().bytes() * 5 / 4);
        f.scan().close();
        assertThat(f.scan().bytes()).isZero();
    }

    private static void run(CellFunction f, Cell cell, int steps, int sequences) {
        Map<String, INDArray> inputs = CellFunction.inputs(cell, DataType.FLOAT, steps, sequences, true, false, 7);
        f.scan().infer(inputs);
        INDArray y = f.scan().forward(inputs);
        assertThat(y.shape()).containsExactly((long) steps * sequences, cell.outputSize());
        f.scan().backward(y.dup());
    }

    @Test
    void tenThousandStepsTakeFiftyTimesTheMemoryOfTwoHundred() {
        Cell cell = cell(3, 4, 1, true);
        CellFunction f = CellFunction.random(cell, DataType.FLOAT, true, false, Layout.SIDE_BY_SIDE, 3);
        run(f, cell, 200, 2);
        long bytes = f.scan().bytes();
        run(f, cell, 10_000, 2);
        assertThat(f.scan().bytes()).isLessThanOrEqualTo(50 * bytes);
    }

    @Test
    void aForwardPassThatIsCutShortIsNotDifferentiated() {
        Cell cell = cell(3, 4, 1, true);
        CellFunction f = CellFunction.random(cell, DataType.DOUBLE, 3);
        Map<String, INDArray> inputs = CellFunction.inputs(cell, DataType.DOUBLE, 6, 2, false, false, 7);
        assertThatThrownBy(() -> f.scan().backward(normal(9, 12, 4)))
                .hasMessage("backward needs a forward pass before it");
        f.scan().forward(inputs);
        Map<String, INDArray> wrong = new HashMap<>(inputs);
        wrong.put(Scan.INPUT, normal(1, 6, 2, 5));
        assertThatThrownBy(() -> f.scan().forward(wrong))
                .hasMessage("a scan needs an input of shape [steps, sequences, 3], got [6, 2, 5]");
        wrong.put(Scan.INPUT, normal(1, 6, 3, 3));
        assertThatThrownBy(() -> f.scan().infer(wrong))
                .hasMessage("a scan of 6 steps of 3 sequences needs a state of shape [3, 4], got [2, 4]");
        wrong.remove(Scan.STATE);
        wrong.put(Scan.MASK, normal(1, 6, 1));
        assertThatThrownBy(() -> f.scan().infer(wrong))
                .hasMessage("a scan of 6 steps of 3 sequences needs a mask of shape [18, 1], got [6, 1]");
        f.scan().forward(inputs);
        for (INDArray seed : List.of(normal(1, 11, 4), normal(1, 14, 4), normal(1, 12, 3))) {
            assertThatThrownBy(() -> f.scan().backward(seed))
                    .hasMessageStartingWith("a seed needs the shape [steps·sequences, features] = [12, 4], or the"
                            + " rows of the last steps alone, got [");
        }
        f.scan().close();
        assertThatThrownBy(() -> f.scan().infer(inputs)).hasMessage("this function has been closed");
    }

    private static Scan scan(Map<String, INDArray> params, Scan.Body body) {
        return new Scan(DataType.DOUBLE, 3, 4, false, params, body);
    }

    private record Written(BiFunction<SDVariable, CompiledFunction.Variables, SDVariable> project, Step step)
            implements Scan.Body {
        interface Step {
            SDVariable of(SDVariable projected, SDVariable state, CompiledFunction.Variables params);
        }

        @Override
        public List<SDVariable> project(SameDiff sd, SDVariable x, CompiledFunction.Variables params) {
            return List.of(project.apply(x, params));
        }

        @Override
        public SDVariable step(
                SameDiff sd,
                List<SDVariable> projected,
                SDVariable state,
                @Nullable SDVariable mask,
                CompiledFunction.Variables params) {
            return step.of(projected.get(0), state, params);
        }
    }

    /** The state of another cell: what is projected and the state are added, as a running sum. */
    @Test
    void runsAnyStepOfProductsAndElementwiseOps() {
        Map<String, INDArray> params = Map.of("W", normal(1, 3, 4));
        Scan sum = scan(params, new Written((x, p) -> x.mmul(p.get("W")), (x, s, p) -> x.add(s)));
        INDArray x = normal(2, 5, 2, 3);
        INDArray y = sum.forward(Map.of(Scan.INPUT, x));
        INDArray expected = Nd4j.zeros(DataType.DOUBLE, 2, 4);
        for (int t = 0; t < 5; t++) {
            INDArray own = x.get(NDArrayIndex.point(t), NDArrayIndex.all(), NDArrayIndex.all());
            expected.addi(own.reshape(2, 3).mmul(params.get("W")));
            assertClose(y.dup('c').get(NDArrayIndex.interval(2 * t, 2 * t + 2), NDArrayIndex.all()), expected, 1e-12);
        }
        NumericGradient.assertRightAt(sum, Map.of(Scan.INPUT, x, Scan.STATE, normal(3, 2, 4)), params);
    }

    @Test
    void refusesABodyThatIsNoScanInOneSentence() {
        Map<String, INDArray> params = Map.of("W", normal(1, 3, 4), "gain", normal(1, 1, 4));
        assertThatThrownBy(() ->
                        scan(params, new Written((x, p) -> x.mmul(p.get("W")).add(1), (x, s, p) -> x.add(s))))
                .hasMessageStartingWith("what is projected must be a product of the input, or of the input times a"
                        + " placeholder, and a parameter, but \"");
        assertThatThrownBy(() -> scan(
                        params,
                        new Written(
                                (x, p) -> x.mmul(p.get("W")),
                                (x, s, p) -> s.mul(p.get("gain")).add(x))))
                .hasMessage("a step reads its parameters as matrices of products and as rows that are added, but"
                        + " \"gain\" of shape [1, 4] is read by the op multiply");
        assertThatThrownBy(() -> scan(params, new Written((x, p) -> x.mmul(p.get("W")), (x, s, p) -> s.mul(2))))
                .hasMessageStartingWith("the new state of a step must depend on the state before and on all that is"
                        + " projected, but not on \"");
    }
}
