package org.gatedepth.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import scala.reflect.ClassTag$;

/**
 * The minibatches of a data set as bytes in the memory of the workers, or on their disks where that is full.
 *
 * <p>Round k of the R rounds of an epoch takes the minibatches from {@code k·n/R} to {@code (k+1)·n/R} of a partition
 * of n. So partitions of any size end an epoch together, and each minibatch is taken once in it.
 */
final class Minibatches implements AutoCloseable {
    private final Workers workers;
    private final JavaRDD<EncodedMinibatch> encoded;
    private final int[] counts;
    private final long examples;

    /** What a worker counts. */
    private record Size(int minibatches, long examples) implements Serializable {}

    /**
     * What a task of a round is told.
     *
     * @param run the name of the run
     * @param network what to build a copy from
     * @param state from where to start
     * @param round the round within the epoch, from 0
     * @param rounds how many rounds an epoch has
     * @param seed of dropout
     */
    record Task(String run, Trainee.Blueprint network, Broadcast<NetworkState> state, int round, int rounds, long seed)
            implements Serializable {}

    private Minibatches(Workers workers, JavaRDD<EncodedMinibatch> encoded, List<Size> sizes) {
        this.workers = workers;
        this.encoded = encoded;
        counts = sizes.stream().mapToInt(Size::minibatches).toArray();
        examples = sizes.stream().mapToLong(Size::examples).sum();
    }

    /**
     * Encodes, stores and counts.
     *
     * @param name what error messages call the data set
     */
    static <T extends MultiDataSet> Minibatches of(Workers workers, JavaRDD<T> data, String name) {
        JavaRDD<EncodedMinibatch> encoded =
                data.map(minibatch -> EncodedMinibatch.of(minibatch)).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            List<Size> sizes =
                    workers.run(() -> encoded.mapPartitions(Minibatches::size).collect());
            Minibatches all = new Minibatches(workers, encoded, sizes);
            if (all.examples == 0) {
                throw new IllegalArgumentException("the " + name + " must have at least one example, got "
                        + sizes.size() + " partitions without any");
            }
            return all;
        } catch (RuntimeException e) {
            free(workers, encoded);
            throw e;
        }
    }

    private static Iterator<Size> size(Iterator<EncodedMinibatch> all) {
        int minibatches = 0;
        long examples = 0;
        while (all.hasNext()) {
            minibatches++;
            examples += all.next().examples();
        }
        return List.of(new Size(minibatches, examples)).iterator();
    }

    /** The number of minibatches in each partition. */
    int[] counts() {
        return counts.clone();
    }

    /** How many rounds an epoch has if the largest partition makes at most so many steps in a round. */
    int roundsOfAnEpoch(int steps) {
        int largest = Arrays.stream(counts).max().orElseThrow();
        return (largest + steps - 1) / steps;
    }

    /** Sends a state to the workers. */
    Broadcast<NetworkState> broadcast(NetworkState state) {
        return workers.run(() -> encoded.context().broadcast(state, ClassTag$.MODULE$.apply(NetworkState.class)));
    }

    /** What all partitions add to a round. */
    Share train(Task task) {
        int[] sizes = counts;
        return workers.run(() -> encoded.mapPartitionsWithIndex(
                        (partition, all) -> train(task, partition, sizes[partition], all), true)
                .treeReduce(Share::plus));
    }

    private static Iterator<Share> train(Task task, int partition, int size, Iterator<EncodedMinibatch> all) {
        int from = (int) ((long) task.round() * size / task.rounds());
        int to = (int) ((task.round() + 1L) * size / task.rounds());
        if (from == to) {
            return List.of(Share.none()).iterator();
        }
        Replica replica = Replica.take(task.run(), task.network());
        Share share;
        try {
            long seed = new SplittableRandom(task.seed() + partition).nextLong();
            share = replica.train(task.state().value(), part(all, from, to), seed);
        } catch (RuntimeException e) {
            replica.close();
            throw e;
        }
        Replica.give(task.run(), replica);
        return List.of(share).iterator();
    }

    private static Iterator<EncodedMinibatch> part(Iterator<EncodedMinibatch> all, int from, int to) {
        for (int i = 0; i < from; i++) {
            all.next();
        }
        return new Iterator<>() {
            private int at = from;

            @Override
            public boolean hasNext() {
                return at < to;
            }

            @Override
            public EncodedMinibatch next() {
                at++;
                return all.next();
            }
        };
    }

    /** The mean loss of all examples in inference. */
    double meanLoss(String run, Trainee.Blueprint network, Broadcast<NetworkState> state) {
        // In the order of the partitions, so that the same parameters give the same number.
        return workers
                        .run(() -> encoded.mapPartitions(all -> loss(run, network, state, all))
                                .collect())
                        .stream()
                        .mapToDouble(Double::doubleValue)
                        .sum()
                / examples;
    }

    private static Iterator<Double> loss(
            String run, Trainee.Blueprint network, Broadcast<NetworkState> state, Iterator<EncodedMinibatch> all) {
        if (!all.hasNext()) {
            return Collections.emptyIterator();
        }
        Replica replica = Replica.take(run, network);
        double sum;
        try {
            sum = replica.loss(state.value(), all);
        } catch (RuntimeException e) {
            replica.close();
            throw e;
        }
        Replica.give(run, replica);
        return List.of(sum).iterator();
    }

    @Override
    public void close() {
        free(workers, encoded);
    }

    private static void free(Workers workers, JavaRDD<?> stored) {
        if (!stored.context().isStopped()) {
            // Waits: Spark prints errors if a program closes the context in the middle of it.
            workers.run(() -> stored.unpersist(true));
        }
    }
}
