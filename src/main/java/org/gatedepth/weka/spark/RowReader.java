package org.gatedepth.weka.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instances;
import weka.core.Utils;

/** Turns rows of files into rows of Weka: a number, or the index of a label. */
final class RowReader implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Instances header;
    /** By attribute: the column that it is read from; −1 for none, which is missing. */
    private final int[] columns;

    private RowReader(Instances header, int[] columns) {
        this.header = header;
        this.columns = columns;
    }

    /** For rows that have the attributes of a table in its order. */
    static RowReader of(Instances header) {
        int[] columns = new int[header.numAttributes()];
        Arrays.setAll(columns, a -> a);
        return new RowReader(header, columns);
    }

    /**
     * For rows of other files, by the names of their columns.
     *
     * @throws IllegalArgumentException if an attribute has no column; the class needs none, and is not read
     */
    static RowReader byName(Instances header, List<SourceColumn> columns) {
        List<String> names = columns.stream().map(SourceColumn::name).toList();
        int[] from = new int[header.numAttributes()];
        for (int a = 0; a < from.length; a++) {
            from[a] = a == header.classIndex()
                    ? -1
                    : names.indexOf(header.attribute(a).name());
            if (from[a] < 0 && a != header.classIndex()) {
                throw new IllegalArgumentException("the table must have the columns that the model was trained with,"
                        + " got no column '" + header.attribute(a).name() + "' among " + String.join(", ", names));
            }
        }
        return new RowReader(header, from);
    }

    /** A table without rows, for rows to be added. */
    Instances table(int capacity) {
        return new Instances(header, capacity);
    }

    /** The values of a row. */
    double[] values(RawRow row) {
        double[] values = new double[columns.length];
        for (int a = 0; a < values.length; a++) {
            Object cell = columns[a] < 0 ? null : row.cells()[columns[a]];
            values[a] = value(header.attribute(a), cell);
        }
        return values;
    }

    /** A row of a table. */
    DenseInstance row(RawRow row) {
        return new DenseInstance(row.weight(), values(row));
    }

    /** Rows as a table. */
    Instances table(List<RawRow> rows) {
        Instances table = table(rows.size());
        rows.forEach(row -> table.add(row(row)));
        return table;
    }

    private static double value(Attribute attribute, @Nullable Object cell) {
        if (cell == null) {
            return Utils.missingValue();
        }
        if (attribute.isNominal()) {
            int label = attribute.indexOfValue(label(cell));
            if (label < 0) {
                throw new IllegalArgumentException("a label must be one of the " + attribute.numValues()
                        + " that the model was trained with, got '" + label(cell) + "' in the column '"
                        + attribute.name() + "': mark the value as missing, or train with this label");
            }
            return label;
        }
        if (cell instanceof Double number) {
            return number;
        }
        Double number = ColumnSurvey.number((String) cell);
        if (number == null) {
            throw new IllegalArgumentException("a numeric column must have numbers, got '" + cell + "' in the column '"
                    + attribute.name() + "': mark the value as missing");
        }
        return number;
    }

    /** Whole numbers without a decimal point, as files of texts have them. */
    private static String label(Object cell) {
        return cell instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15
                ? String.valueOf(number.longValue())
                : String.valueOf(cell);
    }
}
