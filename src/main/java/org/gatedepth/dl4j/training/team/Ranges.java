package org.gatedepth.dl4j.training.team;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Work on the numbers from 0 to n, cut into ranges. Any number of threads may run it: each takes one range after the
 * other, as long as there are any. It is done when all that run it have returned.
 *
 * <p>What is done to a number must not depend on the range that it is in: then the threads change nothing but the time.
 */
public final class Ranges implements Runnable {
    private final int n;
    private final int range;
    private final RangeWork work;
    private final AtomicInteger taken = new AtomicInteger();

    /**
     * Work that nobody has begun.
     *
     * @param n how many numbers there are
     * @param range how many of them are in each range but the last one: so many that a thread is worth waking for them
     * @param work what is done
     */
    public Ranges(int n, int range, RangeWork work) {
        this.n = n;
        this.range = range;
        this.work = work;
    }

    /** Number of the ranges that are full. */
    int full() {
        return n / range;
    }

    @Override
    public void run() {
        int ranges = (int) (((long) n + range - 1) / range);
        for (int r = taken.getAndIncrement(); r < ranges; r = taken.getAndIncrement()) {
            int from = r * range;
            work.work(from, (int) Math.min(n, (long) from + range));
        }
    }
}
