package org.gatedepth.dl4j.training;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.gatedepth.dl4j.training.update.Numbers;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What the scores of a network's outputs are worth, and the gradient with respect to them.
 *
 * <p>What the network computes is {@code [rows, columns]}: the scores of the first output, those of the next one, and
 * then what is no score.
 */
final class Losses {
    private final DataType type;
    private final List<OutputLoss> outputs;
    /** The last gradient, which is written again. */
    private @Nullable INDArray gradient;

    /** Those of some outputs. */
    Losses(DataType type, List<Part> outputs) {
        this.type = type;
        this.outputs = outputs.stream().map(Losses::of).toList();
    }

    private static OutputLoss of(Part output) {
        return Objects.requireNonNull(output.loss(), output.name());
    }

    /**
     * The losses of a minibatch.
     *
     * @param sum of all rows and outputs
     * @param gradient of the sum with respect to what the network computes; the next minibatch overwrites it
     */
    record Sum(double sum, INDArray gradient) {}

    /**
     * What a network has computed is worth.
     *
     * @param all what it is, row by row
     * @param rows number of rows
     * @param labels for each output
     * @param masks for each output its label mask, or null
     * @param iteration the network's count of iterations, for the weights of heads
     * @param epoch its count of epochs
     */
    Sum of(double[] all, int rows, INDArray[] labels, @Nullable INDArray[] masks, int iteration, int epoch) {
        int columns = all.length / rows;
        double[] gradients = new double[all.length];
        double sum = 0;
        int from = 0;
        for (int o = 0; o < labels.length; o++) {
            OutputLoss output = outputs.get(o);
            int own = output.scores();
            INDArray mask = masks[o];
            OutputLoss.Minibatch minibatch = new OutputLoss.Minibatch(
                    rows,
                    own == columns ? all : columns(all, columns, from, own),
                    Numbers.of(labels[o]),
                    mask == null ? null : Numbers.of(mask),
                    own == columns ? gradients : new double[rows * own]);
            sum += output.of(minibatch, iteration, epoch);
            if (own < columns) {
                for (int row = 0; row < rows; row++) {
                    System.arraycopy(minibatch.gradient(), row * own, gradients, row * columns + from, own);
                }
            }
            from += own;
        }
        INDArray array = gradient;
        if (array == null || array.size(0) != rows) {
            try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                array = Nd4j.create(type, new long[] {rows, columns}, 'c');
            }
            gradient = array;
        }
        Numbers.write(gradients, array);
        return new Sum(sum, array);
    }

    private static double[] columns(double[] all, int columns, int from, int count) {
        int rows = all.length / columns;
        double[] part = new double[rows * count];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(all, row * columns + from, part, row * count, count);
        }
        return part;
    }

    /** Columns of all scores. */
    int scores() {
        return outputs.stream().mapToInt(OutputLoss::scores).sum();
    }

    /** Checks the labels and label masks of one output. */
    static void require(Part output, INDArray labels, @Nullable INDArray mask, long rows) {
        long columns = of(output).labels();
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
