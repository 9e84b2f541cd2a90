package org.gatedepth.weka.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import weka.core.OptionHandler;
import weka.core.Utils;

/** The options whose values are not the defaults: what is worth reading of a long list. */
public final class ChangedOptions {

    private ChangedOptions() {}

    /**
     * The options that were changed, each with its value, in the order of the object.
     *
     * @param object an object whose class has a constructor without parameters
     */
    public static String[] of(OptionHandler object) {
        Set<List<String>> defaults = new HashSet<>(parts(fresh(object).getOptions()));
        return parts(object.getOptions()).stream()
                .filter(part -> !defaults.contains(part))
                .flatMap(List::stream)
                .toArray(String[]::new);
    }

    /** As {@link #of}, as one line; empty where all values are the defaults. */
    public static String line(OptionHandler object) {
        return Utils.joinOptions(of(object)).strip();
    }

    private static OptionHandler fresh(OptionHandler object) {
        try {
            return object.getClass().getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "The defaults of " + object.getClass().getName() + " are not known.", e);
        }
    }

    /** Each option with its value. A negative number is a value, and not an option. */
    private static List<List<String>> parts(String[] options) {
        List<List<String>> parts = new ArrayList<>();
        for (int i = 0; i < options.length; ) {
            int end = i + 1;
            while (end < options.length && !options[end].matches("--?[A-Za-z].*")) {
                end++;
            }
            parts.add(List.copyOf(Arrays.asList(options).subList(i, end)));
            i = end;
        }
        return parts;
    }
}
