package org.gatedepth.report;

import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * One output of the network.
 *
 * @param name name of the output
 * @param depth number of blocks before it
 * @param loss mean loss of an example against the head's labels: cross-entropy in nats for classes, squared error
 *     otherwise
 * @param accuracy share of the examples that it predicts correctly; null if it does not predict classes
 * @param sameTarget whether it has the same target as the network's own output
 * @param overthinking share of the examples that it predicts correctly and the network's own output wrongly (Kaya et
 *     al. 2019, arXiv 1810.07052); null for the own output, and if the targets differ
 * @param leaving share of the examples that exit here, if each example exits at the first head with the
 *     {@link #sameTarget} that gives a class at least the probability {@link #CONFIDENCE}; null if the targets differ
 *     or there are no classes
 * @param leavingAccuracy share of those examples that are predicted correctly; null if no example exits here
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

    /** Probability at which an example exits at a head. */
    public static final double CONFIDENCE = 0.9;
}
