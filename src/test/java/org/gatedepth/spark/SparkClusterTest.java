package org.gatedepth.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.spark.Trained.assertClose;
import static org.gatedepth.spark.Trained.assertEqualParams;
import static org.gatedepth.spark.Trained.minibatches;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.LoopbackCluster;
import org.gatedepth.testing.Partitions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * On a real cluster, which has this project's classes only from the jars that a program ships. The tests go from no
 * worker to two, and to one that is left.
 */
@Tag("package")
@ExtendWith(DoublePrecision.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SparkClusterTest {
    @TempDir
    static Path folder;

    private static LoopbackCluster cluster;
    private static JavaSparkContext spark;

    @BeforeAll
    static void start() throws Exception {
        cluster = new LoopbackCluster(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            if (spark != null) {
                spark.close();
            }
        } finally {
            if (cluster != null) {
                cluster.close();
                assertThat(cluster.leftByDriver()).isEmpty();
            }
        }
    }

    private static JavaRDD<MultiDataSet> halves(JavaSparkContext context, int minibatches) {
        return Partitions.of(context, List.of(minibatches(minibatches, 8, 1), minibatches(minibatches, 8, 101)));
    }

    @Test
    @Order(1)
    void aClusterWithoutWorkersIsSaid() throws Exception {
        try (JavaSparkContext alone = new JavaSparkContext(cluster.conf())) {
            assertThatThrownBy(() -> new SparkTrainer.Builder()
                            .workersWithin(Duration.ofSeconds(2))
                            .build()
                            .fit(Trained.list(new Sgd(0.1)), halves(alone, 2), null))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the cluster " + cluster.url() + " must have a worker with a free core and the memory"
                            + " of one executor, got none for 2 s: start workers, or ask for less with"
                            + " spark.executor.memory");
        }
    }

    @Test
    @Order(2)
    void aDriverThatIsKilledLosesAtMostOneRound() throws Exception {
        cluster.addWorker();
        cluster.addWorker();
        Path checkpoints = folder.resolve("run");
        Path log = folder.resolve("driver.log");
        int exit = KilledDriver.run(cluster.conf(), checkpoints, folder.resolve("tmp"), log);
        assertThat(exit).as(Files.readString(log)).isEqualTo(137);
        spark = new JavaSparkContext(cluster.conf());
        MultiLayerNetwork undisturbed = Trained.dropping(new Adam(0.02));
        new SparkTrainer.Builder().rounds(5).stepsPerRound(2).build().fit(undisturbed, halves(spark, 4), null);
        MultiLayerNetwork network = Trained.dropping(new Adam(0.02));
        List<Integer> made = new ArrayList<>();

        SparkRun run = KilledDriver.trainer(checkpoints)
                .onRound(round -> made.add(round.number()))
                .build()
                .resume(network, halves(spark, 4), null);

        // It was killed in the fourth.
        assertThat(made).containsExactly(4, 5);
        assertThat(run.rounds()).hasSize(5);
        assertEqualParams(network, undisturbed, 1e-9);
        assertClose(network.updaterState(), undisturbed.updaterState(), 1e-9);
    }

    @Test
    @Order(3)
    void averagingAtEveryStepIsSgdOnWholeMinibatches() {
        MultiLayerNetwork expected = Trained.list(new Sgd(0.1));
        ComputationGraph expectedGraph = Trained.twoOutputs(new Sgd(0.1));
        for (int i = 0; i < 6; i++) {
            MultiDataSet whole = Trained.merged(
                    minibatches(1, 8, 1 + i % 3).get(0),
                    minibatches(1, 8, 101 + i % 3).get(0));
            expected.fit(whole);
            expectedGraph.fit(Trained.labelledTwice(whole));
        }
        MultiLayerNetwork network = Trained.list(new Sgd(0.1));
        ComputationGraph graph = Trained.twoOutputs(new Sgd(0.1));
        SparkTrainer trainer =
                new SparkTrainer.Builder().rounds(6).stepsPerRound(1).build();

        trainer.fit(network, halves(spark, 3), null);
        trainer.fit(graph, halves(spark, 3).map(Trained::labelledTwice), null);

        assertEqualParams(network, expected, 1e-12);
        assertEqualParams(graph, expectedGraph, 1e-12);
    }

    /** The last one, since the worker stays away. */
    @Test
    @Order(4)
    void aWorkerThatIsKilledChangesNothing() throws Exception {
        MultiLayerNetwork undisturbed = Trained.dropping(new Adam(0.02));
        MultiLayerNetwork network = Trained.dropping(new Adam(0.02));
        SparkTrainer.Builder builder = new SparkTrainer.Builder().rounds(4).stepsPerRound(2);
        builder.build().fit(undisturbed, halves(spark, 4), halves(spark, 2));
        AtomicLong since = new AtomicLong(Long.MAX_VALUE);
        AtomicInteger begun = new AtomicInteger();
        CountDownLatch failed = new CountDownLatch(1);
        spark.sc().addSparkListener(new SparkListener() {
            @Override
            public void onTaskStart(SparkListenerTaskStart start) {
                // Of earlier tasks it may be told late.
                if (start.taskInfo().launchTime() >= since.get() && begun.incrementAndGet() == 2) {
                    cluster.kill(1);
                }
            }

            @Override
            public void onTaskEnd(SparkListenerTaskEnd end) {
                if (!end.taskInfo().successful()) {
                    failed.countDown();
                }
            }
        });

        SparkRun run = builder.onRound(round -> {
                    if (round.number() == 2) {
                        // Both tasks of the third round begin, and one of them cannot end before it is killed.
                        since.set(System.currentTimeMillis());
                        cluster.pause(1);
                    }
                })
                .build()
                .fit(network, halves(spark, 4), halves(spark, 2));

        assertThat(failed.await(1, TimeUnit.MINUTES)).as("a task has failed").isTrue();
        assertThat(run.rounds()).hasSize(4);
        assertEqualParams(network, undisturbed, 1e-9);
        assertClose(network.updaterState(), undisturbed.updaterState(), 1e-9);
    }
}
