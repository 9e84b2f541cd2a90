package org.gatedepth.spark;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Trains a network on a cluster of Apache Spark: each partition of the data trains a copy, and the copies are averaged.
 *
 * <p>In a round, partition p starts from the parameters θ, makes up to {@link Builder#stepsPerRound} steps on
 * minibatches of its own, and ends at θ<sub>p</sub> after n<sub>p</sub> examples. Then
 *
 * <pre>  θ ← Σ<sub>p</sub> n<sub>p</sub>·θ<sub>p</sub> / Σ<sub>p</sub> n<sub>p</sub></pre>
 *
 * <p>and the same for the state of the updaters. With one step in a round, plain SGD and partitions of equal size that
 * is exactly SGD on minibatches as large as those of all partitions together. With more steps it is federated averaging
 * (McMahan and others 2017, arXiv 1602.05629) over all partitions: fewer bytes, and more epochs to the same quality.
 *
 * <pre>{@code
 * SparkRun run = new SparkTrainer.Builder()
 *         .rounds(100)
 *         .stepsPerRound(10)
 *         .patience(10)
 *         .checkpoints("hdfs://namenode/models/letter")
 *         .build()
 *         .fit(network, training, validation);
 * }</pre>
 *
 * <ul>
 *   <li><b>Data</b>: each element of the RDD is one minibatch. The trainer keeps them as bytes in the workers' memory,
 *       and on their disks where that is full, so give it an RDD that is not cached. A partition is one copy of the
 *       network: make as many as the cluster has cores. Partitions of any size, empty ones too, end an epoch together:
 *       in each round a partition takes the same share of its minibatches.
 *   <li><b>The network</b> is trained in place, as by {@code fit}. Its steps are those of
 *       {@link org.gatedepth.dl4j.CompiledTrainer#orFit}: compiled for networks of rows, else Deeplearning4j's, which
 *       know sequences, masks, images. Its counts go on: a round adds the iterations of the partition that made most,
 *       an epoch is one pass over all minibatches; schedules follow them. Its listeners are not called: see
 *       {@link Builder#onRound}.
 *   <li><b>Failures</b>: Spark runs the tasks of a lost worker again. A task starts from the round's parameters and
 *       seeds its own random numbers, so the result is the same but for the order of sums, if the RDD gives the same
 *       minibatches in the same order again. A driver that died is followed by one that calls {@code resume}.
 *   <li><b>The result</b> with validation rows is the network after the round with the lowest validation loss.
 * </ul>
 *
 * <p>ND4J's random generator of the caller's thread stays as it was. The workers need this jar, Deeplearning4j and an
 * ND4J backend ({@code spark.jars}).
 */
public final class SparkTrainer {
    private final Builder settings;

    private SparkTrainer(Builder settings) {
        this.settings = settings;
    }

    /**
     * Trains from the network's parameters and counts of now.
     *
     * @param network one that has been initialised; it is trained
     * @param training minibatches
     * @param validation minibatches whose loss tells the best round; null for none
     * @throws IllegalArgumentException if the network is not initialised, a data set has no example, a minibatch does
     *     not fit the network (which is that of the last whole round), patience was set without validation, or the
     *     folder of checkpoints has some already
     * @throws IllegalStateException if the context was stopped, the cluster has no workers, or a job of it failed
     * @throws ArithmeticException if loss or parameters stop being finite; the network is that of the round before
     * @throws java.io.UncheckedIOException if a checkpoint cannot be written; earlier ones are still there
     * @throws java.util.concurrent.CancellationException if the thread is interrupted; the network is that of the last
     *     whole round
     */
    public <T extends MultiDataSet> SparkRun fit(
            MultiLayerNetwork network, JavaRDD<T> training, @Nullable JavaRDD<T> validation) {
        return train(Trainee.of(network), training, validation, false);
    }

    /** The same for a graph. */
    public <T extends MultiDataSet> SparkRun fit(
            ComputationGraph network, JavaRDD<T> training, @Nullable JavaRDD<T> validation) {
        return train(Trainee.of(network), training, validation, false);
    }

    /**
     * Goes on from the newest checkpoint, or begins if there is none: so a driver that is started again after it died
     * always calls this one. The rounds before count among {@link Builder#rounds}.
     *
     * @param network one of the configuration that the run began with; its parameters, updaters and counts become those
     *     of the checkpoint
     * @param training the same minibatches in the same partitions
     * @param validation as for {@code fit}
     * @throws IllegalArgumentException as {@code fit}; also if no folder of checkpoints was set, or the checkpoint is
     *     of another network or of other partitions
     */
    public <T extends MultiDataSet> SparkRun resume(
            MultiLayerNetwork network, JavaRDD<T> training, @Nullable JavaRDD<T> validation) {
        return train(Trainee.of(network), training, validation, true);
    }

    /** The same for a graph. */
    public <T extends MultiDataSet> SparkRun resume(
            ComputationGraph network, JavaRDD<T> training, @Nullable JavaRDD<T> validation) {
        return train(Trainee.of(network), training, validation, true);
    }

    private <T extends MultiDataSet> SparkRun train(
            Trainee network, JavaRDD<T> training, @Nullable JavaRDD<T> validation, boolean resumes) {
        if (resumes && settings.checkpoints == null) {
            throw new IllegalArgumentException("resume needs a folder of checkpoints: name it with checkpoints(..)");
        }
        if (settings.patience > 0 && validation == null) {
            throw new IllegalArgumentException("patience is counted in rounds without a lower validation loss, got "
                    + settings.patience + " rounds and no validation minibatches: give some, or leave patience out");
        }
        return new TrainingRun(this, network, training.context()).train(training, validation, resumes);
    }

    int rounds() {
        return settings.rounds;
    }

    int stepsPerRound() {
        return settings.stepsPerRound;
    }

    int patience() {
        return settings.patience;
    }

    @Nullable
    String checkpoints() {
        return settings.checkpoints;
    }

    Duration workersWithin() {
        return settings.workersWithin;
    }

    Consumer<Round> onRound() {
        return settings.onRound;
    }

    /** Settings. */
    public static final class Builder {
        private int rounds = 100;
        private int stepsPerRound = 10;
        private int patience;
        private @Nullable String checkpoints;
        private Duration workersWithin = Duration.ofMinutes(2);
        private Consumer<Round> onRound = round -> {};

        /** How often the copies are averaged; 100 if not set. */
        public Builder rounds(int rounds) {
            this.rounds = atLeastOne("rounds", rounds);
            return this;
        }

        /** How many minibatches the largest partition trains on between two averages; 10 if not set. */
        public Builder stepsPerRound(int steps) {
            stepsPerRound = atLeastOne("stepsPerRound", steps);
            return this;
        }

        /** Ends after so many rounds without a lower validation loss; if not set, all rounds are made. */
        public Builder patience(int rounds) {
            patience = atLeastOne("patience", rounds);
            return this;
        }

        /**
         * Writes a checkpoint after each round, and keeps the last two.
         *
         * @param folder a path or URI of any file system that Hadoop knows: a disk of the driver, HDFS, S3
         */
        public Builder checkpoints(String folder) {
            if (folder.isBlank()) {
                throw new IllegalArgumentException("checkpoints must name a folder, got a blank name");
            }
            checkpoints = folder;
            return this;
        }

        /** How long the cluster may be without any worker before training ends with an error; 2 minutes if not set. */
        public Builder workersWithin(Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("workersWithin must be more than 0, got " + time);
            }
            workersWithin = time;
            return this;
        }

        /** Called on the driver after each round and its checkpoint; what it throws ends the training. */
        public Builder onRound(Consumer<Round> listener) {
            onRound = Objects.requireNonNull(listener, "onRound");
            return this;
        }

        /** The trainer, which does not change with this builder any more. */
        public SparkTrainer build() {
            Builder copy = new Builder();
            copy.rounds = rounds;
            copy.stepsPerRound = stepsPerRound;
            copy.patience = patience;
            copy.checkpoints = checkpoints;
            copy.workersWithin = workersWithin;
            copy.onRound = onRound;
            return new SparkTrainer(copy);
        }

        private static int atLeastOne(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be at least 1, got " + value);
            }
            return value;
        }
    }
}
