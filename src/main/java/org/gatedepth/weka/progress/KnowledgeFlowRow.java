package org.gatedepth.weka.progress;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import weka.core.Utils;
import weka.gui.Logger;

/**
 * The row of a classifier in the status table of Weka's Knowledge Flow.
 *
 * <p>The table sets a message that does not name its row into the row "Unknown", and counts the seconds of a row until
 * one begins with "Finished" or "INTERRUPTED".
 */
final class KnowledgeFlowRow implements TrainingProgress {

    private final Logger log;
    private final String start;

    KnowledgeFlowRow(Logger log, String[] options) {
        this.log = log;
        start = "GatedNetwork (training)$" + Arrays.hashCode(options) + "|"
                + Utils.joinOptions(options).strip() + "|";
    }

    /** Whether a log is the status table of a flow. */
    static boolean isIn(Logger log) {
        return log instanceof weka.gui.beans.LogPanel;
    }

    void say(String line) {
        log.statusMessage(start + line);
    }

    @Override
    public void begun(int epochs) {
        // The status line says so.
    }

    @Override
    public void within(int epoch, double part) {
        // The status line says so.
    }

    @Override
    public void epoch(int epoch, double trainingLoss, @Nullable Double validationLoss, Details details) {
        // The status line says so.
    }

    @Override
    public void ended(boolean finished) {
        say(finished ? "Finished." : "INTERRUPTED");
    }
}
