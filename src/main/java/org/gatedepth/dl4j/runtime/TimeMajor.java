package org.gatedepth.dl4j.runtime;

import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Sequences as rows in time-major order, {@code [steps·minibatch, features]}, and as Deeplearning4j's arrays.
 *
 * <p>Row {@code t·minibatch + b} is step t of sequence b. An array that lies so already, as those that layers over
 * sequences hand on, is a view of its rows; any other is copied once.
 */
public final class TimeMajor {
    private TimeMajor() {}

    /** The array as {@code [minibatch, features, steps]}, a view. */
    public static INDArray ncw(INDArray array, RNNFormat format) {
        return format == RNNFormat.NWC ? array.permute(0, 2, 1) : array;
    }

    /** An array {@code [minibatch, features, steps]} as rows: a view, or a copy in the workspace of that type. */
    public static INDArray rows(INDArray ncw, DataType type, ArrayType workspace, LayerWorkspaceMgr workspaces) {
        INDArray steps = ncw.permute(2, 0, 1).castTo(type);
        boolean lies = steps.ordering() == 'c' && Shape.hasDefaultStridesForShape(steps);
        INDArray dense = lies ? steps : workspaces.dup(workspace, steps, 'c');
        return dense.reshape('c', dense.size(0) * dense.size(1), dense.size(2));
    }

    /** A mask {@code [minibatch, steps]} as the column {@code [steps·minibatch, 1]}, a copy. */
    public static INDArray column(INDArray mask, DataType type) {
        return mask.castTo(type).transpose().dup('c').reshape('c', mask.length(), 1);
    }

    /** Rows in 'c' order as Deeplearning4j's array of that format, a view. */
    public static INDArray array(INDArray rows, long minibatch, RNNFormat format) {
        INDArray steps = rows.reshape('c', rows.size(0) / minibatch, minibatch, rows.size(1));
        return format == RNNFormat.NWC ? steps.permute(1, 0, 2) : steps.permute(1, 2, 0);
    }

    /**
     * Some of the rows, a view.
     *
     * <p>A workaround: {@code get(interval(..))} of a view that does not start at the beginning of its memory compares
     * places in that memory with the length of the view, and may give an empty array.
     */
    public static INDArray part(INDArray rows, long from, long to) {
        return from == 0 && to == rows.size(0)
                ? rows
                : Nd4j.create(
                        rows.data(),
                        new long[] {to - from, rows.size(1)},
                        rows.stride(),
                        rows.offset() + from * rows.stride(0),
                        rows.ordering());
    }
}
