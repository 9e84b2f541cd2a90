package org.gatedepth.report;

import java.util.List;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Blocks in a row with no other layer between them, and what was measured along them.
 *
 * @param name the layer or layers that hold them, such as {@code stack} or {@code stack1 .. stack3}
 * @param blocks names of the blocks in the order of the network, such as {@code stack/1}
 * @param start measured on the network as its configuration and seed initialise it
 * @param now measured on the network as it is
 */
public record Chain(
        @JsonProperty("name") String name,
        @JsonProperty("blocks") List<String> blocks,
        @JsonProperty("start") Flow start,
        @JsonProperty("now") Flow now) {

    /** Copies the list. */
    public Chain {
        blocks = List.copyOf(blocks);
    }

    /** The nominal depth: number of blocks. */
    public int depth() {
        return blocks.size();
    }
}
