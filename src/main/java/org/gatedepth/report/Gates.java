package org.gatedepth.report;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The transform gates of one highway block, each between 0 (carries its input) and 1 (transforms it). See Srivastava et
 * al. 2015, arXiv 1507.06228, figures 2 and 3. Of sequences each step that counts is an example here, of images each
 * pixel; units are channels then.
 *
 * @param block name of the block
 * @param startBias mean bias of the gates in the network as it was initialised; null if the gates have no bias of their
 *     own
 * @param bias mean bias of the gates now; null as above
 * @param mean mean gate over units and examples
 * @param open share of the gates above ½, as a mean over the examples; low if each example opens only few gates
 * @param everOpen share of the units whose gate is above ½ for at least one example
 * @param spread standard deviation of a unit's mean gate over the classes, as a mean over the units; null if the
 *     network does not predict classes
 * @param units mean gate of each unit over the examples
 */
public record Gates(
        @JsonProperty("block") String block,
        @JsonProperty("startBias") @Nullable Double startBias,
        @JsonProperty("bias") @Nullable Double bias,
        @JsonProperty("mean") double mean,
        @JsonProperty("open") double open,
        @JsonProperty("everOpen") double everOpen,
        @JsonProperty("spread") @Nullable Double spread,
        @JsonProperty("units") List<Double> units) {

    /** Copies the list. */
    public Gates {
        units = List.copyOf(units);
    }
}
