package org.gatedepth.report.drawing;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the shapes out of an SVG document that XChart wrote, and makes them small. XChart writes a curve as many lines
 * of two points each; here it is one path, so that its dashes continue from point to point. Colours get the names that
 * the page has for them.
 */
final class SvgCleaner {

    private static final Pattern SHAPE = Pattern.compile("<(line|rect|ellipse|path) ([^>]*)/>");
    private static final Pattern ATTRIBUTE = Pattern.compile("([\\w-]+)=\"([^\"]*)\"");
    private static final Pattern FRACTION = Pattern.compile("-?\\d+\\.\\d+(E-?\\d+)?");
    private static final Pattern RGB = Pattern.compile("rgb\\((\\d+),(\\d+),(\\d+)\\)");

    private static final Map<String, String> NAMES =
            Map.of("rgb(0,114,178)", "var(--c1)", "rgb(213,94,0)", "var(--c2)", "rgb(0,158,115)", "var(--c3)");

    private final StringBuilder out = new StringBuilder();
    private final StringBuilder curve = new StringBuilder();
    private String curveStyle = "";
    private String curveEnd = "";

    private SvgCleaner() {}

    static String clean(String document) {
        // Before the shapes XChart describes the area to clip: a rectangle without style, which shape(..) leaves out.
        SvgCleaner cleaner = new SvgCleaner();
        Matcher shapes = SHAPE.matcher(document);
        while (shapes.find()) {
            cleaner.shape(shapes.group(1), attributes(shapes.group(2)));
        }
        cleaner.endCurve();
        return cleaner.out.toString();
    }

    private static Map<String, String> attributes(String text) {
        Map<String, String> attributes = new LinkedHashMap<>();
        Matcher matcher = ATTRIBUTE.matcher(text);
        while (matcher.find()) {
            attributes.put(matcher.group(1), matcher.group(2));
        }
        return attributes;
    }

    private void shape(String kind, Map<String, String> attributes) {
        String style = attributes.remove("style");
        if (style == null
                || style.contains("fill-opacity:0;")
                || attributes.toString().contains("NaN")) {
            return;
        }
        if (kind.equals("line")) {
            line(attributes, style);
            return;
        }
        out.append('<').append(kind);
        attributes.forEach((name, value) -> out.append(' ')
                .append(name)
                .append("=\"")
                .append(round(value, kind.equals("rect") ? 2 : 1))
                .append('"'));
        out.append(" style=\"").append(shorten(style)).append("\"/>");
    }

    private void line(Map<String, String> ends, String style) {
        String from = end(ends, "1");
        String to = end(ends, "2");
        if (!style.equals(curveStyle) || !from.equals(curveEnd)) {
            endCurve();
            curve.append('M').append(from);
        }
        curve.append('L').append(to);
        curveStyle = style;
        curveEnd = to;
    }

    private static String end(Map<String, String> ends, String which) {
        return round(ends.getOrDefault("x" + which, "0"), 1) + " " + round(ends.getOrDefault("y" + which, "0"), 1);
    }

    private void endCurve() {
        if (!curve.isEmpty()) {
            out.append("<path d=\"")
                    .append(curve)
                    .append("\" style=\"")
                    .append(shorten(curveStyle))
                    .append("\"/>");
            curve.setLength(0);
        }
    }

    private static String shorten(String style) {
        String named = style.replace("stroke:none;", "").replace("stroke-miterlimit:10;", "");
        for (Map.Entry<String, String> name : NAMES.entrySet()) {
            named = named.replace(name.getKey(), name.getValue());
        }
        named = RGB.matcher(named)
                .replaceAll(rgb -> String.format(
                        Locale.ROOT,
                        "#%02x%02x%02x",
                        Integer.parseInt(rgb.group(1)),
                        Integer.parseInt(rgb.group(2)),
                        Integer.parseInt(rgb.group(3))));
        return round(named, 2).replaceFirst(";$", "");
    }

    /** Numbers with at most so many decimals. */
    static String round(String text, int decimals) {
        return FRACTION.matcher(text)
                .replaceAll(
                        number -> String.format(Locale.ROOT, "%." + decimals + "f", Double.parseDouble(number.group()))
                                .replaceFirst("\\.?0+$", ""));
    }
}
