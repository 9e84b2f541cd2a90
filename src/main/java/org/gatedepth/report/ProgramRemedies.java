package org.gatedepth.report;

import org.gatedepth.report.drawing.NumberFormat;

/** Words for programs that use Deeplearning4j. */
final class ProgramRemedies implements Remedies {

    @Override
    public String useSkips() {
        return "use highway or residual blocks";
    }

    @Override
    public String startGatesAt(double bias) {
        return "start the transform gates at a bias of " + NumberFormat.number(bias);
    }

    @Override
    public String regularise(int bestEpoch) {
        return "stop training after epoch " + bestEpoch + ", or use weight decay or dropout, or more of them";
    }

    @Override
    public String useBlocks(int blocks) {
        return "try " + NumberFormat.count(blocks, "block") + ", or remove the idle ones with Shrink.without";
    }

    @Override
    public String exitAt(double confidence) {
        return "predict with EarlyExit at the confidence " + confidence;
    }

    @Override
    public String holdOut() {
        return "to see whether the network overfits, hold some examples out of training";
    }
}
