package org.gatedepth.dl4j.training.team;

/** Work on a range of numbers. */
@FunctionalInterface
public interface RangeWork {
    /** Works on the numbers from {@code from} to {@code to}, which is excluded. */
    void work(int from, int to);
}
