package org.gatedepth.weka.spark;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/** Files of one table. */
interface Source {

    /** The columns, which all files have. */
    List<SourceColumn> columns();

    /** Their rows: the same in the same partitions each time, whatever the number of cores. */
    JavaRDD<RawRow> rows();

    /** About how many rows there are; fewer than there are, or 0, where it is not known. */
    long estimate();
}
