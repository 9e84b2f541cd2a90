package org.gatedepth.dl4j.runtime;

import java.util.HashSet;
import java.util.Set;

/**
 * For how many steps a function over sequences is compiled.
 *
 * <p>The first lengths that are seen are compiled as they are, so that data of one length costs nothing more. Later
 * ones are rounded up, at most by a quarter, to four lengths between one power of two and the next: compiling takes
 * about as long as a training step.
 */
final class Lengths {
    private static final int EXACT = 4;

    private final Set<Long> exact = new HashSet<>();

    /** The length for which a pass over so many steps is compiled. */
    long compiled(long steps) {
        if (exact.contains(steps) || (exact.size() < EXACT && exact.add(steps))) {
            return steps;
        }
        long unit = Math.max(1, Long.highestOneBit(steps) / 4);
        return (steps + unit - 1) / unit * unit;
    }
}
