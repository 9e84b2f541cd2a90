package org.gatedepth.loss;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A value that changes linearly over the first epochs and then stays, {@code from + (to − from)·min(epoch/epochs, 1)}.
 *
 * <p>Epochs count from 0. With {@code to = 0} the value is zero from epoch {@code epochs} on.
 *
 * @param from value in epoch 0, finite and not negative
 * @param to value from epoch {@code epochs} on, finite and not negative
 * @param epochs number of epochs, at least 1
 */
public record LinearDecay(
        @JsonProperty("from") double from,
        @JsonProperty("to") double to,
        @JsonProperty("epochs") int epochs) implements ISchedule {

    /** Checks the settings. */
    public LinearDecay {
        LossSettings.require(
                from >= 0 && to >= 0 && Double.isFinite(from) && Double.isFinite(to),
                "the ends of a linear decay must be finite numbers of at least 0, got " + from + " and " + to);
        LossSettings.require(epochs >= 1, "a linear decay takes at least 1 epoch, got " + epochs);
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        return epoch >= epochs ? to : from + (to - from) * epoch / epochs;
    }

    @Override
    public ISchedule clone() {
        return this;
    }
}
