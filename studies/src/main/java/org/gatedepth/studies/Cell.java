package org.gatedepth.studies;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One run of a study: its settings by name, in the order of their columns.
 *
 * @param settings the settings; names and values hold no comma, tab or quote
 * @param cost how long the run takes beside the others, in any unit
 */
record Cell(Map<String, String> settings, double cost) {
    Cell {
        settings = new LinkedHashMap<>(settings);
    }

    /** A cell of names and values by turns, such as {@code Cell.of(1.0, "depth", 10, "rate", 1e-3)}. */
    static Cell of(double cost, Object... namesAndValues) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.put(namesAndValues[i].toString(), namesAndValues[i + 1].toString());
        }
        return new Cell(settings, cost);
    }

    String text(String name) {
        String value = settings.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no setting \"" + name + "\" in " + settings);
        }
        return value;
    }

    int whole(String name) {
        return Integer.parseInt(text(name));
    }

    double number(String name) {
        return Double.parseDouble(text(name));
    }
}
