package org.gatedepth.weka.table;

import java.time.DateTimeException;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import weka.core.Attribute;

/**
 * Finds nominal attributes whose labels are all dates: Weka's CSVLoader reads a date as a label, unless it is told
 * which columns are dates.
 */
final class DateLabels {

    /** Fewer labels can be learned one by one. */
    private static final int FEWEST = 20;

    /** As Weka writes them, which takes the patterns of {@code SimpleDateFormat}. */
    private static final List<String> FORMATS = List.of(
            "yyyy-MM-dd",
            "yyyy-MM-dd'T'HH:mm:ss",
            "yyyy-MM-dd'T'HH:mm",
            "yyyy-MM-dd HH:mm:ss",
            "yyyy-MM-dd HH:mm",
            "yyyy-MM-dd'T'HH:mm:ssX",
            "yyyy-MM-dd'T'HH:mm:ss.SSS",
            "yyyy-MM-dd'T'HH:mm:ss.SSSX",
            "yyyy-MM-dd HH:mm:ss.SSS",
            "yyyy/MM/dd",
            "yyyy/MM/dd HH:mm:ss",
            "yyyy/MM/dd HH:mm",
            "yyyy.MM.dd",
            "dd/MM/yyyy",
            "dd/MM/yyyy HH:mm:ss",
            "dd/MM/yyyy HH:mm",
            "MM/dd/yyyy",
            "MM/dd/yyyy HH:mm:ss",
            "MM/dd/yyyy HH:mm",
            "dd.MM.yyyy",
            "dd.MM.yyyy HH:mm:ss",
            "dd.MM.yyyy HH:mm",
            "dd-MM-yyyy",
            "MM-dd-yyyy",
            "dd-MMM-yyyy",
            "dd MMM yyyy",
            "MMM dd, yyyy");

    private DateLabels() {}

    /**
     * Says that the labels of an attribute are dates, and how the table is to be read instead.
     *
     * @return one sentence with a line break after it; nothing if they are not, or if there are fewer than 20
     */
    static String hint(Attribute attribute) {
        if (!attribute.isNominal() || attribute.numValues() < FEWEST) {
            return "";
        }
        List<String> formats =
                FORMATS.stream().filter(format -> fits(attribute, format)).toList();
        if (formats.isEmpty()) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "Attribute '%s' is nominal, but its %d labels are all dates, whose order is"
                        + " not learned: read the CSV file"
                        + " with the options -D %d -format %s of Weka's CSVLoader (in the Explorer: dateAttributes and"
                        + " dateFormat, after 'Invoke options dialog').\n",
                attribute.name(),
                attribute.numValues(),
                attribute.index() + 1,
                formats.stream().map(format -> '"' + format + '"').collect(Collectors.joining(" or ")));
    }

    private static boolean fits(Attribute attribute, String format) {
        DateTimeFormatter formatter =
                DateTimeFormatter.ofPattern(lenient(format), Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);
        try {
            for (int label = 0; label < attribute.numValues(); label++) {
                formatter.parse(attribute.value(label).strip());
            }
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** The same for java.time: a year of four digits, and days, months and hours of one digit or two. */
    private static String lenient(String format) {
        return format.replace("yyyy", "uuuu")
                .replace("dd", "d")
                .replaceFirst("(?<!M)MM(?!M)", "M")
                .replace("HH", "H");
    }
}
