package org.gatedepth.plan.loop;

import java.util.List;
import org.gatedepth.plan.tile.RowOp;
import org.gatedepth.plan.tile.Rows;
import org.gatedepth.plan.tile.Tile;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A function of each row of a matrix, such as softmax, as one loop: it goes over the rows in tiles, as a
 * {@link FusedLoop} over the elements. A row may be longer than a register.
 */
public final class RowLoop implements Runnable {
    private final DataType type;
    private final int rows;
    private final int columns;
    private final List<FusedLoop.Memory> inputs;
    private final FusedLoop.Memory output;
    private final RowOp op;

    /**
     * A loop that is not run.
     *
     * @param inputs the operands, matrices of one shape, of which the elements of each row stand one after the other
     * @param output of that shape too; may be one of the inputs
     */
    public RowLoop(RowOp op, INDArray output, INDArray... inputs) {
        this.op = op;
        type = output.dataType();
        rows = (int) output.size(0);
        columns = (int) output.size(1);
        this.inputs = List.of(inputs).stream()
                .map(array -> FusedLoop.Memory.of(array, columns))
                .toList();
        this.output = FusedLoop.Memory.of(output, columns);
    }

    @Override
    public void run() {
        Tile tile = Tiles.of(type);
        Rows most = Rows.ofTile(columns, rows);
        tile.require((inputs.size() + op.ownOperands()) * most.parts());
        op.begin(tile, most);
        int result = inputs.size() - 1;
        for (int row = 0; row < rows; row += most.count()) {
            Rows some = new Rows(columns, row, Math.min(most.count(), rows - row));
            for (int i = 0; i < inputs.size(); i++) {
                load(tile, some, inputs.get(i), i);
            }
            op.run(tile, some);
            store(tile, some, result);
        }
    }

    private static void load(Tile tile, Rows some, FusedLoop.Memory memory, int operand) {
        for (int part = 0; part < some.parts(); part++) {
            memory.load(tile, some.register(operand, part), index(some, part), some.length(part));
        }
    }

    private void store(Tile tile, Rows some, int operand) {
        for (int part = 0; part < some.parts(); part++) {
            output.store(tile, some.register(operand, part), index(some, part), some.length(part));
        }
    }

    /** Where a part of the first row begins in the matrix. */
    private static int index(Rows some, int part) {
        return some.first() * some.columns() + part * some.size();
    }
}
