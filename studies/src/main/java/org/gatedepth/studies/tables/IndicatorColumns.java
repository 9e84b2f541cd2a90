package org.gatedepth.studies.tables;

import java.io.Serializable;
import java.util.Arrays;
import weka.core.Attribute;
import weka.core.Instance;
import weka.core.Instances;

/**
 * Rows of numbers for tools that know no labels: a number is one column, a nominal attribute has a column for each
 * label, which is 1 for that label and 0 for others. What is missing is NaN, in all columns of the attribute. The class
 * is left out.
 *
 * @param first the first column of each attribute
 * @param count number of columns
 */
public record IndicatorColumns(int[] first, int count) implements Serializable {

    /** The columns of a table. */
    public static IndicatorColumns of(Instances table) {
        int[] first = new int[table.numAttributes()];
        int count = 0;
        for (int a = 0; a < first.length; a++) {
            first[a] = count;
            count += a == table.classIndex() ? 0 : width(table.attribute(a));
        }
        return new IndicatorColumns(first, count);
    }

    private static int width(Attribute attribute) {
        return attribute.isNominal() ? attribute.numValues() : 1;
    }

    /** The columns of one row. */
    public float[] row(Instance instance) {
        float[] row = new float[count];
        for (int a = 0; a < first.length; a++) {
            if (a == instance.classIndex()) {
                continue;
            }
            Attribute attribute = instance.attribute(a);
            if (instance.isMissing(a)) {
                Arrays.fill(row, first[a], first[a] + width(attribute), Float.NaN);
            } else if (attribute.isNominal()) {
                row[first[a] + (int) instance.value(a)] = 1;
            } else {
                row[first[a]] = (float) instance.value(a);
            }
        }
        return row;
    }
}
