package org.gatedepth.report;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * What the network predicts when blocks are bypassed, without training again (Srivastava et al. 2015, arXiv 1507.06228,
 * figure 4; Veit et al. 2016, arXiv 1605.06431, section 4.1). A bypassed block returns only what comes through its
 * skip: a highway block its carry, a weighted skip {@code α·x}, a dense block its input and zeros, a plain block of one
 * width its input.
 *
 * @param intact the network with all blocks
 * @param single each block bypassed alone, in the order of the network
 * @param cumulative the one, two, ... least useful blocks bypassed together. A block is less useful if its bypass alone
 *     changes fewer predictions, and among equal ones if the loss without it is lower
 */
public record Lesions(
        @JsonProperty("intact") Outcome intact,
        @JsonProperty("single") List<Outcome> single,
        @JsonProperty("cumulative") List<Outcome> cumulative) {

    /** Blocks are idle if at most this share of the predictions changes when all of them are bypassed together. */
    public static final double IDLE = 0.01;

    /** Copies the lists. */
    public Lesions {
        single = List.copyOf(single);
        cumulative = List.copyOf(cumulative);
    }

    /**
     * What the network predicts without some blocks.
     *
     * @param block the block that was bypassed, in {@link #cumulative} the last one of them; empty for the network as
     *     it is
     * @param loss mean loss of an example: cross-entropy in nats for classes, squared error (mean over the outputs)
     *     otherwise
     * @param accuracy share of the examples that are predicted correctly; null if the network does not predict classes
     * @param changed share of the examples whose predicted class differs from the intact network's; for numbers the
     *     mean squared change divided by the variance of the intact predictions, or by their mean square where they do
     *     not vary, as on one row
     */
    public record Outcome(
            @JsonProperty("block") String block,
            @JsonProperty("loss") double loss,
            @JsonProperty("accuracy") @Nullable Double accuracy,
            @JsonProperty("changed") double changed) {}

    /**
     * The idle blocks: the longest beginning of {@link #cumulative} with {@code changed} at most {@link #IDLE} in each
     * step.
     */
    public List<String> idle() {
        return idle(IDLE);
    }

    /** The longest beginning of {@link #cumulative} with {@code changed} at most {@code tolerance} in each step. */
    public List<String> idle(double tolerance) {
        int idle = 0;
        while (idle < cumulative.size() && cumulative.get(idle).changed() <= tolerance) {
            idle++;
        }
        return cumulative.subList(0, idle).stream().map(Outcome::block).toList();
    }
}
