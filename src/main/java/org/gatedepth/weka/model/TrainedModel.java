package org.gatedepth.weka.model;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What a training run leaves.
 *
 * @param network what predicts
 * @param summary what the run says about itself
 * @param report what its depth, gates and heads do, measured when somebody asks
 * @param state what is needed to go on; null if nobody asked for it
 */
public record TrainedModel(
        NetworkModel network,
        TrainingSummary summary,
        ModelReport report,
        @Nullable TrainingState state) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** A file of a time before there were reports has none. */
    public TrainedModel {
        if (report == null) {
            report = ModelReport.absent(
                    "This model was saved without a report of its depth: train it again to have one.");
        }
    }

    /** The same without what is needed to go on. */
    public TrainedModel withoutState() {
        return new TrainedModel(network, summary, report, null);
    }
}
