package org.gatedepth.weka.model;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What a training run leaves.
 *
 * @param network what predicts
 * @param summary the run in numbers
 * @param report what its depth, gates and heads do, measured when it is first asked for
 * @param state what is needed to resume training; null without the option resume
 */
public record TrainedModel(
        NetworkModel network,
        TrainingSummary summary,
        ModelReport report,
        @Nullable TrainingState state) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The same without what is needed to resume training. */
    public TrainedModel withoutState() {
        return new TrainedModel(network, summary, report, null);
    }
}
