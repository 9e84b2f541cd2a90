package org.gatedepth.weka.progress;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.gatedepth.weka.model.ModelReport;
import org.jspecify.annotations.Nullable;
import weka.core.Instances;
import weka.core.Utils;
import weka.gui.Logger;

/** Passes on how a training run goes on: to a status line or a terminal, and to the {@link RunWatchers}. */
public final class ProgressListeners implements TrainingProgress {

    /** The terminal of a command line; null elsewhere. */
    private static volatile @Nullable Consumer<String> terminal;

    /** The log that was last given to a classifier; null where there are no windows. */
    private static volatile @Nullable Logger lastLog;

    private final List<TrainingProgress> listeners;
    private final @Nullable Logger log;

    private ProgressListeners(List<TrainingProgress> listeners, @Nullable Logger log) {
        this.listeners = listeners;
        this.log = log;
    }

    /**
     * The listeners of a run.
     *
     * @param data the table
     * @param options options of the classifier
     * @param own the log that the classifier was given; null for none
     * @param resumed whether the run resumes another: the copy of a classifier that the Explorer keeps has no log, and
     *     uses the last one that was given to any classifier
     */
    public static ProgressListeners of(Instances data, String[] options, @Nullable Logger own, boolean resumed) {
        Logger log = own == null && resumed ? lastLog : own;
        Consumer<String> line = log == null ? terminal : log::statusMessage;
        List<TrainingProgress> listeners = new ArrayList<>();
        if (line != null) {
            listeners.add(new StatusLine(line));
        }
        if (RunWatchers.areWatched()) {
            listeners.add(new RunRecord(data, Utils.joinOptions(options)));
        }
        return new ProgressListeners(listeners, log);
    }

    /**
     * Remembers a log.
     *
     * @param log the log that a classifier was given
     */
    public static void heard(Logger log) {
        lastLog = log;
    }

    /** Shows progress in a terminal while a command runs; null when it is over. */
    public static void showIn(@Nullable Consumer<String> line) {
        terminal = line;
    }

    @Override
    public void choosing(String setting) {
        listeners.forEach(listener -> listener.choosing(setting));
    }

    @Override
    public void begun(int epochs) {
        listeners.forEach(listener -> listener.begun(epochs));
    }

    @Override
    public void within(int epoch, double part) {
        listeners.forEach(listener -> listener.within(epoch, part));
    }

    @Override
    public void epoch(int epoch, double trainingLoss, @Nullable Double validationLoss, Details details) {
        listeners.forEach(listener -> listener.epoch(epoch, trainingLoss, validationLoss, details));
    }

    @Override
    public void built(ModelReport report) {
        listeners.forEach(listener -> listener.built(report));
    }

    @Override
    public void ended(boolean finished) {
        listeners.forEach(listener -> listener.ended(finished));
    }

    /**
     * Tells why a run cannot be resumed. Weka's windows print a stack trace then, and show nothing.
     *
     * @param sentence what is wrong
     */
    public void refused(String sentence) {
        if (log != null) {
            log.logMessage(sentence);
            log.statusMessage(sentence);
        }
    }
}
