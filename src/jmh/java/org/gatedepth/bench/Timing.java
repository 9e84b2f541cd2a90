package org.gatedepth.bench;

/** Times calls in this process. */
final class Timing {
    private Timing() {}

    /** Milliseconds a call: the median of the measurements that follow those that warm the process up. */
    static double median(Runnable call, double seconds) {
        for (int i = 0; i < Settings.WARMUPS; i++) {
            millis(call, seconds);
        }
        Figures figures = new Figures();
        for (int i = 0; i < Settings.MEASUREMENTS; i++) {
            figures.add(millis(call, seconds));
        }
        return figures.median();
    }

    private static double millis(Runnable call, double seconds) {
        long start = System.nanoTime();
        long calls = 0;
        double millis;
        do {
            call.run();
            calls++;
            millis = (System.nanoTime() - start) / 1e6;
        } while (millis < seconds * 1000);
        return millis / calls;
    }
}
