package org.gatedepth.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.spark.Trained.minibatches;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.LocalSpark;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** What training on Spark does not take: each is said in one sentence, and the network stays as it was. */
@ExtendWith(DoublePrecision.class)
class SparkRefusalTest {
    private static JavaSparkContext spark;

    private final MultiLayerNetwork network = Trained.list(new Sgd(0.1));
    private final INDArray params = network.params().dup();

    @BeforeAll
    static void start() {
        spark = LocalSpark.start("local[2]");
    }

    @AfterAll
    static void stop() {
        if (spark != null) {
            spark.close();
        }
    }

    private static SparkTrainer.Builder two() {
        return new SparkTrainer.Builder().rounds(2).stepsPerRound(1);
    }

    private static JavaRDD<MultiDataSet> data() {
        return LocalSpark.partitions(spark, List.of(minibatches(2, 4, 1), minibatches(2, 4, 5)));
    }

    private void assertRefused(
            Class<? extends Exception> type, String message, SparkTrainer.Builder trainer, JavaRDD<MultiDataSet> data) {
        assertThatThrownBy(() -> trainer.build().fit(network, data, null))
                .isInstanceOf(type)
                .hasMessageContaining(message);
        assertThat(network.params()).isEqualTo(params);
        assertThat(network.getIterationCount()).isZero();
    }

    @Test
    void settingsBelowOne() {
        SparkTrainer.Builder builder = new SparkTrainer.Builder();
        assertThatThrownBy(() -> builder.rounds(0)).hasMessage("rounds must be at least 1, got 0");
        assertThatThrownBy(() -> builder.stepsPerRound(-3)).hasMessage("stepsPerRound must be at least 1, got -3");
        assertThatThrownBy(() -> builder.patience(0)).hasMessage("patience must be at least 1, got 0");
        assertThatThrownBy(() -> builder.checkpoints(" "))
                .hasMessage("checkpoints must name a folder, got a blank name");
        assertThatThrownBy(() -> builder.workersWithin(Duration.ZERO))
                .hasMessage("workersWithin must be more than 0, got PT0S");
    }

    @Test
    void aNetworkThatIsNotInitialised() {
        MultiLayerNetwork without = new MultiLayerNetwork(Networks.configuration(
                Networks.builder(new Sgd(0.1)), new DenseLayer.Builder().nOut(3).build()));

        assertThatThrownBy(() -> two().build().fit(without, data(), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the network has no parameters yet: call init() first");
    }

    @Test
    void anEmptyTrainingSet() {
        assertRefused(
                IllegalArgumentException.class,
                "the training set must have at least one example, got 2 partitions without any",
                two(),
                LocalSpark.partitions(spark, List.of(List.of(), List.of())));
    }

    @Test
    void anRddWithoutPartitions() {
        assertRefused(
                IllegalArgumentException.class,
                "the training set must have at least one example, got 0 partitions without any",
                two(),
                spark.emptyRDD());
    }

    @Test
    void anEmptyValidationSet() {
        assertThatThrownBy(() -> two().build()
                        .fit(network, data(), LocalSpark.partitions(spark, List.of(List.<MultiDataSet>of()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the validation set must have at least one example, got 1 partitions without any");
    }

    @Test
    void patienceWithoutValidation() {
        assertRefused(
                IllegalArgumentException.class,
                "patience is counted in rounds without a lower validation loss, got 3 rounds and no validation",
                two().patience(3),
                data());
    }

    @Test
    void minibatchesOfOtherShapesAreToldInTheWordsOfTheWorker() {
        MultiDataSet narrow = new org.nd4j.linalg.dataset.MultiDataSet(Nd4j.ones(4, 3), Nd4j.ones(4, 3));
        assertRefused(
                IllegalArgumentException.class,
                "expected features of shape [4, 4], got [4, 3]",
                two(),
                LocalSpark.partitions(spark, List.of(List.of(narrow))));
    }

    @Test
    void minibatchesOfDifferentWidths() {
        MultiDataSet narrow = new org.nd4j.linalg.dataset.MultiDataSet(Nd4j.ones(4, 3), Nd4j.ones(4, 3));
        assertRefused(
                IllegalArgumentException.class,
                "expected features of shape [4, 4], got [4, 3]",
                two().stepsPerRound(2),
                LocalSpark.partitions(
                        spark,
                        List.of(
                                minibatches(2, 4, 1),
                                List.of(minibatches(1, 4, 5).get(0), narrow))));
    }

    /** What Deeplearning4j itself says, for networks that it trains. */
    @Test
    void sequencesOfOtherShapesAreToldInOneLine() {
        MultiLayerNetwork recurrent = new MultiLayerNetwork(Networks.builder(new Sgd(0.1))
                .list()
                .layer(new LSTM.Builder().nOut(3).build())
                .layer(new RnnOutputLayer.Builder().nOut(2).build())
                .setInputType(InputType.recurrent(4))
                .build());
        recurrent.init();
        MultiDataSet narrow = new org.nd4j.linalg.dataset.MultiDataSet(Nd4j.ones(2, 3, 5), Nd4j.ones(2, 2, 5));

        assertThatThrownBy(() ->
                        two().build().fit(recurrent, LocalSpark.partitions(spark, List.of(List.of(narrow))), null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("a job on the cluster failed: ")
                .hasMessageContaining("[2, 3, 5]")
                .hasMessageNotContaining("\n");
    }

    @Test
    void minibatchesWithoutLabels() {
        MultiDataSet without = new org.nd4j.linalg.dataset.MultiDataSet(new INDArray[] {Nd4j.ones(4, 4)}, null);
        assertRefused(
                IllegalArgumentException.class,
                "a minibatch must have features and labels, got features 1 arrays, labels null",
                two(),
                LocalSpark.partitions(spark, List.of(List.of(without))));
    }

    @Test
    void parametersThatAreNotFinite() {
        MultiLayerNetwork diverging = Trained.list(new Sgd(1e200));

        assertThatThrownBy(() ->
                        new SparkTrainer.Builder().stepsPerRound(1).build().fit(diverging, data(), null))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageStartingWith("the loss and parameters must stay finite, got the loss ");
        assertThat(Double.isFinite(diverging.params().sumNumber().doubleValue()))
                .isTrue();
    }

    @Test
    void resumeWithoutAFolder() {
        assertThatThrownBy(() -> two().build().resume(network, data(), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("resume needs a folder of checkpoints: name it with checkpoints(..)");
    }

    @Test
    void aFileSystemThatHadoopDoesNotKnow() {
        assertRefused(
                IllegalArgumentException.class,
                "checkpoints must be a folder of a file system that Hadoop knows here, got nowhere://there: ",
                two().checkpoints("nowhere://there"),
                data());
    }

    @Test
    void aFolderThatCannotBeWritten(@TempDir Path folder) throws Exception {
        Path file = java.nio.file.Files.writeString(folder.resolve("file"), "mine");

        assertThatThrownBy(
                        () -> two().checkpoints(file.toUri() + "/below").build().fit(network, data(), null))
                .isInstanceOf(java.io.UncheckedIOException.class)
                .hasMessageContaining(file.toString());
        assertThat(file).hasContent("mine");
    }

    /** The last one of this class, since a process has one context. */
    @Test
    void aContextThatWasStopped() {
        JavaRDD<MultiDataSet> data = data();
        spark.close();
        try {
            assertRefused(
                    IllegalStateException.class,
                    "the Spark context must be running, got one that was stopped: either the program closed it, or its"
                            + " cluster local[2] could not be reached",
                    two(),
                    data);
        } finally {
            spark = LocalSpark.start("local[2]");
        }
    }
}
