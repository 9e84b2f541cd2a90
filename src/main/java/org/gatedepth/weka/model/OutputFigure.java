package org.gatedepth.weka.model;

import java.io.Serializable;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How well one output of a trained network does on rows.
 *
 * @param attribute the attribute that it learned
 * @param nominal whether that attribute is nominal
 * @param depth the block after which the head stands; null for the network's own output
 * @param value accuracy for a nominal attribute, root mean squared error in its units for a numeric one, both by the
 *     weights of the rows; null if no row has a value of the attribute
 * @param exits share of the rows that exit here; null where none can
 */
public record OutputFigure(
        String attribute,
        boolean nominal,
        @Nullable Integer depth,
        @Nullable Double value,
        @Nullable Double exits) implements Serializable {

    private static final long serialVersionUID = 1L;

    String place() {
        return depth == null ? "  output" : "  after block " + depth;
    }

    /** The figure in words. */
    public String describe() {
        if (value == null) {
            return "no row has a value (" + attribute + ")";
        }
        String figure = nominal
                ? String.format(Locale.ROOT, "accuracy %.2f%% (%s)", 100 * value, attribute)
                : String.format(Locale.ROOT, "root mean squared error %.4g (%s)", value, attribute);
        return exits == null ? figure : String.format(Locale.ROOT, "%s, %.1f%% of the rows leave", figure, 100 * exits);
    }
}
