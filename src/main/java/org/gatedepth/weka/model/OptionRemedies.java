package org.gatedepth.weka.model;

import java.util.ArrayList;
import java.util.List;
import org.gatedepth.report.Remedies;
import org.jspecify.annotations.Nullable;

/**
 * Words for users of the classifier: its options, with values that the run did not have.
 *
 * @param used what was done against overfitting
 * @param choice how that was chosen
 * @param classification whether the class is nominal
 * @param exits whether rows may exit early already
 * @param sequences whether rows have sequences, for which early exit and mixup are not there
 */
public record OptionRemedies(
        Regularisation used, Choice choice, boolean classification, boolean exits, boolean sequences)
        implements Remedies {

    /** How the regularisation was chosen. */
    public enum Choice {
        /** The better one in pilot runs. */
        PILOT_RUNS,
        /** Wholly or in part by the user, where pilot runs could choose. */
        USER,
        /** Of so many rows that there are no pilot runs. */
        MANY_ROWS
    }

    /** The strongest weight decay that the classifier chooses by itself. */
    private static final double STRONG = 5;

    @Override
    public String useSkips() {
        return "try -connection HIGHWAY or -connection RESIDUAL";
    }

    @Override
    public String startGatesAt(double bias) {
        return "try -gate-bias auto (in windows transformGateBias)";
    }

    /** Nothing if pilot runs have compared what could be advised: on these rows it was worse. */
    @Override
    public @Nullable String regularise(int bestEpoch) {
        String kept = " (the network is kept as it was after epoch " + bestEpoch + ")";
        if (choice == Choice.PILOT_RUNS) {
            return null;
        }
        if (choice == Choice.USER) {
            return "try -weight-decay auto -mixup auto, which pilot runs then choose" + kept;
        }
        List<String> more = new ArrayList<>();
        if (used.weightDecay() < STRONG) {
            more.add("-weight-decay 5");
        }
        if (used.mixup() == 0 && classification && !sequences) {
            more.add("-mixup 0.2");
        }
        String tried = more.isEmpty() ? "a smaller -width, or more rows" : String.join(" or ", more);
        return "try " + tried + kept;
    }

    @Override
    public String useBlocks(int blocks) {
        // A pair of attention is two blocks, and two more are above the steps.
        return sequences ? "try a smaller -depth" : "try -depth " + blocks;
    }

    @Override
    public @Nullable String exitAt(double confidence) {
        return exits || sequences ? null : "for faster prediction try -early-exit " + confidence;
    }

    @Override
    public String holdOut() {
        return "to see whether the network overfits, try -validation 20, which holds out a fifth of the rows";
    }
}
