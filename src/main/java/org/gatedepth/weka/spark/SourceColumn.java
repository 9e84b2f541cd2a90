package org.gatedepth.weka.spark;

import java.io.Serializable;
import java.util.List;

/**
 * A column of files, as far as they tell.
 *
 * @param name its name
 * @param type what its cells are
 * @param labels all labels, where the files list them; empty where they do not
 * @param dateFormat how a date is written; empty for no date
 */
record SourceColumn(String name, Type type, List<String> labels, String dateFormat) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** What the cells of a column are. */
    enum Type {
        /** Numbers if all are numbers, else labels. */
        TEXT,
        LABEL,
        NUMBER,
        /** Numbers of milliseconds. */
        DATE
    }

    static SourceColumn of(String name, Type type) {
        return new SourceColumn(name, type, List.of(), type == Type.DATE ? "yyyy-MM-dd HH:mm:ss" : "");
    }
}
