package org.gatedepth.dl4j.runtime;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One pass of a layer over sequences. The function may read more steps than there are: those before belong to the
 * state, those after are zeros up to the length for which it is compiled.
 *
 * @param input the layer's input
 * @param mask the layer's mask
 * @param read what the function reads, by name
 * @param before number of steps that the function reads before those of the input
 * @param steps number of steps of the input
 */
record SequencePass(INDArray input, @Nullable INDArray mask, Map<String, INDArray> read, long before, long steps) {
    static final String INPUT = BlockDelegate.INPUT;
    static final String STEPS = BlockDelegate.STEPS;
    static final String MASK = "mask";

    /**
     * What the function reads.
     *
     * @param sequences {@code [minibatch, features, steps]}
     * @param mask of the sequences
     * @param length the steps for which the function is compiled, at least those of the sequences
     * @param causal whether it reads no later step, so that zeros after the last change nothing
     */
    static Map<String, INDArray> read(
            INDArray sequences,
            @Nullable INDArray mask,
            long length,
            boolean causal,
            DataType type,
            LayerWorkspaceMgr workspaces) {
        long minibatch = sequences.size(0);
        long steps = sequences.size(2);
        Map<String, INDArray> read = new LinkedHashMap<>();
        read.put(
                INPUT,
                padded(TimeMajor.rows(sequences, type, ArrayType.FF_WORKING_MEM, workspaces), length * minibatch));
        read.put(STEPS, Nd4j.zeros(type, length, minibatch));
        if (mask != null) {
            read.put(MASK, padded(TimeMajor.column(mask, type), length * minibatch));
        } else if (!causal && length > steps) {
            read.put(MASK, padded(Nd4j.ones(type, steps * minibatch, 1), length * minibatch));
        }
        return read;
    }

    /** Rows and then zeros. */
    static INDArray padded(INDArray rows, long count) {
        if (rows.size(0) == count) {
            return rows;
        }
        INDArray padded = Nd4j.zeros(rows.dataType(), count, rows.size(1));
        TimeMajor.part(padded, 0, rows.size(0)).assign(rows);
        return padded;
    }

    /** Number of sequences. */
    long minibatch() {
        return Objects.requireNonNull(read.get(STEPS)).size(1);
    }

    @SuppressWarnings("ReferenceEquality") // the very arrays, not equal ones
    boolean isOf(INDArray otherInput, @Nullable INDArray otherMask) {
        return input == otherInput && mask == otherMask;
    }

    /** Of the rows of the function those for the steps of the input, a view. */
    INDArray own(INDArray rows) {
        return TimeMajor.part(rows, before * minibatch(), (before + steps) * minibatch());
    }

    /** Rows for the steps of the input as zeros where there is padding; changed in place. */
    INDArray masked(INDArray rows) {
        return mask == null ? rows : rows.muliColumnVector(TimeMajor.column(mask, rows.dataType()));
    }

    /**
     * The gradient with respect to the function's output.
     *
     * @param epsilon that with respect to the layer's output, as rows; stays as it is
     * @param constant the first steps of the input, so many of them, whose outputs count as constants
     */
    INDArray seed(INDArray epsilon, long constant) {
        long rows = Objects.requireNonNull(read.get(INPUT)).size(0);
        if (epsilon.size(0) == rows && constant == 0 && mask == null) {
            return epsilon;
        }
        INDArray seed = Nd4j.zeros(epsilon.dataType(), rows, epsilon.size(1));
        long first = constant * minibatch();
        TimeMajor.part(seed, before * minibatch() + first, (before + steps) * minibatch())
                .assign(TimeMajor.part(masked(epsilon.dup('c')), first, epsilon.size(0)));
        return seed;
    }
}
