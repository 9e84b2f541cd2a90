package org.gatedepth.weka.spark;

import java.io.Serializable;

/**
 * What becomes of each row. It is drawn by the seed and the place of the row alone, so that it is the same in every
 * pass.
 *
 * @param seed the seed
 * @param heldOut the share of rows that evaluate the model
 * @param validation the share of the other rows that choose the best round
 */
record Lots(long seed, double heldOut, double validation) implements Serializable {

    /** What a row is for. */
    enum Kind {
        TRAINING,
        VALIDATION,
        HELD_OUT
    }

    private static final int BITS_OF_ROW = 40;

    /** The place of a row: its partition, and its position there. */
    static long place(int partition, long row) {
        return ((long) partition << BITS_OF_ROW) | row;
    }

    Kind kind(long place) {
        if (share(place, 1) < heldOut) {
            return Kind.HELD_OUT;
        }
        return share(place, 2) < validation ? Kind.VALIDATION : Kind.TRAINING;
    }

    /** By this number the sample takes the least ones. */
    long draw(long place) {
        return mix(place, 3);
    }

    /** By this number rows are shuffled. */
    long order(long place) {
        return mix(place, 4);
    }

    private double share(long place, long purpose) {
        return (mix(place, purpose) >>> 11) * 0x1.0p-53;
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
    private long mix(long place, long purpose) {
        long z = place + seed * 0x9E3779B97F4A7C15L;
        for (int i = 0; i < 2; i++) {
            z += purpose * 0xD1B54A32D192ED03L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            z ^= z >>> 31;
        }
        return z;
    }
}
