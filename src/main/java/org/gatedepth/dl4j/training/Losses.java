package org.gatedepth.dl4j.training;

import java.util.Arrays;
import java.util.List;
import org.gatedepth.dl4j.runtime.HeadScores;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What the losses of a network's outputs are worth in its score, and the seed of the gradient.
 *
 * <p>An array of elements is {@code [rows, outputs of all heads]}, those of the first output first.
 */
final class Losses {
    private final List<HeadScores> outputs;
    /** The first column of each output, and after them the number of columns. */
    private final long[] from;

    /** Those of some outputs. */
    Losses(DataType type, List<Part> outputs) {
        this.outputs = outputs.stream()
                .map(output -> new HeadScores(output.heads(), type))
                .toList();
        from = new long[outputs.size() + 1];
        for (int o = 0; o < outputs.size(); o++) {
            from[o + 1] = from[o]
                    + outputs.get(o).heads().stream()
                            .mapToLong(placed -> placed.head().outputs())
                            .sum();
        }
    }

    /**
     * The losses of a minibatch.
     *
     * @param sum of all examples and heads, with the heads' weights
     * @param seed the gradient of the sum with respect to the elements; to be read only
     */
    record Sum(double sum, INDArray seed) {}

    /**
     * What the elements are worth.
     *
     * @param masks for each output its label mask, or null
     * @param iteration the network's count of iterations, for the weights of heads
     * @param epoch its count of epochs
     */
    Sum of(INDArray elements, @Nullable INDArray[] masks, int iteration, int epoch) {
        double sum = 0;
        INDArray[] seeds = new INDArray[outputs.size()];
        for (int o = 0; o < seeds.length; o++) {
            HeadScores scores = outputs.get(o);
            INDArray own = seeds.length == 1
                    ? elements
                    : elements.get(NDArrayIndex.all(), NDArrayIndex.interval(from[o], from[o + 1]));
            INDArray counts = scores.counts(masks[o]);
            double[] excess = scores.excess(own, counts);
            double[] weights = scores.weights(excess, iteration, epoch);
            for (int h = 0; h < weights.length; h++) {
                sum += weights[h] > 0 ? weights[h] * excess[h] : 0;
            }
            INDArray seed = scores.seed(weights, elements.size(0));
            seeds[o] = counts == null ? seed : counts.mul(seed);
        }
        return new Sum(sum, seeds.length == 1 ? seeds[0] : Nd4j.concat(1, seeds));
    }

    /** Checks the labels and label masks of one output. */
    static void require(Part output, INDArray labels, @Nullable INDArray mask, long rows) {
        long columns = WholeFunction.labelColumns(output);
        if (labels.rank() != 2 || labels.size(0) != rows || labels.size(1) != columns) {
            throw new IllegalArgumentException("expected labels of shape [" + rows + ", " + columns + "] for \""
                    + output.name() + "\", got " + Arrays.toString(labels.shape()));
        }
        if (mask != null
                && (mask.rank() != 2 || mask.size(0) != rows || (mask.size(1) != 1 && mask.size(1) != columns))) {
            throw new IllegalArgumentException("expected a label mask of shape [" + rows + ", 1] or [" + rows + ", "
                    + columns + "] for \"" + output.name() + "\", got " + Arrays.toString(mask.shape()));
        }
    }
}
