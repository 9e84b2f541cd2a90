package org.gatedepth.testing;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** RDDs of given partitions. Its code runs in the cluster, which has no library of tests. */
public final class Partitions {
    private Partitions() {}

    /** An RDD with these partitions. */
    public static <T> JavaRDD<T> of(JavaSparkContext context, List<List<T>> partitions) {
        List<List<T>> all = new ArrayList<>();
        // Lists that can be written.
        partitions.forEach(partition -> all.add(new ArrayList<>(partition)));
        return context.parallelize(all, all.size()).flatMap(List::iterator);
    }
}
