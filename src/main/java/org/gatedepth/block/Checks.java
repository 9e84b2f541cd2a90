package org.gatedepth.block;

/** Checks of what users give: the message states the rule and the value. */
public final class Checks {
    private Checks() {}

    /** Refuses a number below 1. */
    public static void positive(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, got " + value);
        }
    }

    /** Refuses a number that is none. */
    public static void finite(String what, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(what + " must be a finite number, got " + value);
        }
    }
}
