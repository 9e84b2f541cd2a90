package org.gatedepth.weka.progress;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who watches the training runs of this session. Where nobody does, nothing is recorded. */
public final class RunWatchers {

    /** Watches the runs. Called in the thread that trains. */
    public interface Watcher {
        /** A run began, went on or ended. */
        void changed(RunRecord run);

        /** Whether losses of heads and gates, which take time to measure, are being looked at. */
        boolean wantsDetails();

        /**
         * How many networks will be trained together; 0 if it is not known.
         *
         * @param rows the rows of the first of them
         */
        default int networks(int rows) {
            return 0;
        }
    }

    private static final List<Watcher> WATCHERS = new CopyOnWriteArrayList<>();

    private RunWatchers() {}

    /** Adds a watcher. */
    public static void watch(Watcher watcher) {
        WATCHERS.add(watcher);
    }

    /** Removes a watcher. */
    public static void unwatch(Watcher watcher) {
        WATCHERS.remove(watcher);
    }

    static boolean areWatched() {
        return !WATCHERS.isEmpty();
    }

    static boolean areDetailsWanted() {
        return WATCHERS.stream().anyMatch(Watcher::wantsDetails);
    }

    static int networks(int rows) {
        return WATCHERS.stream()
                .mapToInt(watcher -> watcher.networks(rows))
                .max()
                .orElse(0);
    }

    static void changed(RunRecord run) {
        WATCHERS.forEach(watcher -> watcher.changed(run));
    }
}
