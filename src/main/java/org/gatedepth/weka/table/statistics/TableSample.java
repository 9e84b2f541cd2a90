package org.gatedepth.weka.table.statistics;

import java.io.Serializable;
import java.util.List;
import weka.core.Instances;

/**
 * Some rows of a table, drawn at random, and what is known of all of them.
 *
 * @param rows the drawn rows; all rows if there are not more than these
 * @param count how many rows the table has
 * @param weight what they weigh
 * @param columns one for each attribute
 */
public record TableSample(Instances rows, long count, double weight, List<ColumnStatistics> columns)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Copies the list. */
    public TableSample {
        columns = List.copyOf(columns);
    }

    /** A table that is at hand as a whole. */
    public static TableSample whole(Instances rows) {
        return new TableSample(rows, rows.size(), rows.sumOfWeights(), List.of());
    }

    /** Whether the sample is the table. */
    public boolean isWhole() {
        return count == rows.size();
    }

    /** The same with its rows made ready for training; a table that is at hand as a whole may have fewer then. */
    public TableSample with(Instances prepared) {
        return isWhole() ? whole(prepared) : new TableSample(prepared, count, weight, columns);
    }
}
