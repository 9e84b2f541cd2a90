package org.gatedepth.weka.training;

import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J's arrays for the steps of a training. A step writes into those of the step before, if it has as many rows: to
 * make and to free an array takes longer than to write it.
 */
final class StepArrays {

    /** What an array is for. */
    private record Use(String name, int rows) {}

    /** An array with its memory. */
    private record Place(INDArray array, FloatBuffer memory) {
        static Place of(int rows, int columns) {
            INDArray array = Nd4j.create(DataType.FLOAT, new long[] {rows, columns}, 'c');
            return new Place(array, array.data().asNioFloat());
        }
    }

    private final Map<Use, Place> places = new HashMap<>();
    private final boolean writable = Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;

    /** Rows as a matrix, which the next rows of the same name overwrite. */
    INDArray matrix(String name, float[][] rows) {
        int columns = rows[0].length;
        if (!writable) {
            return Nd4j.createFromArray(rows);
        }
        Place place = places.computeIfAbsent(new Use(name, rows.length), use -> Place.of(rows.length, columns));
        for (int i = 0; i < rows.length; i++) {
            place.memory().put(i * columns, rows[i]);
        }
        return place.array();
    }

    /** The same with one number for each row. */
    INDArray column(String name, float[] numbers) {
        if (!writable) {
            return Nd4j.createFromArray(numbers).reshape(numbers.length, 1);
        }
        Place place = places.computeIfAbsent(new Use(name, numbers.length), use -> Place.of(numbers.length, 1));
        place.memory().put(0, numbers);
        return place.array();
    }
}
