package org.gatedepth.weka.progress;

import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.IntSupplier;

/**
 * Which network of how many a run trains. A cross-validation trains one for each fold and one on all rows, and tells
 * none of them: so the runs of a series are counted, where a series is a thread of the Explorer, a command, or the log
 * of a flow.
 */
final class NetworkCount {

    private static final Map<Object, NetworkCount> SERIES = new WeakHashMap<>();

    private int number;
    private int of;

    private NetworkCount() {}

    /**
     * The next network of a series, in words such as "network 3 of 11"; only "network 3" if their number is not known,
     * and nothing if it is the only one.
     *
     * @param series what the networks of a series have in common, and no others
     * @param networks the number of networks of the series, 0 if it is not known; asked before the first one
     */
    static String next(Object series, IntSupplier networks) {
        synchronized (SERIES) {
            NetworkCount count = SERIES.computeIfAbsent(series, s -> new NetworkCount());
            if (count.number == 0) {
                count.of = networks.getAsInt();
            }
            count.number++;
            return count.words();
        }
    }

    private String words() {
        if (number > of) {
            return "network " + number;
        }
        return of == 1 ? "" : "network " + number + " of " + of;
    }
}
