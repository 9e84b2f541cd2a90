package org.gatedepth.plan.lowering;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.gatedepth.plan.graph.Node;
import org.gatedepth.plan.graph.Value;
import org.gatedepth.plan.tile.ElementwiseOp;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Lowers {@code add_positions}, {@code y_t = x_t + p_t} for the rows of each time step, to a loop for each step; and
 * the gradient of a table of positions to a sum for each step.
 */
final class PositionLowering {
    private PositionLowering() {}

    /** Adds the calls for a node, or says that it is another op. */
    static boolean lower(Node node, Emitter emitter) {
        switch (node.op().opName()) {
            case "add_positions" -> add(node, emitter);
            case "add_positions_bp" -> tableGradient(node, emitter);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void add(Node node, Emitter emitter) {
        Value read = node.inputs().get(0);
        INDArray x = emitter.computed(read);
        long[] sizes = sizes(node, x, emitter);
        boolean learned = node.inputs().size() == 3;
        INDArray table = learned
                ? emitter.computed(node.inputs().get(2))
                : sinusoids(emitter.create(x.dataType(), sizes[0], x.size(1)));
        requireRows(table, sizes[0]);
        if (!emitter.loopsOverRows(x, table)) {
            throw new IllegalArgumentException(
                    "positions are added on the CPU, in float or double, got " + x.dataType());
        }
        INDArray y = emitter.allocate(node.result(), x.shape());
        Value position = node.result().as(Value.Role.SCALAR);
        long count = sizes[1];
        for (long t = 0; t < sizes[0]; t++) {
            long from = t * count;
            Map<Value, INDArray> arrays =
                    Map.of(read, ShiftedRows.rows(x, from, from + count), position, ShiftedRows.rows(table, t, t + 1));
            LoopBuilder loop = new LoopBuilder(x.dataType(), new long[] {count, x.size(1)});
            loop.apply(node.result(), ElementwiseOp.ADD, List.of(read, position), arrays::get);
            emitter.add(loop.build(values -> ShiftedRows.rows(y, from, from + count))::run);
        }
    }

    private static void tableGradient(Node node, Emitter emitter) {
        INDArray g = emitter.computed(node.inputs().get(0));
        long[] sizes = sizes(node, g, emitter);
        INDArray table = emitter.computed(node.inputs().get(2));
        requireRows(table, sizes[0]);
        INDArray gTable = emitter.allocate(node.result(), table.shape());
        INDArray ones = emitter.create(g.dataType(), 1, sizes[1]).assign(1);
        for (long t = 0; t < sizes[0]; t++) {
            INDArray ofStep = ShiftedRows.rows(g, t * sizes[1], (t + 1) * sizes[1]);
            emitter.multiply(ones, false, ofStep, false, ShiftedRows.rows(gTable, t, t + 1), false);
        }
        if (sizes[0] < table.size(0)) {
            emitter.clear(ShiftedRows.rows(gTable, sizes[0], table.size(0)));
        }
    }

    /** The numbers of steps and of sequences. */
    private static long[] sizes(Node node, INDArray rows, Emitter emitter) {
        long[] sizes = emitter.shape(node.inputs().get(1));
        if (rows.rank() != 2 || sizes.length != 2 || rows.size(0) != sizes[0] * sizes[1]) {
            throw new IllegalArgumentException("positions need rows of shape [steps·sequences, features], got "
                    + Arrays.toString(rows.shape()) + " with [steps, sequences] = " + Arrays.toString(sizes));
        }
        return sizes;
    }

    private static void requireRows(INDArray table, long steps) {
        if (table.size(0) < steps) {
            throw new IllegalArgumentException(
                    "there are positions for " + table.size(0) + " steps, but the sequences have " + steps);
        }
    }

    /** Fills a table: features 2i and 2i+1 of row t are the sine and the cosine of {@code t/10000^(2i/features)}. */
    private static INDArray sinusoids(INDArray table) {
        int features = (int) table.size(1);
        double[][] values = new double[(int) table.size(0)][features];
        for (int t = 0; t < values.length; t++) {
            for (int i = 0; i < features; i++) {
                double angle = t / Math.pow(10_000, (i - i % 2) / (double) features);
                values[t][i] = i % 2 == 0 ? Math.sin(angle) : Math.cos(angle);
            }
        }
        return table.assign(Nd4j.createFromArray(values).castTo(table.dataType()));
    }
}
