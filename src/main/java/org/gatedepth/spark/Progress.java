package org.gatedepth.spark;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a run is.
 *
 * @param rounds the rounds until now
 * @param last what the network is after them
 * @param bestRound the number of the round with the lowest validation loss; without validation that of the last one; 0
 *     before the first
 * @param best what the network was after that round; null where it is {@code last}
 */
record Progress(
        List<Round> rounds,
        NetworkState last,
        int bestRound,
        @Nullable NetworkState best) {

    Progress {
        rounds = List.copyOf(rounds);
    }

    static Progress start(NetworkState state) {
        return new Progress(List.of(), state, 0, null);
    }

    /** With one round more. */
    Progress after(Round round, NetworkState state) {
        List<Round> all = new ArrayList<>(rounds);
        all.add(round);
        boolean better = bestRound == 0
                || Double.isNaN(round.validationLoss())
                || round.validationLoss() < rounds.get(bestRound - 1).validationLoss();
        return better
                ? new Progress(all, state, round.number(), null)
                : new Progress(all, state, bestRound, best == null ? last : best);
    }

    NetworkState bestState() {
        return best == null ? last : best;
    }

    /** How many rounds there were since the best one. */
    int roundsSinceBest() {
        return rounds.size() - bestRound;
    }
}
