package org.gatedepth.weka.table;

import java.io.Serializable;
import java.util.stream.IntStream;

/** How the values of one attribute become numbers in the columns of a network's input. */
interface InputColumns extends Serializable {

    /** The columns that it writes. */
    IntStream columns();

    /** Writes the value 0 into a row of zeros: what a sparse row has where it stores nothing. */
    void start(float[] row);

    /**
     * Writes a value.
     *
     * @param value a number, a label index, or NaN for a missing value, as Weka has it
     * @param rows rows that each hold what {@link #start} wrote
     * @param at where the row begins
     */
    void write(double value, float[] rows, int at);
}
