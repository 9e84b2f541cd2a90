package org.gatedepth.dl4j.probe;

import org.gatedepth.dl4j.runtime.SequenceConf;
import org.gatedepth.dl4j.runtime.SequenceRuntime;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How the rows that a layer read are steps of sequences: row {@code t·count + b} is step t of sequence b.
 *
 * @param steps number of steps of each sequence, padding among them
 * @param count number of sequences
 * @param mask {@code [steps·count, 1]}, 0 for padding; null where there is none
 * @param receptiveField how many steps one output depends on, as {@link SequenceConf#receptiveField()} says
 * @param causal whether an output depends on no later step
 */
public record Sequences(long steps, long count, @Nullable INDArray mask, long receptiveField, boolean causal) {

    /** Those that a layer reads now. */
    static Sequences of(SequenceRuntime runtime, long rows, DataType type) {
        SequenceConf conf = (SequenceConf) runtime.conf().getLayer();
        long count = runtime.input().size(0);
        INDArray mask = runtime.getMaskArray();
        INDArray column = mask == null
                ? null
                : mask.castTo(type).transpose().dup('c').reshape('c', rows, 1).detach();
        return new Sequences(rows / count, count, column, conf.receptiveField(), conf.isCausal());
    }

    /** What blocks read to know it, an array {@code [steps, count]}. */
    public INDArray shape(DataType type) {
        return Nd4j.zeros(type, steps, count);
    }

    /** The step of a row. */
    public int step(int row) {
        return (int) (row / count);
    }

    /** The sequence of a row. */
    public int sequence(int row) {
        return (int) (row % count);
    }

    /** Some of the sequences, one or more times. */
    public Sequences some(int[] chosen) {
        INDArray column = mask == null ? null : rows(mask, chosen);
        return new Sequences(steps, chosen.length, column, receptiveField, causal);
    }

    /** The rows of some of the sequences. */
    public INDArray rows(INDArray all, int[] chosen) {
        int[] rows = new int[(int) steps * chosen.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i / chosen.length * (int) count + chosen[i % chosen.length];
        }
        return Nd4j.pullRows(all, 1, rows);
    }
}
