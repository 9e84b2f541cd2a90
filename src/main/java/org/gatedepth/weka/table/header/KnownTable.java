package org.gatedepth.weka.table.header;

import java.util.stream.IntStream;
import weka.core.Attribute;
import weka.core.Instances;

/**
 * The attributes of a table, to recognise it. Weka changes no attribute but puts another in its place, so that a table
 * with the same objects has the same names, types and labels.
 *
 * @param attributes all of them, in their order
 * @param classIndex which of them is the class; negative for none
 */
@SuppressWarnings("ArrayRecordComponent")
public record KnownTable(Attribute[] attributes, int classIndex) {

    public static KnownTable of(Instances table) {
        return new KnownTable(
                IntStream.range(0, table.numAttributes())
                        .mapToObj(table::attribute)
                        .toArray(Attribute[]::new),
                table.classIndex());
    }

    /** Whether a table has these attributes, each the same object. */
    @SuppressWarnings("ReferenceEquality")
    public boolean is(Instances table) {
        if (table.numAttributes() != attributes.length || table.classIndex() != classIndex) {
            return false;
        }
        for (int a = 0; a < attributes.length; a++) {
            if (table.attribute(a) != attributes[a]) {
                return false;
            }
        }
        return true;
    }
}
