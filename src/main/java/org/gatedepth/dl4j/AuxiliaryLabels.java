package org.gatedepth.dl4j;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gatedepth.dl4j.runtime.Masks;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Gives the outputs of a network with heads their labels: ranges of columns of the one label array that a data set has.
 *
 * <p>Several targets stand side by side in that array, {@code [minibatch, columns]}. A label that is missing is NaN:
 * the rows with a NaN among a target's columns get the mask 0 at that output, and zeros for labels. Where the data set
 * has a label mask already, {@code [minibatch, 1]} or {@code [minibatch, columns]}, the two are multiplied; a negative
 * number in it is refused.
 *
 * <p>A data set that has a label array of the right width for each output already is left as it is: some iterators hand
 * out the same object in every epoch, and each time give it to their pre-processor.
 *
 * <pre>{@code
 * iterator.setPreProcessor(new AuxiliaryLabels.Builder()
 *         .columns("diagnosis", 0, 3)           // columns 0, 1 and 2
 *         .columns("laboratory", 3, 4)
 *         .outputs("diagnosis", "diagnosis", "laboratory")   // for out, head4 and head8
 *         .build());
 * }</pre>
 */
public final class AuxiliaryLabels implements MultiDataSetPreProcessor, Serializable {
    private static final long serialVersionUID = 1L;

    private final List<Range> outputs;

    private AuxiliaryLabels(List<Range> outputs) {
        this.outputs = outputs;
    }

    private record Range(String name, int from, int to) implements Serializable {}

    /** All columns of the labels for each of so many outputs: for heads on the network's own target. */
    public static AuxiliaryLabels same(int outputs) {
        Builder.require(outputs >= 1, "there must be at least 1 output, got " + outputs);
        return new AuxiliaryLabels(Collections.nCopies(outputs, new Range("labels", 0, Integer.MAX_VALUE)));
    }

    @Override
    public void preProcess(MultiDataSet data) {
        INDArray[] given = data.getLabels();
        if (given != null && isDone(given)) {
            return;
        }
        Builder.require(
                given != null && given.length == 1 && given[0].rank() == 2,
                "auxiliary labels are columns of one label array [minibatch, columns], got "
                        + (given == null ? "none" : given.length + " of shape " + shapes(given)));
        INDArray labels = given[0];
        INDArray[] masks = data.getLabelsMaskArrays();
        INDArray mask = masks == null ? null : masks[0];
        requireMask(mask, labels);
        INDArray[] newLabels = new INDArray[outputs.size()];
        INDArray[] newMasks = new INDArray[outputs.size()];
        boolean masked = false;
        for (int i = 0; i < newLabels.length; i++) {
            Range range = outputs.get(i);
            int to = range.to() == Integer.MAX_VALUE ? (int) labels.size(1) : range.to();
            Builder.require(
                    to <= labels.size(1),
                    "the target \"" + range.name() + "\" has the columns " + range.from() + " to " + (to - 1)
                            + ", but the labels have " + labels.size(1));
            newLabels[i] = labels.get(NDArrayIndex.all(), NDArrayIndex.interval(range.from(), to))
                    .dup('c');
            newMasks[i] = mask(newLabels[i], columns(mask, range.from(), to));
            masked |= newMasks[i] != null;
        }
        data.setLabels(newLabels);
        data.setLabelsMaskArray(masked ? newMasks : null);
    }

    /** Whether these are labels that were given to the outputs before. */
    private boolean isDone(INDArray[] given) {
        if (given.length != outputs.size()
                || (given.length == 1 && outputs.get(0).from() == 0)) {
            return false;
        }
        for (int i = 0; i < given.length; i++) {
            Range range = outputs.get(i);
            boolean all = range.to() == Integer.MAX_VALUE;
            if (given[i].rank() != 2 || (!all && given[i].size(1) != range.to() - range.from())) {
                return false;
            }
        }
        return true;
    }

    private static void requireMask(@Nullable INDArray mask, INDArray labels) {
        if (mask == null) {
            return;
        }
        boolean fits = mask.rank() == 2 && mask.size(0) == labels.size(0);
        Builder.require(
                fits && (mask.size(1) == 1 || mask.size(1) == labels.size(1)),
                "expected a label mask of shape [" + labels.size(0) + ", 1] or " + Arrays.toString(labels.shape())
                        + ", got " + Arrays.toString(mask.shape()));
        Masks.requireWeights(mask, "");
    }

    private static String shapes(INDArray[] arrays) {
        return Arrays.toString(
                Arrays.stream(arrays).map(a -> Arrays.toString(a.shape())).toArray());
    }

    private static @Nullable INDArray columns(@Nullable INDArray mask, int from, int to) {
        return mask == null || mask.size(1) == 1
                ? mask
                : mask.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to)).dup('c');
    }

    /**
     * Puts zeros in place of the rows that have a NaN, and gives the mask that leaves them out; null where none has.
     */
    private static @Nullable INDArray mask(INDArray labels, @Nullable INDArray mask) {
        int rows = (int) labels.size(0);
        double[][] values = labels.castTo(DataType.DOUBLE).toDoubleMatrix();
        double[] present = new double[rows];
        for (int i = 0; i < rows; i++) {
            boolean missing = Arrays.stream(values[i]).anyMatch(Double::isNaN);
            present[i] = missing ? 0 : 1;
            if (missing) {
                labels.getRow(i).assign(0);
            }
        }
        if (Arrays.stream(present).allMatch(p -> p == 1)) {
            return mask;
        }
        INDArray column =
                Nd4j.createFromArray(present).castTo(labels.dataType()).reshape(rows, 1);
        return mask == null ? column : mask.castTo(labels.dataType()).mulColumnVector(column);
    }

    /** Builds {@link AuxiliaryLabels}. */
    public static final class Builder {
        private final Map<String, Range> ranges = new LinkedHashMap<>();
        private final List<Range> outputs = new ArrayList<>();

        /**
         * Names the columns of a target.
         *
         * @param name name of the target
         * @param from its first column
         * @param to the column after its last
         */
        public Builder columns(String name, int from, int to) {
            require(
                    from >= 0 && to > from,
                    "the target \"" + name + "\" needs columns from 0 on, the first before the last, got " + from
                            + " to " + to);
            require(
                    ranges.put(name, new Range(name, from, to)) == null,
                    "the target \"" + name + "\" was given columns twice");
            return this;
        }

        /** The targets of the network's outputs, in the order of {@code setOutputs}. */
        public Builder outputs(String... targets) {
            for (String target : targets) {
                Range range = ranges.get(target);
                if (range == null) {
                    throw new IllegalArgumentException(
                            "no columns were given for the target \"" + target + "\", only for " + ranges.keySet());
                }
                outputs.add(range);
            }
            return this;
        }

        /** Builds the pre-processor. */
        public AuxiliaryLabels build() {
            require(!outputs.isEmpty(), "call outputs(..) with the target of each output of the network");
            return new AuxiliaryLabels(List.copyOf(outputs));
        }

        private static void require(boolean holds, String sentence) {
            if (!holds) {
                throw new IllegalArgumentException(sentence);
            }
        }
    }
}
