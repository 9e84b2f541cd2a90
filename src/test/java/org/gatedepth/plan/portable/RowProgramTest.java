package org.gatedepth.plan.portable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.gatedepth.plan.tile.ElementwiseOp;
import org.gatedepth.plan.tile.FloatTile;
import org.junit.jupiter.api.Test;

/** Programs whose results were derived by hand. */
class RowProgramTest {
    private static final float ROUNDING = 1e-6f;

    /** A program of one output. */
    private static RowProgram program(int inputs, int register, int columns, Step... steps) {
        return new RowProgram(inputs, 8, 5, List.of(new RowProgram.Output(List.of(steps), register, columns)));
    }

    /** A product of the input, whose rows are summed in the last register. */
    private static Step product(float[][] weights, float[] bias, int y) {
        return new Step.Product(0, weights, bias, 4, new int[] {y}, new int[] {bias.length});
    }

    private static float[] run(RowProgram program, int output, float[]... rows) {
        FloatTile registers = program.registers();
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(
                    rows[row], 0, registers.register(RowProgram.INPUT), row * rows[row].length, rows[row].length);
        }
        float[] result = null;
        for (int o = 0; o <= output; o++) {
            result = program.run(registers, rows.length, o);
        }
        return Arrays.copyOf(result, rows.length * program.columns(output));
    }

    // Four rows of the matrix at once and one by itself.
    @Test
    void multipliesAndAddsABias() {
        float[][] weights = {{1, 0}, {0, 1}, {2, 2}, {1, -1}, {10, 100}};
        RowProgram program = program(5, 1, 2, product(weights, new float[] {0.5f, -0.5f}, 1));

        assertThat(run(program, 0, new float[] {1, 2, 3, 4, 5}, new float[] {0, 1, 0, 0, 1}))
                .containsExactly(1 + 6 + 4 + 50 + 0.5f, 2 + 6 - 4 + 500 - 0.5f, 10.5f, 100.5f);
        assertThat(program.multiplications()).isEqualTo(10);
    }

    @Test
    void multipliesBySeveralMatricesAtOnce() {
        float[][] weights = {{1, 2, 3}, {4, 5, 6}};
        RowProgram program = program(
                2,
                3,
                3,
                new Step.Product(0, weights, new float[] {0, 0, 1}, 4, new int[] {1, 2}, new int[] {1, 2}),
                new Step.Join(new int[] {2, 1}, new int[] {2, 1}, 3));

        assertThat(run(program, 0, new float[] {1, 0}, new float[] {1, 1})).containsExactly(2, 4, 1, 7, 10, 5);
    }

    @Test
    void looksUpTheRowThatAColumnNames() {
        float[][] table = {{1, 2}, {3, 4}, {5, 6}};
        RowProgram program = program(2, 1, 2, new Step.Lookup(0, 2, 1, table, new float[] {0, 1}, 1));

        assertThat(run(program, 0, new float[] {7, 2}, new float[] {7, 0})).containsExactly(5, 7, 1, 3);
    }

    @Test
    void joinsAndSelectsColumns() {
        RowProgram program =
                program(3, 3, 5, new Step.Columns(0, 3, 1, 2, 1), new Step.Join(new int[] {1, 0}, new int[] {2, 3}, 3));

        assertThat(run(program, 0, new float[] {1, 2, 3}, new float[] {4, 5, 6}))
                .containsExactly(2, 3, 1, 2, 3, 5, 6, 4, 5, 6);
    }

    @Test
    void computesElementByElement() {
        RowProgram program = program(
                2,
                3,
                2,
                new Step.Constant(new float[] {10, 20}, 1),
                new Step.Elementwise(ElementwiseOp.SUBTRACT, 1, 0, 2, 2),
                new Step.Pointwise(PointFunction.LEAKY_RELU, 0.5, 2, 2, 3));

        assertThat(run(program, 0, new float[] {1, 2}, new float[] {14, 30})).containsExactly(9, 18, -2, -5);
    }

    @Test
    void givesTheSoftmaxOfEachRow() {
        RowProgram program = program(2, 1, 2, Step.Softmax.of(0, 2, 1));
        float third = (float) Math.log(3);

        assertThat(run(program, 0, new float[] {0, third}, new float[] {5, 5}, new float[] {1000, 0}))
                .containsExactly(new float[] {0.25f, 0.75f, 0.5f, 0.5f, 1, 0}, within(ROUNDING));
    }

    @Test
    void functionsHaveTheValuesOfTheirFormulas() {
        assertThat(PointFunction.ELU.of(-1, 2)).isEqualTo(2 * (Math.exp(-1) - 1), within(1e-12));
        assertThat(PointFunction.SOFTPLUS.of(-800, 0)).isZero();
        assertThat(PointFunction.SOFTPLUS.of(800, 0)).isEqualTo(800);
        assertThat(PointFunction.HARD_SIGMOID.of(1, 0)).isEqualTo(0.7, within(1e-12));
        assertThat(PointFunction.RELU6.of(7, 0)).isEqualTo(6);
        assertThat(PointFunction.GREATER.of(1, 1)).isZero();
        assertThat(PointFunction.SOFTSIGN.of(-3, 0)).isEqualTo(-0.75);
    }

    /** What leads to the second output goes on from the first one. */
    private static RowProgram ofTwoOutputs() {
        return new RowProgram(
                1,
                1,
                5,
                List.of(
                        new RowProgram.Output(List.of(product(new float[][] {{2}}, new float[] {1}, 1)), 1, 1),
                        new RowProgram.Output(
                                List.of(new Step.Elementwise(ElementwiseOp.MULTIPLY, 1, 1, 1, 2)), 2, 1)));
    }

    @Test
    void goesOnFromOneOutputToTheNext() {
        assertThat(run(ofTwoOutputs(), 0, new float[] {3})).containsExactly(7);
        assertThat(run(ofTwoOutputs(), 1, new float[] {3})).containsExactly(49);
    }

    @Test
    void canBeWrittenAndRead() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(ofTwoOutputs());
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(run((RowProgram) in.readObject(), 1, new float[] {3})).containsExactly(49);
        }
    }

    @Test
    void runsInManyThreadsAtOnce() throws Exception {
        RowProgram program = ofTwoOutputs();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> results = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int x = t;
                results.add(threads.submit(() -> {
                    boolean right = true;
                    for (int i = 0; i < 10_000; i++) {
                        right &= run(program, 1, new float[] {x})[0] == (2 * x + 1) * (2 * x + 1);
                    }
                    return right;
                }));
            }
            for (Future<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void allocatesNothing() {
        RowProgram program = program(
                2,
                3,
                2,
                product(new float[][] {{1, 2}, {3, 4}}, new float[2], 1),
                new Step.Elementwise(ElementwiseOp.SIGMOID, 1, 1, 2, 2),
                Step.Softmax.of(2, 2, 3));
        FloatTile registers = program.registers();
        program.run(registers, 1, 0);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        for (int i = 0; i < 10_000; i++) {
            program.run(program.registers(), 1, 0);
        }

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }
}
