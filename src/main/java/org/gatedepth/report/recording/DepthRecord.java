package org.gatedepth.report.recording;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * What a {@link org.gatedepth.report.DepthListener} measured in one iteration of training.
 *
 * @param iteration number of the iteration, from 0
 * @param epoch number of the epoch, from 0
 * @param time milliseconds since 1970
 * @param score the network's score at this iteration
 * @param blocks the blocks in the order of the network
 */
public record DepthRecord(
        @JsonProperty("iteration") int iteration,
        @JsonProperty("epoch") int epoch,
        @JsonProperty("time") long time,
        @JsonProperty("score") double score,
        @JsonProperty("blocks") List<Block> blocks) {

    /** Copies the list. */
    public DepthRecord {
        blocks = List.copyOf(blocks);
    }

    /**
     * What was measured at one block.
     *
     * @param block its name, such as {@code stack/1}
     * @param gradient norm of the gradient of the minibatch's mean loss with respect to the block's parameters, before
     *     regularisation, clipping and the updater
     * @param parameters norm of its parameters after the update
     * @param transformGateBias mean bias of its transform gates after the update; null without gates
     * @param gate mean of its transform gates on the listener's features; null if the listener has none, or if the
     *     block is not a highway block of a stack
     * @param alpha mean weight of its skip after the update; null if the weight is not learned
     * @param beta mean weight of its transform after the update; null if the weight is not learned
     */
    public record Block(
            @JsonProperty("block") String block,
            @JsonProperty("gradient") double gradient,
            @JsonProperty("parameters") double parameters,
            @JsonProperty("transformGateBias") @Nullable Double transformGateBias,
            @JsonProperty("gate") @Nullable Double gate,
            @JsonProperty("alpha") @Nullable Double alpha,
            @JsonProperty("beta") @Nullable Double beta) {}
}
