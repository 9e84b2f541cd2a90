package org.gatedepth.dl4j;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.gatedepth.dl4j.runtime.Masks;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.indexing.conditions.Conditions;

/**
 * Gives the outputs of a network with heads their labels: ranges of columns of the one label array that a data set has.
 *
 * <p>Several targets stand side by side in that array, {@code [minibatch, columns]}. A label that is missing is NaN:
 * the rows with a NaN among a target's columns get the mask 0 at that output, and zeros for labels. Where the data set
 * has a label mask already, {@code [minibatch, 1]} or {@code [minibatch, columns]}, the two are multiplied; a negative
 * number in it is refused.
 *
 * <p>Labels of the steps of sequences are {@code [minibatch, columns, steps]}, or {@code [minibatch, steps, columns]}
 * with {@link Builder#dataFormat}; their mask is {@code [minibatch, steps]} or of the labels' shape, and that of an
 * output with missing labels {@code [minibatch, steps]} or, where one of the labels' shape was given, of that output's.
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
    private final RNNFormat format;

    private AuxiliaryLabels(List<Range> outputs, RNNFormat format) {
        this.outputs = outputs;
        this.format = format;
    }

    private record Range(String name, int from, int to) implements Serializable {}

    /** All columns of the labels for each of so many outputs: for heads on the network's own target. */
    public static AuxiliaryLabels same(int outputs) {
        Builder.require(outputs >= 1, "there must be at least 1 output, got " + outputs);
        return new AuxiliaryLabels(
                Collections.nCopies(outputs, new Range("labels", 0, Integer.MAX_VALUE)), RNNFormat.NCW);
    }

    @Override
    public void preProcess(MultiDataSet data) {
        INDArray[] given = data.getLabels();
        if (given != null && isDone(given)) {
            return;
        }
        Builder.require(
                given != null && given.length == 1 && (given[0].rank() == 2 || given[0].rank() == 3),
                "auxiliary labels are columns of one label array [minibatch, columns], or "
                        + (format == RNNFormat.NWC ? "[minibatch, steps, columns]" : "[minibatch, columns, steps]")
                        + " for sequences, got "
                        + (given == null ? "none" : given.length + " of shape " + shapes(given)));
        INDArray labels = given[0];
        INDArray[] masks = data.getLabelsMaskArrays();
        INDArray mask = masks == null ? null : masks[0];
        requireMask(mask, labels);
        long columns = labels.size(features(labels));
        INDArray[] newLabels = new INDArray[outputs.size()];
        INDArray[] newMasks = new INDArray[outputs.size()];
        boolean masked = false;
        for (int i = 0; i < newLabels.length; i++) {
            Range range = outputs.get(i);
            long to = range.to() == Integer.MAX_VALUE ? columns : range.to();
            Builder.require(
                    to <= columns,
                    "the target \"" + range.name() + "\" has the columns " + range.from() + " to " + (to - 1)
                            + ", but the labels have " + columns);
            newLabels[i] = columns(labels, range.from(), to);
            newMasks[i] = mask(
                    newLabels[i],
                    mask != null && isOfSingleLabels(mask, labels) ? columns(mask, range.from(), to) : mask);
            masked |= newMasks[i] != null;
        }
        data.setLabels(newLabels);
        data.setLabelsMaskArray(masked ? newMasks : null);
    }

    /** The dimension of labels or masks in which the columns stand. */
    private int features(INDArray array) {
        return array.rank() == 3 && format == RNNFormat.NWC ? 2 : 1;
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
            boolean labels = given[i].rank() == 2 || given[i].rank() == 3;
            if (!labels || (!all && given[i].size(features(given[i])) != range.to() - range.from())) {
                return false;
            }
        }
        return true;
    }

    private void requireMask(@Nullable INDArray mask, INDArray labels) {
        if (mask == null) {
            return;
        }
        long[] single = {labels.size(0), labels.rank() == 2 ? 1 : labels.size(3 - features(labels))};
        Builder.require(
                Arrays.equals(mask.shape(), single) || isOfSingleLabels(mask, labels),
                "expected a label mask of shape " + Arrays.toString(single) + " or " + Arrays.toString(labels.shape())
                        + ", got " + Arrays.toString(mask.shape()));
        Masks.requireWeights(mask, "");
    }

    private static boolean isOfSingleLabels(INDArray mask, INDArray labels) {
        return mask.equalShapes(labels) && (mask.rank() == 3 || mask.size(1) > 1);
    }

    private static String shapes(INDArray[] arrays) {
        return Arrays.toString(
                Arrays.stream(arrays).map(a -> Arrays.toString(a.shape())).toArray());
    }

    /** Some columns, a copy. */
    private INDArray columns(INDArray array, long from, long to) {
        INDArrayIndex[] at = new INDArrayIndex[array.rank()];
        Arrays.fill(at, NDArrayIndex.all());
        at[features(array)] = NDArrayIndex.interval(from, to);
        return array.get(at).dup('c');
    }

    /**
     * Puts zeros in place of the rows or steps that have a NaN, and gives the mask that leaves them out; the given mask
     * where none has.
     */
    private @Nullable INDArray mask(INDArray labels, @Nullable INDArray mask) {
        int features = features(labels);
        INDArray present =
                labels.isNaN().castTo(labels.dataType()).max(true, features).rsub(1);
        if (present.minNumber().doubleValue() == 1) {
            return mask;
        }
        BooleanIndexing.replaceWhere(labels, 0, Conditions.isNan());
        labels.muli(present.broadcast(labels.shape()));
        if (mask == null) {
            return labels.rank() == 2 ? present : present.reshape(labels.size(0), labels.size(3 - features));
        }
        INDArray typed = mask.castTo(labels.dataType());
        return mask.equalShapes(labels)
                ? typed.mul(present.broadcast(labels.shape()))
                : typed.mul(present.reshape(mask.shape()));
    }

    /** Builds {@link AuxiliaryLabels}. */
    public static final class Builder {
        private final Map<String, Range> ranges = new LinkedHashMap<>();
        private final List<Range> outputs = new ArrayList<>();
        private RNNFormat format = RNNFormat.NCW;

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

        /** Where the columns stand in labels of sequences; NCW, before the steps, by default. */
        public Builder dataFormat(RNNFormat labels) {
            format = labels;
            return this;
        }

        /** Builds the pre-processor. */
        public AuxiliaryLabels build() {
            require(!outputs.isEmpty(), "call outputs(..) with the target of each output of the network");
            return new AuxiliaryLabels(List.copyOf(outputs), format);
        }

        private static void require(boolean holds, String sentence) {
            if (!holds) {
                throw new IllegalArgumentException(sentence);
            }
        }
    }
}
