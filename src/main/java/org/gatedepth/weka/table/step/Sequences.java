package org.gatedepth.weka.table.step;

import java.util.List;
import java.util.stream.Stream;

/**
 * The sequences of a table.
 *
 * @param sources one for each sequence that a row has
 * @param names indices of attributes that only name a row, and are not read
 */
public record Sequences(List<StepSource> sources, List<Integer> names) {

    /** Those of a table whose rows are numbers and labels alone. */
    public static final Sequences NONE = new Sequences(List.of(), List.of());

    /** Copies the lists. */
    public Sequences {
        sources = List.copyOf(sources);
        names = List.copyOf(names);
    }

    /** Indices of the attributes of the table that become no columns of their own. */
    public List<Integer> attributes() {
        return Stream.concat(sources.stream().flatMap(source -> source.attributes().stream()), names.stream())
                .toList();
    }
}
