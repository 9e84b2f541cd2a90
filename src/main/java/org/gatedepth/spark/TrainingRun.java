package org.gatedepth.spark;

import java.util.Arrays;
import java.util.UUID;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** One training of one network on one data set. */
final class TrainingRun {
    private final SparkTrainer settings;
    private final Trainee network;
    private final Trainee.Blueprint blueprint;
    private final SparkContext spark;
    private final @Nullable Checkpoints checkpoints;
    private final String name = "gatedepth-" + UUID.randomUUID();

    TrainingRun(SparkTrainer settings, Trainee network, SparkContext spark) {
        this.settings = settings;
        this.network = network;
        this.spark = spark;
        blueprint = network.blueprint();
        String folder = settings.checkpoints();
        checkpoints = folder == null ? null : new Checkpoints(folder, spark.hadoopConfiguration());
    }

    /**
     * Trains.
     *
     * @param resumes whether a checkpoint may be there, from which it goes on
     */
    <T extends MultiDataSet> SparkRun train(JavaRDD<T> training, @Nullable JavaRDD<T> validation, boolean resumes) {
        if (!resumes && checkpoints != null) {
            checkpoints.requireNone();
        }
        try (Workers workers = new Workers(spark, name, settings.workersWithin());
                Minibatches rows = Minibatches.of(workers, training, "training set")) {
            Progress progress = resumes ? goOn(rows) : Progress.start(network.state());
            if (validation == null) {
                return rounds(rows, null, progress);
            }
            try (Minibatches others = Minibatches.of(workers, validation, "validation set")) {
                return rounds(rows, others, progress);
            }
        } finally {
            Replica.closeAll(name);
        }
    }

    private Progress goOn(Minibatches rows) {
        Checkpoint found = checkpoints == null ? null : checkpoints.newest();
        if (found == null) {
            return Progress.start(network.state());
        }
        if (!found.network().withoutCounts().equals(blueprint.withoutCounts())) {
            throw new IllegalArgumentException("a checkpoint must be of the network that is trained, got one of another"
                    + " network in " + settings.checkpoints() + ": give the network that the run began with, or name"
                    + " another folder");
        }
        if (!Arrays.equals(found.counts(), rows.counts()) || found.steps() != settings.stepsPerRound()) {
            throw new IllegalArgumentException("resume needs the partitions and steps of the run that it goes on from: "
                    + Arrays.toString(found.counts()) + " minibatches and " + found.steps() + " steps, got "
                    + Arrays.toString(rows.counts()) + " minibatches and " + settings.stepsPerRound() + " steps");
        }
        network.set(found.progress().last());
        return found.progress();
    }

    private SparkRun rounds(Minibatches rows, @Nullable Minibatches validation, Progress start) {
        Progress progress = start;
        while (progress.rounds().size() < settings.rounds() && !stalled(progress)) {
            progress = round(rows, validation, progress);
            if (checkpoints != null) {
                checkpoints.write(
                        new Checkpoint(network.blueprint(), rows.counts(), settings.stepsPerRound(), progress));
            }
            settings.onRound().accept(progress.rounds().get(progress.rounds().size() - 1));
        }
        boolean stopped = progress.rounds().size() < settings.rounds();
        network.set(progress.bestState());
        return new SparkRun(progress.rounds(), progress.bestRound(), stopped);
    }

    private boolean stalled(Progress progress) {
        return settings.patience() > 0 && progress.roundsSinceBest() >= settings.patience();
    }

    private Progress round(Minibatches rows, @Nullable Minibatches validation, Progress progress) {
        int number = progress.rounds().size() + 1;
        int ofEpoch = rows.roundsOfAnEpoch(settings.stepsPerRound());
        int place = (number - 1) % ofEpoch;
        NetworkState before = progress.last();
        long start = System.nanoTime();
        Share sum;
        Broadcast<NetworkState> sent = rows.broadcast(before);
        try {
            sum = rows.train(new Minibatches.Task(
                    name, blueprint, sent, place, ofEpoch, network.seed() + ((long) number << 32)));
        } finally {
            sent.destroy();
        }
        double[] params = sum.meanParams();
        if (params == null
                || !Double.isFinite(sum.meanLoss())
                || !Arrays.stream(params).allMatch(Double::isFinite)) {
            throw new ArithmeticException("the loss and parameters must stay finite, got the loss " + sum.meanLoss()
                    + " in round " + number + "; the network has the parameters of the round before: train with a lower"
                    + " learning rate or clipped gradients");
        }
        assign(network.params(), params);
        assign(network.updaterState(), sum.meanUpdater());
        network.setCounts(before.iteration() + sum.iterations(), before.epoch() + (place == ofEpoch - 1 ? 1 : 0));
        network.setScore(sum.meanLoss());
        NetworkState after = network.state();
        double seconds = (System.nanoTime() - start) * 1e-9;
        Round round = new Round(
                number,
                before.epoch(),
                sum.examples(),
                sum.meanLoss(),
                validation == null ? Double.NaN : loss(validation, after),
                seconds,
                sum.slowestSeconds(),
                sum.meanSeconds());
        return progress.after(round, after);
    }

    private static void assign(@Nullable INDArray to, double @Nullable [] values) {
        if (to != null && values != null) {
            to.assign(Nd4j.createFromArray(values).reshape(to.shape()));
        }
    }

    private double loss(Minibatches validation, NetworkState state) {
        Broadcast<NetworkState> sent = validation.broadcast(state);
        try {
            return validation.meanLoss(name, blueprint, sent);
        } finally {
            sent.destroy();
        }
    }
}
