package org.gatedepth.weka.gui;

import java.util.ArrayList;
import java.util.List;
import org.gatedepth.weka.model.HandmadeReports;
import org.gatedepth.weka.progress.OutputLoss;
import org.gatedepth.weka.progress.RunRecord;
import org.gatedepth.weka.progress.RunWatchers;
import org.gatedepth.weka.progress.TrainingProgress;
import org.jspecify.annotations.Nullable;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instances;

/** Runs as the classifier records them, without training. */
final class Recorded {

    private Recorded() {}

    /** A run of a nominal class on a table of four rows. */
    static RunRecord classification() {
        return run(new Attribute("class", List.of("a", "b")));
    }

    static RunRecord regression() {
        return run(new Attribute("class"));
    }

    /** A run with a report. */
    static RunRecord finished() {
        RunRecord run = classification();
        run.built(HandmadeReports.model());
        run.ended(true);
        return run;
    }

    private static RunRecord run(Attribute classAttribute) {
        Instances table = new Instances("table", new ArrayList<>(List.of(classAttribute)), 4);
        table.setClassIndex(0);
        for (int i = 0; i < 4; i++) {
            table.add(new DenseInstance(1));
        }
        return new RunRecord(table, "-depth 2", "network 3 of 11");
    }

    /** An epoch while somebody looks, or nobody does. */
    static void epoch(
            RunRecord run, int number, @Nullable Double validation, boolean seen, TrainingProgress.Details details) {
        Watcher watcher = new Watcher(seen);
        RunWatchers.watch(watcher);
        try {
            run.epoch(number, 1.0 / number, validation, details);
        } finally {
            RunWatchers.unwatch(watcher);
        }
    }

    private record Watcher(boolean wantsDetails) implements RunWatchers.Watcher {
        @Override
        public void changed(RunRecord run) {
            // It looks once.
        }
    }

    /** What an epoch measures. */
    record Details(List<OutputLoss> losses, List<Double> gates) implements TrainingProgress.Details {}

    /** With a head, and two gates. */
    static Details details(double value) {
        return new Details(
                List.of(new OutputLoss("output", value), new OutputLoss("head1", 2 * value)),
                List.of(value / 10, value / 5));
    }
}
