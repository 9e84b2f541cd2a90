package org.gatedepth.weka.model;

import java.io.Serializable;
import java.util.Locale;

/**
 * How well one output of a trained network does on rows.
 *
 * @param attribute the attribute that it learned
 * @param nominal whether that attribute is nominal
 * @param depth the block after which the output stands; 0 for the network's own output
 * @param value accuracy for a nominal attribute, root mean squared error in its units for a numeric one, both by the
 *     weights of the rows; NaN if no row has a value of the attribute
 * @param exits share of the rows that leave here; NaN where none can
 */
public record OutputFigure(String attribute, boolean nominal, int depth, double value, double exits)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    String place() {
        return depth == 0 ? "  output" : "  after block " + depth;
    }

    public String describe() {
        if (Double.isNaN(value)) {
            return "no row has a value (" + attribute + ")";
        }
        String figure = nominal
                ? String.format(Locale.ROOT, "accuracy %.2f%% (%s)", 100 * value, attribute)
                : String.format(Locale.ROOT, "root mean squared error %.4g (%s)", value, attribute);
        return Double.isNaN(exits)
                ? figure
                : String.format(Locale.ROOT, "%s, %.1f%% of the rows leave", figure, 100 * exits);
    }
}
