package org.gatedepth.testing;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Spark inside this process, with two cores, for the tests of one class. */
public final class LocalSpark implements BeforeAllCallback, AfterAllCallback {
    private JavaSparkContext context;

    @Override
    public void beforeAll(ExtensionContext test) {
        context = start("local[2]");
    }

    @Override
    public void afterAll(ExtensionContext test) {
        if (context != null) {
            context.close();
        }
    }

    /** Skips a test where the JDK is too new for Spark. */
    public static void assumeThatItRuns() {
        Assumptions.assumeTrue(
                Runtime.version().feature() < 24, "Spark 3.5 runs on no JDK after 23: its tests are skipped");
    }

    /** A context that opens no page and listens to this machine alone. */
    public static JavaSparkContext start(String master) {
        assumeThatItRuns();
        return new JavaSparkContext(new SparkConf()
                .setMaster(master)
                .setAppName("test")
                .set("spark.ui.enabled", "false")
                // MapDB, in the tests, brings an lz4 that is too old for Spark.
                .set("spark.io.compression.codec", "snappy")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1"));
    }

    /** The context. */
    public JavaSparkContext context() {
        return context;
    }

    /** An RDD with these partitions. */
    @SafeVarargs
    public final <T> JavaRDD<T> partitions(List<T>... partitions) {
        List<List<T>> all = new ArrayList<>();
        for (List<T> partition : partitions) {
            all.add(partition);
        }
        return partitions(context, all);
    }

    /** The same on another context. */
    public static <T> JavaRDD<T> partitions(JavaSparkContext context, List<List<T>> partitions) {
        return Partitions.of(context, partitions);
    }
}
