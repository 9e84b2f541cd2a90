package org.gatedepth.dl4j.network;

import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The state of ND4J's random generator of this thread, which is put back at the end: to make a network without a trace.
 *
 * <p>A workaround: {@code init()} of a network sets the seed of the generator that all networks of the thread share, so
 * that after it the dropout of another network goes on with other numbers. (Only the spare number of
 * {@code Random.nextGaussian()} cannot be read and put back; no initialisation draws that way.)
 *
 * <pre>{@code
 * try (RandomState ignored = RandomState.keep()) {
 *     network.init();
 * }
 * }</pre>
 */
public final class RandomState implements AutoCloseable {
    private final Random random = Nd4j.getRandom();
    private final long seed = random.getSeed();
    private final long root = random.rootState();
    private final long node = random.nodeState();

    private RandomState() {}

    /** The state of now. */
    public static RandomState keep() {
        return new RandomState();
    }

    /** Puts the state back. */
    @Override
    public void close() {
        // The seed is what getSeed() tells; setting it sets the states too.
        random.setSeed(seed);
        random.setStates(root, node);
    }
}
