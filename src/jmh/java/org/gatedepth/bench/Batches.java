package org.gatedepth.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Minibatches that share their rows and differ in their random labels.
 *
 * <p>A network cannot learn them. One that has learned its minibatch has gradients so small that the processor's slow
 * arithmetic on denormal numbers would be timed.
 */
final class Batches {
    private static final int COUNT = 8;

    private final List<DataSet> all = new ArrayList<>();
    private int next;

    Batches(Size size) {
        Random random = new Random(1);
        INDArray features = normal(random, 1, size.batch(), size.width());
        for (int i = 0; i < COUNT; i++) {
            INDArray labels = Nd4j.zeros(DataType.FLOAT, size.batch(), Size.CLASSES);
            for (int row = 0; row < size.batch(); row++) {
                labels.putScalar(row, random.nextInt(Size.CLASSES), 1);
            }
            all.add(new DataSet(features, labels));
        }
    }

    /** The minibatch of the next step. */
    DataSet next() {
        next = (next + 1) % COUNT;
        return all.get(next);
    }

    /** The rows, {@code [batch, width]}. */
    INDArray features() {
        return all.get(0).getFeatures();
    }

    /** Normal numbers times a factor, in 'c' order. */
    static INDArray normal(Random random, double factor, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * factor);
        }
        return Nd4j.create(values, new long[] {rows, columns}, 'c');
    }
}
