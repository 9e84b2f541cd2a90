package org.gatedepth.report.drawing;

import java.util.List;

/** Pieces of an HTML page. */
public final class Html {

    /** The style of the page: light and dark, wide and narrow, on paper. */
    public static final String STYLE = """
            :root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --soft: #595959; --rule: #d0d0d0;
              --c1: #0072b2; --c2: #d55e00; --c3: #009e73; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #161616; --soft: #b0b0b0;
              --rule: #444; --c1: #56b4e9; --c2: #e69f00; --c3: #2bc99b; } }
            body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
              max-width: 68rem; padding: 1rem; overflow-wrap: anywhere; }
            h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin: 2rem 0 .5rem;
              border-top: 1px solid var(--rule); padding-top: 1rem; }
            .soft, figcaption span { color: var(--soft); } ul { padding-left: 1.2rem; }
            .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr));
              gap: 0 1.5rem; align-items: start; }
            figure { margin: 0 0 1rem; display: grid; grid-row: span 2; grid-template-rows: subgrid;
              grid-template-columns: minmax(0, 1fr); } figcaption { font-size: .9rem; }
            svg { width: 100%; height: auto; max-width: 40rem; display: block; }
            svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
            .grid { stroke: currentColor; opacity: .15; } .axis { stroke: currentColor; opacity: .6; }
            .cells { shape-rendering: crispEdges; }
            .first, .second, .third, .area { fill: none; stroke-width: 2; stroke: var(--c1); }
            .second { stroke: var(--c2); stroke-dasharray: 6 4; } .third { stroke: var(--c3); stroke-dasharray: 2 3; }
            .scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; margin: .5rem 0;
              font-variant-numeric: tabular-nums; overflow-wrap: normal; }
            th, td { padding: .15rem .7rem; text-align: right; border-bottom: 1px solid var(--rule); }
            td { white-space: nowrap; } th:first-child, td:first-child { text-align: left; padding-left: 0; }
            summary { cursor: pointer; } .short { font-size: 1.1rem; max-width: 48rem; }
            dt { font-weight: 600; margin-top: .6rem; } dd { margin: 0; max-width: 56rem; }
            @media print { :root { color-scheme: light; --ink: #000; --paper: #fff; --soft: #444; --rule: #bbb;
              --c1: #0072b2; --c2: #d55e00; --c3: #009e73; } body { max-width: none; padding: 0; font-size: 10pt; }
              figure { margin-bottom: .5rem; } figcaption, table { font-size: 8.5pt; }
              .figures { grid-template-columns: 1fr 1fr; } figure, tr { break-inside: avoid; }
              h2, summary { break-after: avoid; } details { display: none; }
              * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
            """;

    private Html() {}

    /**
     * A text for the page or for an attribute. No line breaks before a percent sign. Characters that XML does not allow
     * become question marks.
     */
    public static String escape(String text) {
        StringBuilder safe = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> {
                    boolean control = (c < 32 && c != '\n' && c != '\t') || c == 0xFFFE || c == 0xFFFF;
                    boolean half = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
                    safe.appendCodePoint(control || half ? '?' : c);
                }
            }
        });
        return safe.toString().replace(" %", "\u00a0%");
    }

    /** The end of a long name, because the names of blocks differ at their ends. */
    static String cut(String name, int letters) {
        return name.length() <= letters ? name : "…" + name.substring(name.length() - letters + 1);
    }

    public static String table(List<String> header, List<List<String>> rows) {
        StringBuilder out = new StringBuilder("<div class=\"scroll\"><table><thead><tr>");
        header.forEach(
                cell -> out.append("<th scope=\"col\">").append(escape(cell)).append("</th>"));
        out.append("</tr></thead><tbody>");
        for (List<String> row : rows) {
            out.append("<tr><th scope=\"row\">").append(escape(row.get(0))).append("</th>");
            row.stream()
                    .skip(1)
                    .forEach(cell -> out.append("<td>").append(escape(cell)).append("</td>"));
            out.append("</tr>\n");
        }
        return out.append("</tbody></table></div>\n").toString();
    }

    /** A table that is closed until the reader opens it. */
    public static String details(String summary, String table) {
        return "<details><summary>" + escape(summary) + "</summary>" + table + "</details>\n";
    }

    /** A figure of curves; one of words only if none of the numbers can be drawn. */
    public static String figure(String title, String finding, String reading, Plot plot) {
        if (plot.isEmpty()) {
            return figure(title, finding, "None of these numbers can be drawn.", "");
        }
        String gaps = plot.gaps() == 0
                ? ""
                : " " + NumberFormat.count(plot.gaps(), "number") + " left out: not finite"
                        + (plot.log() ? " or not above 0." : ".");
        return figure(title, finding, reading + gaps, Svg.lines(title + ": " + finding, plot));
    }

    /** Figures side by side, as far as the page is wide enough. */
    public static String figures(String... figures) {
        return "<div class=\"figures\">\n" + String.join("", figures) + "</div>\n";
    }

    /** A chart with its title, what it shows, and how to read it. */
    public static String figure(String title, String finding, String reading, String svg) {
        return "<figure><figcaption><strong>" + escape(title)
                + "</strong> " + escape(finding) + " <span>" + escape(reading) + "</span></figcaption>" + svg
                + "</figure>\n";
    }

    public static String section(String title, String content) {
        return "<section><h2>" + escape(title) + "</h2>\n" + content + "</section>\n";
    }
}
