package org.gatedepth.dl4j.probe;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The rows of labels, of sequences the first step of all examples first.
 *
 * @param examples number of examples
 * @param count number of rows
 * @param weights of each row 0 if it does not count; null where all do
 */
record LabelRows(long examples, long count, double @Nullable [] weights) {

    /**
     * The rows of an output's labels.
     *
     * @param labels {@code [rows, outputs]} or {@code [minibatch, outputs, time]}
     * @param mask {@code [rows, 1]}, {@code [minibatch, time]} or of the labels' shape; null for none
     */
    static LabelRows of(INDArray labels, @Nullable INDArray mask) {
        if (mask == null) {
            return new LabelRows(labels.size(0), count(labels), null);
        }
        // A row counts where one of its labels does.
        INDArray rows = mask.rank() > 1 && mask.equalShapes(labels) ? mask.max(1) : mask;
        return new LabelRows(labels.size(0), count(labels), flat(rows));
    }

    /** Number of rows of labels. */
    static long count(INDArray labels) {
        return labels.size(0) * (labels.rank() == 3 ? labels.size(2) : 1);
    }

    /** A mask by row: the first step of all examples first. */
    static double[] flat(INDArray mask) {
        return mask.castTo(DataType.DOUBLE).dup('f').data().asDouble();
    }

    /**
     * For each row of a layer the row of the labels that belongs to it; null where there are more or fewer.
     *
     * @param rows number of rows of the layer
     * @param examplesFirst whether the layer reads the steps of the first example first
     */
    int @Nullable [] of(int rows, boolean examplesFirst) {
        if (rows != count) {
            return null;
        }
        int[] labels = new int[rows];
        int steps = (int) (rows / examples);
        Arrays.setAll(labels, row -> examplesFirst ? (int) (row % steps * examples + row / steps) : row);
        return labels;
    }

    /**
     * For each pixel the row of the labels that belongs to its image; null where there is none for each image.
     *
     * @param rows number of pixels, the first of all images first
     * @param images number of images
     */
    int @Nullable [] ofPixels(int rows, int images) {
        int[] labels = of(images, false);
        return labels == null
                ? null
                : IntStream.range(0, rows).map(row -> labels[row % images]).toArray();
    }
}
