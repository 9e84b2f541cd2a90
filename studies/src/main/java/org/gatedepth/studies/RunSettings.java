package org.gatedepth.studies;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings of one run of a study.
 *
 * @param byName the settings by name, in the order of their columns; names and values hold no comma, tab or quote
 * @param cost how long the run takes beside the others, in any unit
 */
record RunSettings(Map<String, String> byName, double cost) {
    RunSettings {
        byName = new LinkedHashMap<>(byName);
    }

    /** Settings of names and values by turns, such as {@code RunSettings.of(1.0, "depth", 10, "rate", 1e-3)}. */
    static RunSettings of(double cost, Object... namesAndValues) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.put(namesAndValues[i].toString(), namesAndValues[i + 1].toString());
        }
        return new RunSettings(settings, cost);
    }

    String text(String name) {
        String value = byName.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no setting \"" + name + "\" in " + byName);
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
