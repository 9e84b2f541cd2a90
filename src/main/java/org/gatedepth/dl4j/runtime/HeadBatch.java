package org.gatedepth.dl4j.runtime;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What heads read in one pass, as rows: one for each example, or one for each step of each sequence in time-major
 * order. For sequences the function may read more rows than there are steps, all of them zeros after the last step.
 *
 * @param read the rows of the input, by the name that the function gives them, and then those of the labels
 * @param minibatch number of examples or sequences
 * @param rows number of rows without those after the last step
 * @param format where the features of sequences stand; null for rows of examples
 * @param layer what messages call the layer
 */
record HeadBatch(
        Map<String, INDArray> read,
        long minibatch,
        long rows,
        @Nullable RNNFormat format,
        String layer) {

    /** Rows of examples. */
    static HeadBatch of(INDArray rows, String layer) {
        return new HeadBatch(Map.of(BlockDelegate.INPUT, rows), rows.size(0), rows.size(0), null, layer);
    }

    /**
     * Sequences.
     *
     * @param sequences in that format
     * @param features the number of features that they must have
     * @param lengths for how many steps the function is compiled
     */
    static HeadBatch of(
            INDArray sequences,
            RNNFormat format,
            long features,
            Lengths lengths,
            DataType type,
            LayerWorkspaceMgr workspaces,
            String layer) {
        INDArray ncw = TimeMajor.ncw(sequences, format);
        if (ncw.size(1) != features || ncw.length() == 0) {
            throw new IllegalArgumentException(
                    "expected sequences " + form(format, "minibatch", Long.toString(features), "steps") + ", got "
                            + Arrays.toString(sequences.shape()) + " " + layer);
        }
        long length = lengths.compiled(ncw.size(2));
        Map<String, INDArray> read = SequencePass.read(ncw, null, length, true, type, workspaces);
        return new HeadBatch(read, ncw.size(0), ncw.size(0) * ncw.size(2), format, layer);
    }

    /** A shape as a message says it. */
    private static String form(@Nullable RNNFormat format, String minibatch, String features, String steps) {
        return format == RNNFormat.NWC
                ? "[" + minibatch + ", " + steps + ", " + features + "]"
                : "[" + minibatch + ", " + features + ", " + steps + "]";
    }

    private String form(long features) {
        return format == null
                ? "[" + minibatch + ", " + features + "]"
                : form(format, Long.toString(minibatch), Long.toString(features), Long.toString(steps()));
    }

    private long steps() {
        return rows / minibatch;
    }

    /**
     * The same with labels.
     *
     * @param name how the function calls them
     * @param columns the number of columns that they must have
     * @throws IllegalArgumentException if they have another shape
     */
    HeadBatch with(String name, INDArray labels, int columns) {
        requireLabels(labels, columns);
        Map<String, INDArray> all = new LinkedHashMap<>(read);
        all.put(name, format == null ? labels : all(rows(labels, format)));
        return new HeadBatch(all, minibatch, rows, format, layer);
    }

    private void requireLabels(INDArray labels, int columns) {
        INDArray ncw = format != null && labels.rank() == 3 ? TimeMajor.ncw(labels, format) : labels;
        long[] expected = format == null ? new long[] {minibatch, columns} : new long[] {minibatch, columns, steps()};
        if (Arrays.equals(ncw.shape(), expected)) {
            return;
        }
        String hint = "";
        if (format != null && labels.rank() < 3) {
            hint = ": a head that reads sequences needs labels with a time axis; for one label a sequence put"
                    + " LastTimeStep or a GlobalPoolingLayer below it";
        } else if (format == null && labels.rank() == 3) {
            hint = ": labels with a time axis are for a head that reads sequences, but this one reads rows";
        }
        throw new IllegalArgumentException("expected labels of shape " + form(columns) + ", got "
                + Arrays.toString(labels.shape()) + hint + " " + layer);
    }

    /**
     * A label mask by row.
     *
     * @param mask of examples {@code [minibatch, 1]}, of steps {@code [minibatch, steps]}, or of the labels' shape
     * @param columns the number of columns of the labels
     * @return {@code [rows, 1]} or {@code [rows, columns]}
     * @throws IllegalArgumentException for another shape, and numbers that are no weights
     */
    INDArray counts(INDArray mask, int columns) {
        long[] single = {minibatch, format == null ? 1 : steps()};
        if (Arrays.equals(mask.shape(), single)) {
            Masks.requireWeights(mask, layer);
            return format == null ? mask : TimeMajor.column(mask, input().dataType());
        }
        INDArray ncw = format != null && mask.rank() == 3 ? TimeMajor.ncw(mask, format) : mask;
        long[] each = format == null ? new long[] {minibatch, columns} : new long[] {minibatch, columns, steps()};
        if (!Arrays.equals(ncw.shape(), each)) {
            throw new IllegalArgumentException("expected a label mask of shape " + Arrays.toString(single) + " or "
                    + form(columns) + ", got " + Arrays.toString(mask.shape()) + " " + layer);
        }
        Masks.requireWeights(mask, layer);
        return format == null ? mask : rows(mask, format);
    }

    private INDArray rows(INDArray array, RNNFormat of) {
        return TimeMajor.rows(
                TimeMajor.ncw(array, of),
                input().dataType(),
                ArrayType.FF_WORKING_MEM,
                LayerWorkspaceMgr.noWorkspaces());
    }

    /** Rows of the input, with those after the last step. */
    INDArray input() {
        return Objects.requireNonNull(read.get(BlockDelegate.INPUT));
    }

    /** Without the rows after the last step, a view. */
    INDArray own(INDArray all) {
        return TimeMajor.part(all, 0, rows);
    }

    /** With zeros for the rows after the last step. */
    INDArray all(INDArray own) {
        return SequencePass.padded(own, input().size(0));
    }

    /** Rows in the form of what was read, a view. */
    INDArray array(INDArray own) {
        return format == null ? own : TimeMajor.array(own, minibatch, format);
    }

    /** The sum over the rows of each example or sequence, {@code [minibatch, 1]}. */
    INDArray byExample(INDArray column) {
        return format == null
                ? column
                : column.reshape('c', steps(), minibatch).sum(0).reshape(minibatch, 1);
    }
}
