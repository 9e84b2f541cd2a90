package org.gatedepth.report.time;

import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * What happens in blocks over sequences at which step, as means over the sequences that have it. Neighbouring steps
 * share a column where there are more than {@value #COLUMNS}.
 *
 * @param name of the chain of blocks, or of the layer
 * @param steps number of steps of the longest sequence, without padding
 * @param width number of steps of a column; the last may have fewer
 * @param blocks names of the blocks; none for a layer that has levels with gates alone
 * @param gradient for each block and column the norm {@code ‖∂L/∂y_t‖₂} of the gradient with respect to the output of
 *     the block at a step
 * @param gated names of the blocks or levels that have transform gates
 * @param gates for each of them and each column the mean gate
 * @param heads names of the heads of attention, such as {@code layer/1 head 2}
 * @param entropy for each of them and each column the mean entropy of its attention, in nats
 */
public record TimeMap(
        @JsonProperty("name") String name,
        @JsonProperty("steps") int steps,
        @JsonProperty("width") int width,
        @JsonProperty("blocks") List<String> blocks,
        @JsonProperty("gradient") List<List<Double>> gradient,
        @JsonProperty("gated") List<String> gated,
        @JsonProperty("gates") List<List<Double>> gates,
        @JsonProperty("heads") List<String> heads,
        @JsonProperty("entropy") List<List<Double>> entropy) {

    /** The most columns. */
    public static final int COLUMNS = 50;

    /** Copies the lists. */
    public TimeMap {
        blocks = List.copyOf(blocks);
        gradient = gradient.stream().map(List::copyOf).toList();
        gated = List.copyOf(gated);
        gates = gates.stream().map(List::copyOf).toList();
        heads = List.copyOf(heads);
        entropy = entropy.stream().map(List::copyOf).toList();
    }

    /** The columns' steps, from 1, such as 5 or 5-8. */
    List<String> columns() {
        return IntStream.iterate(0, from -> from < steps, from -> from + width)
                .mapToObj(from -> width == 1 || from + 1 == steps
                        ? Integer.toString(from + 1)
                        : (from + 1) + "-" + Math.min(steps, from + width))
                .toList();
    }
}
