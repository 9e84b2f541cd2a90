package org.gatedepth.weka.model;

import org.gatedepth.report.DepthReport;
import org.jspecify.annotations.Nullable;

/** A depth report inside the drawing of a network: a property of the graph, which Weka's own windows ignore. */
public final class ReportProperty {

    private static final String START = "<PROPERTY>gatedepth report = ";
    private static final String END = "</PROPERTY>";

    private ReportProperty() {}

    /** The element of XMLBIF; nothing for no report. */
    static String element(@Nullable String json) {
        return json == null ? "" : START + escaped(json) + END + "\n";
    }

    /** Whether a drawing has a report in it. */
    public static boolean isIn(String xmlBif) {
        return xmlBif.contains(START);
    }

    /**
     * The report in a drawing.
     *
     * @throws IllegalArgumentException if there is none, or it cannot be read
     */
    public static DepthReport read(String xmlBif) {
        int start = xmlBif.indexOf(START);
        int end = xmlBif.indexOf(END, Math.max(0, start));
        if (start < 0 || end < 0) {
            throw new IllegalArgumentException("This graph has no depth report: only those of GatedNetwork have one.");
        }
        return DepthReport.fromJson(xmlBif.substring(start + START.length(), end)
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&"));
    }

    /** As XML, without characters that XML forbids: in JSON each may be written as its number. */
    private static String escaped(String json) {
        StringBuilder text = new StringBuilder(json.length() + 16);
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            switch (c) {
                case '&' -> text.append("&amp;");
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '\t', '\n', '\r' -> text.append(' ');
                default -> {
                    if (c < ' ' || c > '~') {
                        text.append("\\u").append(String.format("%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        return text.toString();
    }
}
