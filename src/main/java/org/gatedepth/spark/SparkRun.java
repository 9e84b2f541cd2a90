package org.gatedepth.spark;

import java.util.List;

/**
 * What {@link SparkTrainer} did.
 *
 * @param rounds all rounds, those before a {@code resume} included
 * @param bestRound the number of the round whose parameters the network has now: that of the lowest validation loss, or
 *     the last one if there were no validation rows
 * @param stoppedEarly whether it ended since the validation loss had not fallen for as many rounds as allowed
 */
public record SparkRun(List<Round> rounds, int bestRound, boolean stoppedEarly) {
    /** Copies the list. */
    public SparkRun {
        rounds = List.copyOf(rounds);
    }
}
