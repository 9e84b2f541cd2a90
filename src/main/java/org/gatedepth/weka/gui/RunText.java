package org.gatedepth.weka.gui;

import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.gatedepth.weka.progress.RunRecord;

/** A run in words. */
final class RunText {

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private RunText() {}

    static String start(RunRecord run) {
        return CLOCK.format(run.start());
    }

    static String state(RunRecord run) {
        return switch (run.state()) {
            case RUNNING -> "training";
            case FINISHED -> "finished";
            case STOPPED -> "stopped";
        };
    }

    /** The last epoch that was run, and the last that may be. */
    static String epoch(List<RunRecord.Epoch> epochs, RunRecord run) {
        int last = epochs.isEmpty() ? 0 : epochs.get(epochs.size() - 1).number();
        return last + " of " + run.lastEpoch();
    }

    /** The training loss of the last epoch. */
    static String loss(List<RunRecord.Epoch> epochs) {
        return epochs.isEmpty() ? "" : number(epochs.get(epochs.size() - 1).trainingLoss());
    }

    static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    /** One line about a run. */
    static String describe(RunRecord run) {
        List<RunRecord.Epoch> epochs = run.epochs();
        String network = run.network().isEmpty() ? "" : ", " + run.network();
        String text = "Run of " + start(run) + " on " + run.relation() + " (" + run.rows() + " rows)" + network + ": "
                + state(run) + ", epoch " + epoch(epochs, run);
        return epochs.isEmpty() ? text + "." : text + ", loss " + loss(epochs) + ".";
    }
}
