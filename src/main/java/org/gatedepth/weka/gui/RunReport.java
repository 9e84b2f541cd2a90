package org.gatedepth.weka.gui;

import java.util.concurrent.ExecutionException;
import javax.swing.SwingWorker;
import org.gatedepth.report.DepthReport;
import org.gatedepth.weka.model.ModelReport;
import org.gatedepth.weka.progress.RunRecord;
import org.jspecify.annotations.Nullable;

/** Shows the report of a run in a panel, and measures it in a thread of its own if that was not done yet. */
final class RunReport {

    private final ReportPanel panel;
    private @Nullable ModelReport shown;

    RunReport(ReportPanel panel) {
        this.panel = panel;
    }

    /** Shows what there is of a run; null for none. */
    void show(@Nullable RunRecord run) {
        ModelReport report = run == null ? null : run.report();
        if (run == null || report == null || run.state() != RunRecord.State.FINISHED) {
            shown = null;
            panel.say(reason(run));
        } else if (report != shown) {
            shown = report;
            panel.say("The depth of the network is being measured...");
            measure(report);
        }
    }

    static String reason(@Nullable RunRecord run) {
        if (run == null) {
            return RunCharts.NO_RUN;
        }
        return switch (run.state()) {
            case RUNNING -> "There will be a report of the network's depth when it is trained.";
            case STOPPED -> "This run was stopped: there is no network whose depth could be measured.";
            case FINISHED -> "The reports of the latest " + RunList.REPORTS + " runs are kept, and this run is older.";
        };
    }

    private void measure(ModelReport report) {
        new SwingWorker<@Nullable DepthReport, Void>() {
            @Override
            protected @Nullable DepthReport doInBackground() {
                return report.orNull();
            }

            @Override
            protected void done() {
                if (shown != report) {
                    return;
                }
                try {
                    DepthReport there = get();
                    if (there == null) {
                        panel.say(report.sentence());
                    } else {
                        panel.show(there);
                    }
                } catch (ExecutionException e) {
                    panel.say(String.valueOf(e.getMessage()));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }.execute();
    }
}
