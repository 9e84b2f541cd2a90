package org.gatedepth.report.measure;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays as numbers of Java. */
public final class Matrix {
    private Matrix() {}

    /**
     * The rows of a matrix; ND4J's own {@code toDoubleMatrix} makes a view for each of them, which takes many times as
     * long.
     */
    public static double[][] of(INDArray matrix) {
        int columns = (int) matrix.size(1);
        double[] flat = matrix.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        double[][] rows = new double[(int) matrix.size(0)][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * columns, (i + 1) * columns);
        }
        return rows;
    }
}
