package org.gatedepth.weka.training;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * The learning rates of a run: one cycle, which rises in the first part of the epochs and falls almost to zero in the
 * last; or, if the last epoch is not known, a rise and then a constant rate.
 *
 * <p>Smith, L. N., Topin, N. (2017). Super-Convergence. arXiv 1708.07120; with a cosine for both parts. The rates stand
 * in DL4J's {@link MapSchedule}, one an epoch. Its {@code PolySchedule} rises instead of falling in 1.0.0-M2.1 (it
 * raises {@code 1 + i/max} to the power), and its {@code CycleSchedule} divides by zero when a cycle has few steps.
 */
final class LearningRates {

    /** Part of the epochs in which the rate rises. */
    private static final double RISE = 0.2;

    /** The first rate, as a part of the highest. */
    private static final double START = 0.2;

    /** The last rate, as a part of the highest. */
    private static final double END = 0.01;

    /** Epochs in which the rate rises where it stays constant afterwards. */
    private static final int WARM_UP = 5;

    private LearningRates() {}

    static ISchedule oneCycle(double highest, int epochs) {
        MapSchedule.Builder schedule = new MapSchedule.Builder(ScheduleType.EPOCH);
        int rising = (int) (RISE * epochs);
        for (int epoch = 0; epoch < epochs; epoch++) {
            double factor = epoch < rising
                    ? cosine(START, 1, epoch / (double) rising)
                    : cosine(1, END, (epoch - rising) / (double) Math.max(1, epochs - 1 - rising));
            schedule.add(epoch, highest * factor);
        }
        return schedule.build();
    }

    /** Rises for five epochs and stays there. */
    static ISchedule warmUp(double highest) {
        MapSchedule.Builder schedule = new MapSchedule.Builder(ScheduleType.EPOCH);
        for (int epoch = 0; epoch <= WARM_UP; epoch++) {
            schedule.add(epoch, highest * cosine(START, 1, epoch / (double) WARM_UP));
        }
        return schedule.build();
    }

    private static double cosine(double from, double to, double position) {
        return to + (from - to) * 0.5 * (1 + Math.cos(Math.PI * position));
    }
}
