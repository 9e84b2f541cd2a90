package org.gatedepth.report;

import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * One output of the network.
 *
 * @param name name of the output
 * @param depth number of blocks below it
 * @param loss mean loss of an example against the head's labels: cross-entropy in nats for classes, squared error otherwise
 * @param accuracy share of the examples that it predicts right; null unless it predicts classes
 * @param sameTarget whether it predicts what the network's own output predicts
 * @param overthinking share of the examples that it predicts right and the network's own output wrong (Kaya et al. 2019, arXiv
 *     1810.07052); null for the own output and where the targets differ
 * @param leaving share of the examples that leave here when each leaves at the first head of {@link #sameTarget} that gives a
 *     class at least the probability {@link #CONFIDENCE}; null where the targets differ or there are no classes
 * @param leavingAccuracy share of those that are predicted right; null where none leaves
 */
public record HeadReport(
        @JsonProperty("name") String name,
        @JsonProperty("depth") int depth,
        @JsonProperty("loss") double loss,
        @JsonProperty("accuracy") @Nullable Double accuracy,
        @JsonProperty("sameTarget") boolean sameTarget,
        @JsonProperty("overthinking") @Nullable Double overthinking,
        @JsonProperty("leaving") @Nullable Double leaving,
        @JsonProperty("leavingAccuracy") @Nullable Double leavingAccuracy) {

    /** Probability at which an example leaves at a head. */
    public static final double CONFIDENCE = 0.9;
}
