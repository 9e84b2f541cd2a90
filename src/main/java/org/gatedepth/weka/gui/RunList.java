package org.gatedepth.weka.gui;

import java.util.ArrayList;
import java.util.List;
import org.gatedepth.weka.progress.RunRecord;

/** The runs of this session, the latest first; the oldest are forgotten. Threads that train add to it. */
final class RunList {

    /** A cross-validation alone has eleven. */
    private static final int MOST = 200;

    /** The number of runs whose reports are kept, with the network and the rows on which they would be measured. */
    static final int REPORTS = 20;

    private final List<RunRecord> runs = new ArrayList<>();

    /** Adds a run that is not yet here. */
    synchronized void add(RunRecord run) {
        for (RunRecord known : runs) {
            if (known == run) {
                return;
            }
        }
        runs.add(0, run);
        if (runs.size() > REPORTS) {
            runs.get(REPORTS).forgetReport();
        }
        if (runs.size() > MOST) {
            runs.remove(MOST);
        }
    }

    /** The runs of the moment. */
    synchronized List<RunRecord> now() {
        return List.copyOf(runs);
    }
}
