package org.gatedepth.weka.options;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.gatedepth.weka.host.AttributeRange;
import org.gatedepth.weka.host.OptionStrings;
import org.gatedepth.weka.host.RunOption;
import org.jspecify.annotations.Nullable;

/**
 * The options of the auxiliary heads. Each value is checked here; {@link AuxiliaryHeads} checks how they fit each other
 * and the table.
 *
 * @param every blocks from one head on the class to the next, at least 1; null for no such heads
 * @param weight weight of each auxiliary loss in the first epoch, at least 0
 * @param decay how that weight changes over the epochs
 * @param attributes the auxiliary attributes as a range of Weka, such as {@code 2,4-last}; {@code none} or empty for
 *     none
 * @param steps the attributes of the steps of a relational attribute that are learned at each step, in the same way
 * @param depths block numbers after which their heads stand, one for all or one for each attribute, those of steps
 *     last; empty for half of the depth
 * @param earlyExit probability at which a row exits at a head on the class, in (0, 1]; null for never
 */
public record AuxiliaryOptions(
        @RunOption(value = "aux-every", absent = "0") @Nullable
        Integer every,

        @RunOption("aux-weight") double weight,
        @RunOption("aux-decay") AuxiliaryDecay decay,

        @RunOption(value = "aux-attributes", absent = "none")
        String attributes,

        @RunOption(value = "aux-steps", absent = "none") String steps,

        @RunOption(value = "aux-depth", absent = "auto") List<Integer> depths,

        @RunOption(value = "early-exit", absent = "0", free = true) @Nullable
        Double earlyExit)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Checks the range of every value. */
    public AuxiliaryOptions {
        OptionStrings.require(
                every == null || every >= 1, "aux-every", "a whole number of at least 0 (0 makes no heads)", every);
        OptionStrings.require(
                weight >= 0 && !Double.isInfinite(weight), "aux-weight", "a finite number of at least 0", weight);
        attributes = AttributeRange.checked("aux-attributes", attributes);
        steps = AttributeRange.checked("aux-steps", steps);
        depths = List.copyOf(depths);
        OptionStrings.require(
                earlyExit == null || (earlyExit > 0 && earlyExit <= 1),
                "early-exit",
                "a probability, at most 1 (0 never exits)",
                earlyExit);
    }

    /** Whether any head is asked for. */
    boolean hasHeads() {
        return every != null || !attributes.isEmpty();
    }

    /**
     * The blocks that an option string means.
     *
     * @param text block numbers separated by commas, or {@code auto} or nothing for half of the depth
     * @return the numbers; empty for half of the depth
     */
    public static List<Integer> depths(String text) {
        String trimmed = text.strip();
        List<Integer> depths = new ArrayList<>();
        if (trimmed.isEmpty() || trimmed.equalsIgnoreCase("auto")) {
            return depths;
        }
        try {
            for (String part : trimmed.split(",", -1)) {
                depths.add(Integer.valueOf(part.strip()));
            }
            return depths;
        } catch (NumberFormatException e) {
            throw OptionStrings.notReadable("aux-depth", "block numbers separated by commas, or 'auto'", text);
        }
    }
}
