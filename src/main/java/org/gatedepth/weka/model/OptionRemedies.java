package org.gatedepth.weka.model;

import org.gatedepth.report.Remedies;
import org.jspecify.annotations.Nullable;

/**
 * Words for users of the classifier: its options, with values that the run did not have.
 *
 * @param pilots whether the regularisation was left to pilot runs
 * @param exits whether rows may exit early already
 * @param sequences whether rows have sequences, for which early exit and mixup are not there
 */
public record OptionRemedies(boolean pilots, boolean exits, boolean sequences) implements Remedies {

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
        return pilots
                ? null
                : "try -weight-decay auto -mixup auto, which pilot runs then choose"
                        + " (the network is kept as it was after epoch " + bestEpoch + ")";
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
