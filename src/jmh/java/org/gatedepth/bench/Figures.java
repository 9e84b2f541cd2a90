package org.gatedepth.bench;

import java.util.ArrayList;
import java.util.List;

/** Figures of one kind, gathered over the rounds. */
final class Figures {
    private final List<Double> values = new ArrayList<>();

    /** Adds a figure. */
    void add(double value) {
        values.add(value);
    }

    /** The median, or NaN if there is no figure. */
    double median() {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
