package org.gatedepth.plan.tile;

import java.nio.Buffer;

/**
 * The registers of loops: a few Java arrays that stay in the first-level cache.
 *
 * <p>Loops over Java arrays are vectorised by the just-in-time compiler, and a register is loaded and stored by one
 * copy. Registers are numbered from 0 and made when they are first used. What they hold has no meaning between two
 * loops.
 */
public interface Tile {
    /** Elements in a register of the calling thread. */
    int SIZE = 1024;

    /** The registers of floats of the calling thread. */
    static Tile ofFloats() {
        return FloatTile.OF_THREAD.get();
    }

    /** The registers of doubles of the calling thread. */
    static Tile ofDoubles() {
        return DoubleTile.OF_THREAD.get();
    }

    /** The highest finite number that an element can be. */
    double highest();

    /** Makes sure that so many registers exist. */
    void require(int registers);

    /** Copies {@code length} elements from {@code memory}, from {@code index} on, to a register, from {@code at} on. */
    void load(Buffer memory, int index, int register, int at, int length);

    /** Copies {@code length} elements of a register, from {@code at} on, to {@code memory}, from {@code index} on. */
    void store(int register, int at, Buffer memory, int index, int length);

    /** Sets the first {@code length} elements of a register. */
    void fill(int register, double value, int length);

    /** Repeats the first {@code count} elements of a register until {@code length} are filled. */
    void repeat(int register, int count, int length);

    /** Copies {@code length} elements of a register, from {@code start} on, to the beginning of another. */
    void copy(int from, int start, int to, int length);

    /** The sum of the first {@code length} elements of a register. */
    double sum(int register, int length);

    /** The largest of some elements of a register, from {@code at} on; −∞ of none. */
    double max(int register, int at, int length);

    /** The sum of some elements of a register, in eight partial sums. */
    double sum(int register, int at, int length);

    /** The sum of the products of some elements of two registers, in eight partial sums. */
    double dot(int first, int second, int at, int length);

    /** Replaces some elements a of a register by {@code (a + add)·factor}. */
    void shift(int register, int at, int length, double add, double factor);

    /** Sets some elements of a register to 0. */
    void zero(int register, int at, int length);

    /** Replaces the first {@code length} elements of a register by their exponentials. */
    void exp(int register, int length);

    /**
     * Sets the first {@code length} elements of a register to 1 or 0: whether elements of {@code memory}, from
     * {@code index} on and {@code stride} apart, are other than 0.
     */
    void flags(Buffer memory, int index, int stride, int register, int length);

    /** Runs an operation on the first {@code length} elements of registers. */
    void apply(ElementwiseOp op, int a, int b, int out, int length);
}
