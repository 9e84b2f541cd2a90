package org.gatedepth.weka.host;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import weka.core.Range;

/** Ranges of attributes as options give them, such as {@code 2,4-last}. */
public final class AttributeRange {

    private static final Pattern RANGE = range("(first|last|[1-9]\\d*)");

    private AttributeRange() {}

    private static Pattern range(String position) {
        String part = position + "(-" + position + ")?";
        return Pattern.compile("(" + part + "(\\s*,\\s*" + part + ")*)?", Pattern.CASE_INSENSITIVE);
    }

    /**
     * A range without the word for none and blanks around it.
     *
     * @param option name of the option
     * @param text a range; {@code none} or nothing for no attribute
     * @return the range; empty for no attribute
     * @throws IllegalArgumentException with one sentence, if it is no range
     */
    public static String checked(String option, String text) {
        String range = text.strip().equalsIgnoreCase("none") ? "" : text.strip();
        if (!RANGE.matcher(range).matches()) {
            throw OptionStrings.notReadable(option, "a range of attributes such as 2,4-6 or first-3,last", range);
        }
        return range;
    }

    /**
     * The indices of the attributes in the order in which they are given; part by part, since Weka's class fails where
     * parts overlap.
     *
     * @param option name of the option
     * @param range a checked range
     * @param all number of attributes
     * @return indices from 0
     * @throws IllegalArgumentException with one sentence, if there are not so many attributes
     */
    public static List<Integer> indices(String option, String range, int all) {
        Set<Integer> indices = new LinkedHashSet<>();
        try {
            for (String part : range.split(",", -1)) {
                Range selected = new Range(part);
                selected.setUpper(all - 1);
                for (int index : selected.getSelection()) {
                    indices.add(index);
                }
            }
            return new ArrayList<>(indices);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Option -" + option + " must name attributes from 1 to " + all + ", as many as the table has, but '"
                            + range + "' was given.",
                    e);
        }
    }
}
