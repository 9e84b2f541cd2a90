package org.gatedepth.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.spark.Trained.assertClose;
import static org.gatedepth.spark.Trained.assertEqualParams;
import static org.gatedepth.spark.Trained.minibatches;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.api.java.JavaRDD;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.LocalSpark;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;

/** Drivers that die, and what the next one finds. */
@ExtendWith(DoublePrecision.class)
class SparkCheckpointTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark();

    @TempDir
    Path folder;

    private JavaRDD<MultiDataSet> training;
    private JavaRDD<MultiDataSet> validation;

    @BeforeEach
    void data() {
        training = SPARK.partitions(minibatches(4, 8, 1), minibatches(2, 5, 11));
        validation = SPARK.partitions(minibatches(2, 8, 21));
    }

    private static MultiLayerNetwork network() {
        return Trained.dropping(new Adam(0.02));
    }

    private SparkTrainer.Builder six() {
        return new SparkTrainer.Builder().rounds(6).stepsPerRound(3).checkpoints(folder.toUri() + "/run");
    }

    private List<String> files() throws Exception {
        try (Stream<Path> all = Files.list(folder.resolve("run"))) {
            return all.map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith(".crc"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aNewDriverGoesOnFromTheLastRound() throws Exception {
        MultiLayerNetwork undisturbed = network();
        SparkRun expected =
                new SparkTrainer.Builder().rounds(6).stepsPerRound(3).build().fit(undisturbed, training, validation);
        assertThatThrownBy(() -> six().onRound(round -> {
                            if (round.number() == 3) {
                                throw new CancellationException("the driver dies");
                            }
                        })
                        .build()
                        .fit(network(), training, validation))
                .isInstanceOf(CancellationException.class);
        assertThat(files()).containsExactly("round-0000002.zip", "round-0000003.zip");
        // What a driver leaves that dies while it writes.
        Files.writeString(folder.resolve("run/round-0000004.zip.unfinished"), "half");
        MultiLayerNetwork other = network();
        other.params().assign(7);

        SparkRun run = six().build().resume(other, training, validation);

        assertThat(run.rounds()).extracting(Round::number).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(run.bestRound()).isEqualTo(expected.bestRound());
        assertEqualParams(other, undisturbed, 1e-12);
        assertClose(other.updaterState(), undisturbed.updaterState(), 1e-12);
        assertThat(other.getIterationCount()).isEqualTo(undisturbed.getIterationCount());
        assertThat(other.getEpochCount()).isEqualTo(undisturbed.getEpochCount());
        assertThat(files()).containsExactly("round-0000005.zip", "round-0000006.zip");
    }

    @Test
    void resumeBeginsWhereNothingIsThereYetAndEndsAtOnceWhereAllIsDone() {
        MultiLayerNetwork first = network();
        MultiLayerNetwork second = network();

        SparkRun run = six().build().resume(first, training, validation);
        SparkRun again = six().build().resume(second, training, validation);

        assertThat(run.rounds()).hasSize(6);
        assertThat(again).isEqualTo(run);
        assertEqualParams(second, first, 0);
    }

    @Test
    void aCheckpointIsAModelOfDeeplearning4j() throws Exception {
        MultiLayerNetwork network = network();
        six().build().fit(network, training, null);
        MultiLayerNetwork read = ModelSerializer.restoreMultiLayerNetwork(
                folder.resolve("run/round-0000006.zip").toFile(), true);
        ComputationGraph graph = Trained.twoOutputs(new Adam(0.02));
        six().checkpoints(folder.resolve("graph").toString())
                .build()
                .fit(graph, training.map(Trained::labelledTwice), null);
        ComputationGraph readGraph = ModelSerializer.restoreComputationGraph(
                folder.resolve("graph/round-0000006.zip").toFile(), true);

        assertEqualParams(read, network, 0);
        assertClose(read.updaterState(), network.updaterState(), 0);
        assertThat(read.getIterationCount()).isEqualTo(network.getIterationCount());
        assertThat(read.getEpochCount()).isEqualTo(network.getEpochCount());
        assertEqualParams(readGraph, graph, 0);
        assertThat(readGraph.getIterationCount()).isEqualTo(graph.getIterationCount());
    }

    @Test
    void theBestRoundIsKeptAcrossDrivers() throws Exception {
        SparkTrainer.Builder builder = six().rounds(2);
        SparkRun before = builder.build().fit(network(), training, validation);
        Path file = folder.resolve("run/round-0000002.zip");
        Checkpoint read;
        try (var in = Files.newInputStream(file)) {
            read = Checkpoint.read(in, "test");
        }
        // As if the first round had been the best one.
        Progress best = new Progress(
                read.progress().rounds(),
                read.progress().last(),
                1,
                new NetworkState(
                        read.progress().last().params(), read.progress().last().updater(), 3, 0));
        try (var out = Files.newOutputStream(file)) {
            new Checkpoint(read.network(), read.counts(), read.steps(), best).write(out);
        }
        Files.deleteIfExists(folder.resolve("run/.round-0000002.zip.crc"));
        MultiLayerNetwork network = network();

        SparkRun run = builder.build().resume(network, training, validation);

        assertThat(run.rounds()).isEqualTo(before.rounds());
        assertThat(run.bestRound()).isEqualTo(1);
        assertThat(network.getIterationCount()).isEqualTo(3);
    }

    @Test
    void theCheckpointOfAnotherNetworkIsRefused() {
        six().build().fit(network(), training, null);

        assertThatThrownBy(() -> six().build().resume(Trained.list(new Adam(0.02)), training, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "a checkpoint must be of the network that is trained, got one of another network" + " in ");
    }

    @Test
    void otherPartitionsOrStepsAreRefused() {
        six().build().fit(network(), training, null);

        assertThatThrownBy(() -> six().build().resume(network(), validation, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("resume needs the partitions and steps of the run that it goes on from: [4, 2] minibatches"
                        + " and 3 steps, got [2] minibatches and 3 steps");
        assertThatThrownBy(() -> six().stepsPerRound(1).build().resume(network(), training, null))
                .hasMessageEndingWith("got [4, 2] minibatches and 1 steps");
    }

    @Test
    void fitRefusesAFolderThatHasCheckpoints() throws Exception {
        six().build().fit(network(), training, null);
        List<String> before = files();

        assertThatThrownBy(() -> six().build().fit(network(), training, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("fit needs a folder without checkpoints, got .* with round-0000006.zip: call resume"
                        + " to go on from there, or name another folder");
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void aFileThatIsNoCheckpointIsRefused() throws Exception {
        Files.createDirectories(folder.resolve("run"));
        ModelSerializer.writeModel(
                network(), folder.resolve("run/round-0000009.zip").toFile(), true);

        assertThatThrownBy(() -> six().build().resume(network(), training, null))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("a checkpoint must have the entry gatedepth/run.bin, got none in ");
    }

    @Test
    void anInterruptEndsTheTrainingAndTheNetworkIsThatOfTheLastRound() throws Exception {
        MultiLayerNetwork network = network();
        MultiLayerNetwork twoRounds = network();
        SparkTrainer.Builder builder = six().onRound(round -> {
            if (round.number() == 2) {
                Thread.currentThread().interrupt();
            }
        });

        assertThatThrownBy(() -> builder.build().fit(network, training, null))
                .isInstanceOf(CancellationException.class)
                .hasMessage("the training was interrupted");
        assertThat(Thread.interrupted()).isTrue();

        new SparkTrainer.Builder().rounds(2).stepsPerRound(3).build().fit(twoRounds, training, null);
        assertEqualParams(network, twoRounds, 1e-12);
        assertThat(Objects.requireNonNull(network.updaterState()).length()).isPositive();
    }

    /** A disk that is full in the middle of the third checkpoint. */
    public static final class FullDisk extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("full:///");
        }

        @Override
        public FSDataOutputStream create(org.apache.hadoop.fs.Path file, boolean overwrite) throws IOException {
            FSDataOutputStream out = super.create(file, overwrite);
            if (!file.getName().startsWith("round-0000003")) {
                return out;
            }
            return new FSDataOutputStream(
                    new FilterOutputStream(out) {
                        private int free = 1000;

                        @Override
                        public void write(int one) throws IOException {
                            if (free == 0) {
                                throw new IOException("No space left on device");
                            }
                            free--;
                            super.write(one);
                        }
                    },
                    null);
        }
    }

    @Test
    void aFullDiskIsSaidAndEarlierCheckpointsStay() throws Exception {
        SPARK.context().hadoopConfiguration().set("fs.full.impl", FullDisk.class.getName());
        SparkTrainer.Builder onFullDisk = six().checkpoints("full://" + folder.resolve("run"));
        MultiLayerNetwork network = network();

        assertThatThrownBy(() -> onFullDisk.build().fit(network, training, validation))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("the checkpoint of round 3 cannot be written to full:" + folder.resolve("run")
                        + ": No space left on device; those of earlier rounds are still there");
        assertThat(files()).containsExactly("round-0000001.zip", "round-0000002.zip");
        // Where there is space again.
        MultiLayerNetwork undisturbed = network();
        new SparkTrainer.Builder().rounds(6).stepsPerRound(3).build().fit(undisturbed, training, validation);
        MultiLayerNetwork other = network();
        six().build().resume(other, training, validation);
        assertEqualParams(other, undisturbed, 1e-12);
    }
}
