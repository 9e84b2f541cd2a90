package org.gatedepth.report.recording;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The losses of a training run, epoch by epoch.
 *
 * @param training mean training loss of each epoch, the first epoch first; empty if nothing is known
 * @param validation loss after each epoch on examples that were held out; empty if none were
 */
public record LossHistory(
        @JsonProperty("training") List<Double> training,
        @JsonProperty("validation") List<Double> validation) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Of a run whose losses are not known. */
    public static final LossHistory NONE = new LossHistory(List.of(), List.of());

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if there are validation losses, but not one for each epoch
     */
    public LossHistory {
        training = List.copyOf(training);
        validation = List.copyOf(validation);
        if (!validation.isEmpty() && validation.size() != training.size()) {
            throw new IllegalArgumentException("there must be one validation loss for each of the " + training.size()
                    + " epochs, or none, but there are " + validation.size());
        }
    }

    /**
     * The history with one more epoch.
     *
     * @param trainingLoss mean training loss of the epoch
     * @param validationLoss loss on the examples that are held out; null without any
     */
    public LossHistory and(double trainingLoss, @Nullable Double validationLoss) {
        List<Double> more = new ArrayList<>(training);
        more.add(trainingLoss);
        List<Double> held = new ArrayList<>(validation);
        if (validationLoss != null) {
            held.add(validationLoss);
        }
        return new LossHistory(more, held);
    }

    /** The epoch with the lowest validation loss, from 1; 0 if there is none. */
    public int bestEpoch() {
        int best = 0;
        for (int epoch = 1; epoch <= validation.size(); epoch++) {
            if (best == 0 || validation.get(epoch - 1) < validation.get(best - 1)) {
                best = epoch;
            }
        }
        return best;
    }
}
