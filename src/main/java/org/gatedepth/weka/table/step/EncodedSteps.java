package org.gatedepth.weka.table.step;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * One sequence of each row as arrays for a network.
 *
 * @param values one array a row: step by step the columns of the step
 * @param columns number of columns of a step
 * @param labels how many of these, the last ones, hold label indices for an embedding
 */
public record EncodedSteps(float[][] values, int columns, int labels) {

    /** Number of steps of a row. */
    public int steps(int row) {
        return values[row].length / columns;
    }

    /** The first steps of some rows. */
    public EncodedSteps first(int[] rows, int steps) {
        float[][] cut = IntStream.of(rows)
                .mapToObj(row -> Arrays.copyOf(values[row], steps * columns))
                .toArray(float[][]::new);
        return new EncodedSteps(cut, columns, labels);
    }

    /** Number of steps of the longest row. */
    public int longest() {
        int longest = 0;
        for (int row = 0; row < values.length; row++) {
            longest = Math.max(longest, steps(row));
        }
        return longest;
    }
}
