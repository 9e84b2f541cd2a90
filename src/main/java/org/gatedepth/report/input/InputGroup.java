package org.gatedepth.report.input;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * What a network reads of one thing, such as an attribute of a table, that is one column or several.
 *
 * @param name its name
 * @param array index of the array of features that has it
 * @param arrays how many arrays, from that one on, have it
 * @param columns indices of its columns in rows {@code [examples, columns]}; empty for whole arrays with their masks
 */
public record InputGroup(String name, int array, int arrays, List<Integer> columns) {

    /** Copies the list. */
    public InputGroup {
        columns = List.copyOf(columns);
    }

    /** Columns of the network's first array of features, which is one of rows. */
    public static InputGroup columns(String name, int... columns) {
        return new InputGroup(name, 0, 1, Arrays.stream(columns).boxed().toList());
    }

    /** Whole arrays of features, such as sequences, with their masks. */
    public static InputGroup arrays(String name, int first, int count) {
        return new InputGroup(name, first, count, List.of());
    }

    /**
     * A copy of some examples in which each of them has this of another one; all else is shared.
     *
     * @param from by example: whose values it gets
     */
    MultiDataSet exchanged(MultiDataSet data, int[] from) {
        INDArray[] features = data.getFeatures().clone();
        INDArray[] masks = data.getFeaturesMaskArrays();
        masks = masks == null ? null : masks.clone();
        for (int a = array; a < array + arrays; a++) {
            features[a] = columns.isEmpty() ? rows(features[a], from) : columns(features[a], from);
            if (columns.isEmpty() && masks != null && masks[a] != null) {
                masks[a] = rows(masks[a], from);
            }
        }
        return new org.nd4j.linalg.dataset.MultiDataSet(features, data.getLabels(), masks, data.getLabelsMaskArrays());
    }

    private INDArray columns(INDArray rows, int[] from) {
        INDArray exchanged = rows.dup();
        for (int column : columns) {
            for (int i = 0; i < from.length; i++) {
                exchanged.putScalar(i, column, rows.getDouble(from[i], column));
            }
        }
        return exchanged;
    }

    private static INDArray rows(INDArray array, int[] from) {
        long[] shape = array.shape();
        return array.dup('c')
                .reshape('c', shape[0], array.length() / shape[0])
                .getRows(from)
                .reshape('c', shape);
    }

    /**
     * Refuses what the examples do not have.
     *
     * @throws IllegalArgumentException with one sentence
     */
    void check(MultiDataSet data) {
        int given = data.getFeatures().length;
        if (array < 0 || arrays < 1 || array + arrays > given) {
            throw new IllegalArgumentException("the input " + name + " is in the arrays of features from " + array
                    + " to " + (array + arrays - 1) + ", but the data set has " + given
                    + ": count them from 0");
        }
        INDArray rows = data.getFeatures(array);
        if (!columns.isEmpty() && rows.rank() != 2) {
            throw new IllegalArgumentException("the input " + name
                    + " is columns, which only rows have, but the features have the shape "
                    + Arrays.toString(rows.shape()) + ": name whole arrays");
        }
        for (int column : columns) {
            if (column < 0 || column >= rows.size(1)) {
                throw new IllegalArgumentException("the input " + name + " has the column " + column
                        + ", but the features have columns from 0 to " + (rows.size(1) - 1));
            }
        }
        if (columns.isEmpty() && data.getLabels(0).rank() != 2) {
            throw new IllegalArgumentException("the input " + name
                    + " is whole arrays, which are exchanged only where an example has one label for all of its steps,"
                    + " but the labels have the shape "
                    + Arrays.toString(data.getLabels(0).shape()));
        }
    }
}
