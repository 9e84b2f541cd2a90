package org.gatedepth.dl4j.runtime;

import java.util.Arrays;
import java.util.List;
import org.gatedepth.loss.Head;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What the losses of heads, element by element, are worth in the score: masks, thresholds and weights.
 *
 * <p>An array of elements is {@code [minibatch, outputs of all heads]}, the heads side by side.
 */
final class HeadScores {
    private final List<PlacedHead> heads;
    private final DataType dataType;
    /** The last seed, and the weights of the heads that are in it. */
    private @Nullable INDArray seed;

    private double[] seedWeights = {};

    HeadScores(List<PlacedHead> heads, DataType dataType) {
        this.heads = heads;
        this.dataType = dataType;
    }

    /** Number of columns that labels have. */
    int labelColumns() {
        return (int) heads.stream()
                .mapToLong(placed -> placed.labels() + placed.head().outputs())
                .max()
                .orElseThrow();
    }

    /**
     * What each element counts.
     *
     * @param mask label mask, {@code [minibatch, 1]} or {@code [minibatch, labelColumns()]}
     * @return the mask's columns as the heads read them; null, as a mask of null, for 1 everywhere
     */
    @Nullable
    INDArray counts(@Nullable INDArray mask) {
        if (mask == null) {
            return null;
        }
        INDArray typed = mask.castTo(dataType);
        return Nd4j.concat(
                1,
                heads.stream()
                        .map(placed -> typed.size(1) == 1
                                ? typed.broadcast(typed.size(0), placed.head().outputs())
                                : typed.get(columns(placed.labels(), placed)))
                        .toArray(INDArray[]::new));
    }

    /** As many columns as a head has outputs. */
    private static INDArrayIndex[] columns(long from, PlacedHead placed) {
        return new INDArrayIndex[] {
            NDArrayIndex.all(), NDArrayIndex.interval(from, from + placed.head().outputs())
        };
    }

    /** The columns of an array of elements that belong to a head. */
    private INDArray of(int head, INDArray elements) {
        long from = heads.subList(0, head).stream()
                .mapToLong(placed -> placed.head().outputs())
                .sum();
        return elements.get(columns(from, heads.get(head)));
    }

    /** By head, the sum of the examples' losses, less the head's threshold for each example that counts. */
    double[] excess(INDArray elements, @Nullable INDArray counts) {
        double[] byColumn =
                (counts == null ? elements : elements.mul(counts)).sum(0).toDoubleVector();
        double[] excess = new double[heads.size()];
        int column = 0;
        for (int h = 0; h < excess.length; h++) {
            Head head = heads.get(h).head();
            for (int k = 0; k < head.outputs(); k++) {
                excess[h] += byColumn[column++];
            }
            if (head.threshold() > 0) {
                excess[h] -= head.threshold()
                        * Arrays.stream(examples(h, counts, elements.size(0))).sum();
            }
        }
        return excess;
    }

    /** What each example counts at a head: the mean over its elements. */
    private double[] examples(int head, @Nullable INDArray counts, long rows) {
        if (counts == null) {
            double[] ones = new double[(int) rows];
            Arrays.fill(ones, 1);
            return ones;
        }
        return of(head, counts).mean(1).toDoubleVector();
    }

    /** The weight that each head has now: its schedule's, or 0 where its loss is below its threshold. */
    double[] weights(double[] excess, int iteration, int epoch) {
        double[] weights = new double[excess.length];
        for (int h = 0; h < weights.length; h++) {
            Head head = heads.get(h).head();
            boolean on = head.threshold() == 0 || excess[h] > 0;
            weights[h] = on ? head.weightAt(iteration, epoch) : 0;
        }
        return weights;
    }

    /** An array of elements with the weight of its head at each; to be read only. */
    INDArray seed(double[] weights, long rows) {
        INDArray current = seed;
        if (current == null || current.size(0) != rows || !Arrays.equals(weights, seedWeights)) {
            try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                INDArray[] parts = new INDArray[weights.length];
                for (int h = 0; h < parts.length; h++) {
                    long[] shape = {rows, heads.get(h).head().outputs()};
                    parts[h] = Nd4j.valueArrayOf(shape, weights[h], dataType);
                }
                current = Nd4j.concat(1, parts);
            }
            seed = current;
            seedWeights = weights;
        }
        return current;
    }

    /** The score of each example, a column whose mean is the score of the minibatch. */
    INDArray perExample(INDArray elements, @Nullable INDArray counts, double[] weights) {
        INDArray counted = counts == null ? elements : elements.mul(counts);
        double[] scores = new double[(int) elements.size(0)];
        for (int h = 0; h < weights.length; h++) {
            double threshold = heads.get(h).head().threshold();
            double[] examples = examples(h, counts, scores.length);
            double[] losses = of(h, counted).sum(1).toDoubleVector();
            for (int i = 0; i < scores.length; i++) {
                scores[i] += weights[h] > 0 ? weights[h] * (losses[i] - threshold * examples[i]) : 0;
            }
        }
        return Nd4j.createFromArray(scores).castTo(dataType).reshape(scores.length, 1);
    }
}
