package org.gatedepth.spark;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.gatedepth.dl4j.CompiledTrainer;
import org.gatedepth.dl4j.network.RandomState;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A worker's copy of the network, with its compiled steps.
 *
 * <p>A process that runs tasks keeps the copies that are free for the tasks of the next round, so that a network is
 * built and compiled once for each core. A task sets all that changes, so its result does not depend on which copy it
 * took. Copies of a run are closed when a task of another run comes, or the run ends in this process.
 */
final class Replica implements AutoCloseable {
    private static final Map<String, Deque<Replica>> FREE = new HashMap<>();

    private final Trainee network;
    private @Nullable CompiledTrainer trainer;

    private Replica(Trainee network) {
        this.network = network;
    }

    /** A free copy, or a new one. */
    static Replica take(String run, Trainee.Blueprint blueprint) {
        synchronized (FREE) {
            FREE.keySet().stream().filter(other -> !other.equals(run)).toList().forEach(Replica::closeAll);
            Deque<Replica> free = FREE.get(run);
            if (free != null && !free.isEmpty()) {
                return free.pop();
            }
        }
        return new Replica(Trainee.of(blueprint));
    }

    /** Keeps a copy for another task; one whose task failed is closed instead. */
    static void give(String run, Replica replica) {
        synchronized (FREE) {
            FREE.computeIfAbsent(run, key -> new ArrayDeque<>()).push(replica);
        }
    }

    /** Closes the free copies of a run. */
    static void closeAll(String run) {
        synchronized (FREE) {
            Deque<Replica> free = FREE.remove(run);
            if (free != null) {
                free.forEach(Replica::close);
            }
        }
    }

    /**
     * Makes a step for each minibatch.
     *
     * @param state from where it starts
     * @param minibatches at least one
     * @param seed of dropout, other for each partition and round
     */
    Share train(NetworkState state, Iterator<EncodedMinibatch> minibatches, long seed) {
        long start = System.nanoTime();
        network.set(state);
        if (trainer == null) {
            trainer = network.trainer();
        }
        long examples = 0;
        double lossSum = 0;
        try (RandomState ignored = RandomState.keep()) {
            Nd4j.getRandom().setSeed(seed);
            while (minibatches.hasNext()) {
                EncodedMinibatch next = minibatches.next();
                MultiDataSet minibatch = next.decode();
                lossSum += network.summed(trainer.fit(minibatch), minibatch);
                examples += next.examples();
            }
        }
        return Share.of(
                network,
                examples,
                lossSum,
                network.iteration() - state.iteration(),
                (System.nanoTime() - start) * 1e-9);
    }

    /** The summed loss of some minibatches in inference. */
    double loss(NetworkState state, Iterator<EncodedMinibatch> minibatches) {
        network.set(state);
        double sum = 0;
        while (minibatches.hasNext()) {
            sum += network.lossSum(minibatches.next().decode());
        }
        return sum;
    }

    @Override
    public void close() {
        if (trainer != null) {
            trainer.close();
        }
    }
}
