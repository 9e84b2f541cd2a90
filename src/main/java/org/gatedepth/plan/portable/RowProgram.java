package org.gatedepth.plan.portable;

import java.io.Serializable;
import java.util.List;
import org.gatedepth.plan.tile.FloatTile;

/**
 * A network that predicts rows in Java alone: products and loops over a few registers, which are Java arrays.
 *
 * <p>It takes no lock, calls no native code and allocates nothing but the registers of a thread that has none yet. Any
 * number of threads may run it at once. A stream holds all of it: where it is read there need be no ND4J.
 *
 * <p>Order of calls, in one thread: {@link #registers()}; the rows go into its register {@link #INPUT}, one after the
 * other; {@link #run} with the outputs from the first to the last one that is wanted.
 */
public final class RowProgram implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The register of the rows that are predicted. */
    public static final int INPUT = 0;

    /** Elements of a register that holds several rows: as many as those of the plan's loops. */
    private static final int ELEMENTS = 1024;

    /** More rows at once make it no faster. */
    static final int MOST_ROWS = 16;

    private static final ThreadLocal<FloatTile> REGISTERS = new ThreadLocal<>();

    private final int inputs;
    private final int widest;
    private final int count;
    private final List<Output> outputs;

    /**
     * What leads to an output from the one before.
     *
     * @param steps in their order
     * @param register of the output
     * @param columns of the output
     */
    public record Output(List<Step> steps, int register, int columns) implements Serializable {
        private static final long serialVersionUID = 1L;

        /** Copies the list. */
        public Output {
            steps = List.copyOf(steps);
        }
    }

    /**
     * A program.
     *
     * @param inputs columns of a row
     * @param widest the most columns of any matrix
     * @param count how many registers the steps use
     * @param outputs in the order in which they are computed, at least one
     */
    public RowProgram(int inputs, int widest, int count, List<Output> outputs) {
        this.inputs = inputs;
        this.widest = widest;
        this.count = count;
        this.outputs = List.copyOf(outputs);
    }

    /** How many rows of a program run at once whose widest matrix has so many columns. */
    public static int rowsAtOnce(int widest) {
        return Math.max(1, Math.min(MOST_ROWS, ELEMENTS / widest));
    }

    /** The highest number of rows of one {@link #run}. */
    public int rowsAtOnce() {
        return rowsAtOnce(widest);
    }

    /** Columns of a row. */
    public int inputs() {
        return inputs;
    }

    /** How many outputs there are. */
    public int outputs() {
        return outputs.size();
    }

    /** Columns of an output. */
    public int columns(int output) {
        return outputs.get(output).columns();
    }

    /** Multiplications of matrix products, a row. */
    public long multiplications() {
        return outputs.stream()
                .flatMap(output -> output.steps().stream())
                .mapToLong(step -> step instanceof Step.Product product
                        ? (long) product.weights().length * product.bias().length
                        : 0)
                .sum();
    }

    /** The registers of the calling thread, which all programs share. */
    public FloatTile registers() {
        FloatTile registers = REGISTERS.get();
        int size = rowsAtOnce() * widest;
        if (registers == null || registers.size() < size) {
            registers = new FloatTile(Math.max(size, ELEMENTS));
            REGISTERS.set(registers);
        }
        registers.require(count);
        return registers;
    }

    /**
     * Computes one output; those before it must have been computed of the same rows.
     *
     * @param registers those of the calling thread
     * @param rows how many, at most {@link #rowsAtOnce()}
     * @return the output, row by row, until the next run of a program in this thread; not to be changed
     */
    public float[] run(FloatTile registers, int rows, int output) {
        Output wanted = outputs.get(output);
        List<Step> steps = wanted.steps();
        for (int i = 0; i < steps.size(); i++) {
            steps.get(i).run(registers, rows);
        }
        return registers.register(wanted.register());
    }
}
