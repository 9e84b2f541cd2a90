package org.gatedepth.weka.model;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;

/**
 * What a network does with sequences.
 *
 * @param sequences those of a row
 * @param joint blocks above the pooled sequences, which read them together with the other columns
 */
public record SequenceSummary(List<Reader> sequences, int joint) implements Serializable {

    private static final long serialVersionUID = 1L;

    /**
     * What reads one sequence.
     *
     * @param name name of the sequence
     * @param layer the kind of layer
     * @param longest steps of the longest training sequence
     * @param columns numbers of a step
     */
    public record Reader(String name, String layer, int longest, int columns) implements Serializable {

        private static final long serialVersionUID = 1L;

        /** As a line of text. */
        String describe() {
            return String.format(
                    Locale.ROOT, "%s of up to %d steps of %d columns, by %s", name, longest, columns, layer);
        }
    }

    /** Copies the list. */
    public SequenceSummary {
        sequences = List.copyOf(sequences);
    }
}
