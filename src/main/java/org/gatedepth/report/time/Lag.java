package org.gatedepth.report.time;

import java.util.List;
import java.util.stream.IntStream;
import org.gatedepth.report.drawing.NumberFormat;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * How far back the signal of a layer over sequences lives: the gradient of its output at the last step of a sequence,
 * in a random direction v, with respect to its input so many steps before, {@code ‖v·∂y_last/∂x_(last − lag)‖₂}.
 *
 * <p>For a recurrent layer this is the norm that vanishes or explodes (Hochreiter 1991; Pascanu et al. 2013, arXiv
 * 1211.5063).
 *
 * @param layer name of the layer
 * @param receptiveField how many steps an output depends on; null where it depends on all before it
 * @param steps number of steps of the longest sequence, without padding
 * @param norms by lag, from 0 on, means over the sequences that are as long
 */
public record Lag(
        @JsonProperty("layer") String layer,
        @JsonProperty("receptiveField") @Nullable Long receptiveField,
        @JsonProperty("steps") int steps,
        @JsonProperty("norms") List<Double> norms) {

    /** Below this part of its largest norm the signal counts as lost. */
    public static final double LOST = 0.01;

    /** Copies the list. */
    public Lag {
        norms = List.copyOf(norms);
    }

    /** The largest lag at which the norm is at least 1 % of its maximum; −1 where there is no gradient at all. */
    public int reach() {
        double most = norms.stream().mapToDouble(x -> x).max().orElse(0);
        return IntStream.range(0, norms.size())
                .filter(lag -> most > 0 && norms.get(lag) >= LOST * most)
                .max()
                .orElse(-1);
    }

    /** The first lag from which on all norms are 0. */
    int end() {
        return IntStream.range(0, norms.size())
                        .filter(lag -> norms.get(lag) > 0)
                        .max()
                        .orElse(-1)
                + 1;
    }

    /** Whether the signal is lost before the beginning of the longest sequence. */
    public boolean ends() {
        return reach() < norms.size() - 1;
    }

    String verdict() {
        String sentence = "Over time, " + layer + " has a receptive field of ";
        if (receptiveField == null) {
            sentence += "all earlier steps, in sequences of " + NumberFormat.count(steps, "step");
        } else if (receptiveField < steps) {
            sentence += NumberFormat.count(receptiveField, "step") + ", in sequences of " + steps
                    + ": its outputs cannot depend on steps further back";
        } else {
            sentence += NumberFormat.count(receptiveField, "step") + ", in sequences of " + steps
                    + ": long enough for the whole sequence";
        }
        return sentence + "; " + lives() + ".";
    }

    /** Words for the reach. */
    String lives() {
        int reach = reach();
        if (reach < 0) {
            return "no gradient of its last output could be measured";
        }
        return ends()
                ? "the gradient of its last output falls below 1 % of its largest " + (reach + 1)
                        + (reach == 0 ? " step" : " steps") + " back"
                : "the gradient of its last output stays above 1 % of its largest back to the first step";
    }
}
