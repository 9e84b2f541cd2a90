package org.gatedepth.weka;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What a training run leaves.
 *
 * @param network what predicts
 * @param summary what the run says about itself
 * @param state what is needed to go on; null if nobody asked for it
 */
public record TrainedModel(
        NetworkModel network,
        TrainingSummary summary,
        @Nullable TrainingState state) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The same without what is needed to go on. */
    public TrainedModel withoutState() {
        return new TrainedModel(network, summary, null);
    }
}
