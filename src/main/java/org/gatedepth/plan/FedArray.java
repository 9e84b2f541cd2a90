package org.gatedepth.plan;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.gatedepth.plan.loop.Tiles;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An array of a plan that is written before each run.
 *
 * <p>ND4J's {@code assign} takes some microseconds whatever the size. An array of the same type and order, with all of
 * its elements one after the other, is copied as memory.
 */
final class FedArray {
    private final INDArray array;
    /** The memory of the array; null where it is not copied to as memory. */
    private final @Nullable Buffer memory;

    FedArray(INDArray array) {
        this.array = array;
        memory = isPlain(array) ? Tiles.memory(array) : null;
    }

    INDArray array() {
        return array;
    }

    /** Writes the elements of another array, of the same shape. */
    void set(INDArray from) {
        int length = (int) array.length();
        if (memory == null
                || from.dataType() != array.dataType()
                || !isPlain(from)
                || !Arrays.equals(from.shape(), array.shape())) {
            array.assign(from);
        } else if (memory instanceof FloatBuffer floats) {
            floats.put(0, (FloatBuffer) Tiles.memory(from), 0, length);
        } else {
            ((DoubleBuffer) memory).put(0, (DoubleBuffer) Tiles.memory(from), 0, length);
        }
    }

    private static boolean isPlain(INDArray array) {
        return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU
                && Tiles.supports(array.dataType())
                && !array.isEmpty()
                && array.ordering() == 'c'
                && array.elementWiseStride() == 1
                && array.offset() + array.length() < Tiles.MAX_END;
    }
}
