package org.gatedepth.weka.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.gatedepth.report.recording.LossHistory;
import org.gatedepth.spark.Round;
import org.gatedepth.weka.progress.TimeLeft;
import org.jspecify.annotations.Nullable;

/** Lines about the rounds of a training, and its losses by epoch. */
final class Rounds implements Consumer<Round> {
    private static final long NANOS_BETWEEN = 2_000_000_000L;

    private final Consumer<String> lines;
    private final int ofEpoch;
    private final int all;
    private final int members;
    private final long begun = System.nanoTime();
    private long shown = begun - NANOS_BETWEEN;
    /** The number of the first round of this process. */
    private int first;

    /**
     * For a training.
     *
     * @param lines shows a line; every other second at most, and the last one
     * @param ofEpoch how many rounds an epoch has
     * @param epochs how many epochs there are
     * @param members networks side by side, whose losses Deeplearning4j adds
     */
    Rounds(Consumer<String> lines, int ofEpoch, int epochs, int members) {
        this.lines = lines;
        this.ofEpoch = ofEpoch;
        all = Math.multiplyExact(ofEpoch, epochs);
        this.members = members;
    }

    /** How many rounds there are. */
    int all() {
        return all;
    }

    @Override
    public void accept(Round round) {
        first = first == 0 ? round.number() : first;
        long now = System.nanoTime();
        if (now - shown < NANOS_BETWEEN && round.number() < all) {
            return;
        }
        shown = now;
        double left = (now - begun) / 1e9 / (round.number() - first + 1) * (all - round.number());
        lines.accept(String.format(
                Locale.ROOT,
                "Round %d of %d, epoch %d of %d, loss %.4f%s%s",
                round.number(),
                all,
                (round.number() - 1) / ofEpoch + 1,
                all / ofEpoch,
                round.trainingLoss() / members,
                Double.isNaN(round.validationLoss())
                        ? ""
                        : String.format(Locale.ROOT, ", validation loss %.4f", round.validationLoss() / members),
                TimeLeft.of(left)));
    }

    /** The epoch of a round, from 1. */
    int epoch(int round) {
        return (round + ofEpoch - 1) / ofEpoch;
    }

    /** The losses of the epochs that were trained, the last of which may be cut short. */
    LossHistory losses(List<Round> rounds) {
        LossHistory losses = LossHistory.NONE;
        for (int from = 0; from < rounds.size(); from += ofEpoch) {
            List<Round> epoch = new ArrayList<>(rounds.subList(from, Math.min(from + ofEpoch, rounds.size())));
            double sum = 0;
            long examples = 0;
            for (Round round : epoch) {
                sum += round.trainingLoss() * round.examples();
                examples += round.examples();
            }
            losses = losses.and(sum / examples / members, validation(epoch.get(epoch.size() - 1)));
        }
        return losses;
    }

    /** The validation loss of a round; null without validation. */
    @Nullable
    Double validation(Round round) {
        return Double.isNaN(round.validationLoss()) ? null : Double.valueOf(round.validationLoss() / members);
    }
}
