package org.gatedepth.weka.training;

import org.gatedepth.loss.LinearDecay;
import org.gatedepth.weka.options.AuxiliaryDecay;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** The weights of auxiliary losses, epoch by epoch. */
final class AuxiliaryWeights {

    /** The last weight of the exponential decay, as a part of the first. */
    private static final double LAST = 0.01;

    private AuxiliaryWeights() {}

    /** The weights of a run of so many epochs; that of the first epoch is the full weight. */
    static ISchedule schedule(AuxiliaryDecay decay, double weight, int epochs) {
        int steps = Math.max(1, epochs - 1);
        return switch (decay) {
            case NONE -> new FixedSchedule(weight);
            case LINEAR -> new LinearDecay(weight, 0, steps);
            case EXPONENTIAL -> new ExponentialSchedule(ScheduleType.EPOCH, weight, Math.pow(LAST, 1.0 / steps));
        };
    }
}
