package org.gatedepth.dl4j.training.update;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/** Elements of arrays as Java numbers, row by row. Small arrays are read much faster so than by ND4J's ops. */
public final class Numbers {
    /** A Java buffer ends at 2 GiB. */
    private static final long MAX_END = Integer.MAX_VALUE / Double.BYTES;

    private Numbers() {}

    /** All elements in 'c' order. */
    public static double[] of(INDArray array) {
        int length = (int) array.length();
        if (isPlainFloats(array)) {
            float[] floats = new float[length];
            floats(array).get(0, floats);
            double[] result = new double[length];
            for (int i = 0; i < length; i++) {
                result[i] = floats[i];
            }
            return result;
        }
        if (isPlain(array) && array.dataType() == DataType.DOUBLE) {
            double[] result = new double[length];
            doubles(array).get(0, result);
            return result;
        }
        return array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    }

    /** Writes all elements, in 'c' order. */
    public static void write(double[] elements, INDArray into) {
        if (isPlainFloats(into)) {
            float[] floats = new float[elements.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) elements[i];
            }
            floats(into).put(0, floats);
        } else if (isPlain(into) && into.dataType() == DataType.DOUBLE) {
            doubles(into).put(0, elements);
        } else {
            into.assign(Nd4j.createFromArray(elements).reshape('c', into.shape()));
        }
    }

    /** Whether an array is one of floats that are in memory one after the other, in 'c' order. */
    static boolean isPlainFloats(INDArray array) {
        return array.dataType() == DataType.FLOAT && isPlain(array);
    }

    private static boolean isPlain(INDArray array) {
        return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU
                && !array.isEmpty()
                // A list of layers has its gradients as a row in 'f' order.
                && (array.ordering() == 'c' || array.isVectorOrScalar())
                && array.elementWiseStride() == 1
                && array.offset() + array.length() < MAX_END;
    }

    /** The memory of a plain array of floats, from its first element on; only as long as the array lives. */
    static FloatBuffer floats(INDArray array) {
        return array.data().asNioFloat().slice();
    }

    private static DoubleBuffer doubles(INDArray array) {
        return array.data().asNioDouble().slice();
    }
}
