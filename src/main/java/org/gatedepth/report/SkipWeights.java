package org.gatedepth.report;

import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The weights of one weighted skip, {@code y = α·x + β·F(x)}. If they are learned per unit, these are their means.
 *
 * @param block name of the block
 * @param alpha mean α
 * @param beta mean β
 * @param size mean |β|
 */
public record SkipWeights(
        @JsonProperty("block") String block,
        @JsonProperty("alpha") double alpha,
        @JsonProperty("beta") double beta,
        @JsonProperty("size") double size) {}
