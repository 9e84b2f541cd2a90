package org.gatedepth.weka.table.statistics;

import java.io.Serializable;

/**
 * What is known of an attribute over all rows.
 *
 * @param numbers the values of a numeric attribute; nothing for a nominal one
 * @param labels the weight of each label of a nominal attribute; nothing for a numeric one
 * @param missingWeight the weight of the rows without a value
 */
@SuppressWarnings("ArrayRecordComponent")
public record ColumnStatistics(Moments numbers, double[] labels, double missingWeight) implements Serializable {

    private static final long serialVersionUID = 1L;
}
