package org.gatedepth.weka.progress;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.gatedepth.weka.model.ModelReport;
import org.jspecify.annotations.Nullable;
import weka.core.Instances;
import weka.core.Utils;
import weka.gui.LogPanel;
import weka.gui.Logger;

/** Passes on how a training run goes on: to a status line or a terminal, and to the {@link RunWatchers}. */
public final class ProgressListeners implements TrainingProgress {

    /** The terminal of a command line; null elsewhere. */
    private static volatile @Nullable Consumer<String> terminal;

    /** The number of networks that the command trains; 0 if it is not known. */
    private static volatile int networksOfTheCommand;

    /** The log that was last given to a classifier; null where there are no windows. */
    private static volatile @Nullable Logger lastLog;

    private final List<TrainingProgress> listeners;
    private final @Nullable Logger log;
    private final String title;

    private ProgressListeners(List<TrainingProgress> listeners, @Nullable Logger log, String title) {
        this.listeners = listeners;
        this.log = log;
        this.title = title;
    }

    /**
     * The listeners of a run.
     *
     * @param data the table
     * @param options the options of the classifier that are not the defaults
     * @param own the log that the classifier was given; null for none
     * @param resumed whether the run resumes another: the copy of a classifier that the Explorer keeps has no log, and
     *     uses the last one that was given to any classifier
     */
    public static ProgressListeners of(Instances data, String[] options, @Nullable Logger own, boolean resumed) {
        Logger log = own == null && resumed ? lastLog : own;
        String network = resumed ? "" : network(log, data.size());
        List<TrainingProgress> listeners = new ArrayList<>();
        if (log != null && KnowledgeFlowRow.isIn(log)) {
            KnowledgeFlowRow row = new KnowledgeFlowRow(log, options);
            listeners.add(new StatusLine(row::say, network));
            listeners.add(row);
        } else {
            Consumer<String> line = log == null ? terminal : log::statusMessage;
            if (line != null) {
                listeners.add(new StatusLine(line, network));
            }
        }
        String changed = Utils.joinOptions(options).strip();
        if (RunWatchers.areWatched()) {
            listeners.add(new RunRecord(data, changed, network));
        }
        String classifier = "GatedNetwork" + (changed.isEmpty() ? "" : " " + changed);
        String title = data.relationName() + ", " + classifier + ", " + LocalDate.now(ZoneId.systemDefault());
        return new ProgressListeners(listeners, log, title);
    }

    /** Which network a run trains, in words. */
    private static String network(@Nullable Logger log, int rows) {
        Consumer<String> command = terminal;
        if (log == null) {
            return command == null ? "" : NetworkCount.next(command, () -> networksOfTheCommand);
        }
        // The Explorer evaluates in a thread that ends with the evaluation; the threads of a flow train for any of its
        // steps.
        return log instanceof LogPanel
                ? NetworkCount.next(Thread.currentThread(), () -> RunWatchers.networks(rows))
                : NetworkCount.next(log, () -> 0);
    }

    /**
     * Remembers a log.
     *
     * @param log the log that a classifier was given
     */
    public static void heard(Logger log) {
        lastLog = log;
    }

    /**
     * Shows progress in a terminal while a command runs.
     *
     * @param line the terminal; null when the command is over
     * @param networks the number of networks that the command trains; 0 if it is not known
     */
    public static void showIn(@Nullable Consumer<String> line, int networks) {
        terminal = line;
        networksOfTheCommand = networks;
    }

    @Override
    public void reading(int rows) {
        listeners.forEach(listener -> listener.reading(rows));
    }

    @Override
    public void choosing(int run, String setting) {
        listeners.forEach(listener -> listener.choosing(run, setting));
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
    public void trained(Details details) {
        listeners.forEach(listener -> listener.trained(details));
    }

    @Override
    public void built(ModelReport report) {
        report.entitle(title);
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
