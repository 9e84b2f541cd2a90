package org.gatedepth.report;

import java.util.List;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Which block reads which in a chain of densely connected blocks (Huang et al. 2016, arXiv 1608.06993, figure 5).
 *
 * @param chain name of the chain
 * @param readers names of the readers: the blocks, then the layers after the chain whose weights can be read
 * @param sources names of what is read: the chain's input, then the blocks
 * @param weights a row for each reader: for each source before the reader, the mean absolute weight that the reader
 *     gives to the features of that source
 */
public record DenseWeights(
        @JsonProperty("chain") String chain,
        @JsonProperty("readers") List<String> readers,
        @JsonProperty("sources") List<String> sources,
        @JsonProperty("weights") List<List<Double>> weights) {

    /** Copies the lists. */
    public DenseWeights {
        readers = List.copyOf(readers);
        sources = List.copyOf(sources);
        weights = weights.stream().map(List::copyOf).toList();
    }
}
