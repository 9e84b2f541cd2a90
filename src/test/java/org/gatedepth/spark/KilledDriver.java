package org.gatedepth.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.gatedepth.testing.Jdk;
import org.gatedepth.testing.Partitions;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** A driver that halts in the middle of its fourth round, as the operating system's kill -9 ends one. */
final class KilledDriver {
    private static final int KILLED = 137;

    private KilledDriver() {}

    /**
     * Runs it.
     *
     * @return how it ended
     */
    static int run(SparkConf conf, Path checkpoints, Path temporary, Path log) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(Jdk.shortRunOptions());
        command.addAll(Jdk.sparkOptions());
        command.addAll(Jdk.quietOptions());
        Arrays.stream(conf.getAll()).forEach(one -> command.add("-D" + one._1() + "=" + one._2()));
        command.addAll(List.of(
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + temporary,
                // What a process leaves that is killed.
                "-Dspark.local.dir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                KilledDriver.class.getName(),
                checkpoints.toUri().toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
    }

    static SparkTrainer.Builder trainer(Path checkpoints) {
        return new SparkTrainer.Builder()
                .rounds(5)
                .stepsPerRound(2)
                .checkpoints(checkpoints.toUri().toString());
    }

    /** Takes the folder of checkpoints. */
    public static void main(String[] arguments) {
        Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
        JavaSparkContext spark = new JavaSparkContext(new SparkConf());
        AtomicBoolean armed = new AtomicBoolean();
        spark.sc().addSparkListener(new SparkListener() {
            @Override
            public void onTaskStart(SparkListenerTaskStart start) {
                if (armed.get()) {
                    Runtime.getRuntime().halt(KILLED);
                }
            }
        });
        trainer(Path.of(java.net.URI.create(arguments[0])))
                .onRound(round -> armed.set(round.number() == 3))
                .build()
                .fit(
                        Trained.dropping(new Adam(0.02)),
                        Partitions.of(spark, List.of(Trained.minibatches(4, 8, 1), Trained.minibatches(4, 8, 101))),
                        null);
    }
}
