package org.gatedepth.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Seeded arrays, and their comparison. */
public final class Arrays {
    private Arrays() {}

    /** Normal numbers of a seed of their own, so that no other test can change them. */
    public static INDArray normal(long seed, DataType type, long... shape) {
        Random random = new Random(seed);
        INDArray array = Nd4j.create(DataType.DOUBLE, shape, 'c');
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array.castTo(type);
    }

    /** Normal numbers in DOUBLE. */
    public static INDArray normal(long seed, long... shape) {
        return normal(seed, DataType.DOUBLE, shape);
    }

    /** One row of 64-bit numbers. */
    public static INDArray row(double... values) {
        return Nd4j.create(new double[][] {values}).castTo(DataType.DOUBLE);
    }

    /** One-hot rows, class i mod classes, in DOUBLE. */
    public static INDArray oneHot(int rows, int classes) {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, rows, classes);
        for (int i = 0; i < rows; i++) {
            labels.putScalar(i, (i * 7 + 1) % classes, 1);
        }
        return labels;
    }

    /** Whether two arrays have one shape and differ nowhere by more than {@code tolerance · max(1, |expected|)}. */
    public static void assertClose(INDArray actual, INDArray expected, double tolerance) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        double[] a = actual.dup('c').castTo(DataType.DOUBLE).data().asDouble();
        double[] e = expected.dup('c').castTo(DataType.DOUBLE).data().asDouble();
        for (int i = 0; i < e.length; i++) {
            assertThat(Math.abs(a[i] - e[i]))
                    .as("element %d of %s: actual %s, expected %s", i, expected.shapeInfoToString(), a[i], e[i])
                    .isLessThanOrEqualTo(tolerance * Math.max(1, Math.abs(e[i])));
        }
    }

    /** The largest difference of two arrays of one shape. */
    public static double distance(INDArray a, INDArray b) {
        return a.dup('c').sub(b.dup('c')).amaxNumber().doubleValue();
    }
}
