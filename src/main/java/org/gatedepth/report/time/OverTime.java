package org.gatedepth.report.time;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * What a network does over time.
 *
 * @param maps gradients and gates by block and step, of each chain of blocks over sequences
 * @param lags how far back the signal of each layer over sequences lives
 */
public record OverTime(
        @JsonProperty("maps") List<TimeMap> maps,
        @JsonProperty("lags") List<Lag> lags) {

    /** Of a network without layers over sequences. */
    public static final OverTime NONE = new OverTime(List.of(), List.of());

    /** Copies the lists. */
    public OverTime {
        maps = List.copyOf(maps);
        lags = List.copyOf(lags);
    }

    /** Whether there is nothing to say. */
    public boolean nothing() {
        return maps.isEmpty() && lags.isEmpty();
    }

    /** What to know first, a sentence or two for each layer over sequences. */
    public List<String> verdict() {
        List<String> sentences = new ArrayList<>();
        lags.forEach(lag -> sentences.add(lag.verdict()));
        return sentences;
    }
}
