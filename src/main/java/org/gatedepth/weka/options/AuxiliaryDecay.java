package org.gatedepth.weka.options;

import org.gatedepth.loss.LinearDecay;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** How the weight of the auxiliary losses changes from the first epoch to the last. */
public enum AuxiliaryDecay {
    /** It stays. */
    NONE {
        @Override
        public ISchedule schedule(double weight, int epochs) {
            return new FixedSchedule(weight);
        }
    },
    /** It falls by the same amount each epoch, to zero in the last. */
    LINEAR {
        @Override
        public ISchedule schedule(double weight, int epochs) {
            return new LinearDecay(weight, 0, steps(epochs));
        }
    },
    /** It falls by the same factor each epoch, to one hundredth in the last. */
    EXPONENTIAL {
        @Override
        public ISchedule schedule(double weight, int epochs) {
            return new ExponentialSchedule(ScheduleType.EPOCH, weight, Math.pow(LAST, 1.0 / steps(epochs)));
        }
    };

    /** The last weight of the exponential decay, as a part of the first. */
    private static final double LAST = 0.01;

    /** The weights of a run of so many epochs; that of the first epoch is the full weight. */
    public abstract ISchedule schedule(double weight, int epochs);

    private static int steps(int epochs) {
        return Math.max(1, epochs - 1);
    }
}
