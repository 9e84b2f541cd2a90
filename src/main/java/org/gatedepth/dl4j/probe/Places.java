package org.gatedepth.dl4j.probe;

import java.util.Arrays;
import java.util.List;
import org.gatedepth.dl4j.runtime.ImageRuntime;
import org.gatedepth.dl4j.runtime.SequenceRuntime;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How the rows that a layer read are the steps of sequences or the pixels of images: row {@code p·count + b} is place p
 * of example b.
 *
 * @param extent of sequences the number of steps, padding among them; of images height and width, and place
 *     {@code h·width + w} is the pixel (h, w)
 * @param count number of examples
 * @param mask {@code [places·count, 1]}, 0 for padding; null where there is none
 */
public record Places(
        List<Long> extent, long count, @Nullable INDArray mask) {
    /** Copies the list. */
    public Places {
        extent = List.copyOf(extent);
    }

    /** The steps that a layer reads now. */
    static Places of(SequenceRuntime runtime, long rows, DataType type) {
        long count = runtime.input().size(0);
        INDArray mask = runtime.getMaskArray();
        INDArray column = mask == null
                ? null
                : mask.castTo(type).transpose().dup('c').reshape('c', rows, 1).detach();
        return new Places(List.of(rows / count), count, column);
    }

    /** The pixels that a layer reads now. */
    static Places of(ImageRuntime runtime) {
        long[] plane = runtime.plane();
        return new Places(List.of(plane[0], plane[1]), plane[2], null);
    }

    /** Number of places of an example. */
    public long each() {
        return extent.stream().reduce(1L, Math::multiplyExact);
    }

    /** What blocks read to know it, an array {@code [steps, sequences]} or {@code [height, width, images]}. */
    public INDArray shape(DataType type) {
        long[] shape = Arrays.copyOf(extent.stream().mapToLong(size -> size).toArray(), rank());
        shape[shape.length - 1] = count;
        return Nd4j.zeros(type, shape);
    }

    /** Whether they are pixels. */
    public boolean isOfImages() {
        return extent.size() == 2;
    }

    /** Number of dimensions of {@link #shape}. */
    public int rank() {
        return extent.size() + 1;
    }

    /** The place of a row. */
    public int place(int row) {
        return (int) (row / count);
    }

    /** The example of a row. */
    public int example(int row) {
        return (int) (row % count);
    }

    /** Some of the examples, one or more times. */
    public Places some(int[] chosen) {
        INDArray column = mask == null ? null : rows(mask, chosen);
        return new Places(extent, chosen.length, column);
    }

    /** The rows of some of the examples. */
    public INDArray rows(INDArray all, int[] chosen) {
        int[] rows = new int[Math.toIntExact(each() * chosen.length)];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i / chosen.length * (int) count + chosen[i % chosen.length];
        }
        return Nd4j.pullRows(all, 1, rows);
    }
}
