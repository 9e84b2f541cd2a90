package org.gatedepth.report.drawing;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** A chart as an SVG element: the shapes of {@link ChartShapes} with axes and texts in the colours of the page. */
public final class Svg {

    private static final int WIDTH = 460;
    private static final int HEIGHT = 270;
    private static final int LEFT = 56;
    private static final int TOP = 26;
    private static final int BOTTOM = 42;
    private static final int LINE = 14;

    /** About the width of a letter. */
    private static final double LETTER = 6.2;

    private final StringBuilder out = new StringBuilder();
    private final int width;
    private final int height = HEIGHT - TOP - BOTTOM;

    private Svg(String label, int right) {
        width = WIDTH - LEFT - right;
        out.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                        + " aria-label=\"%s\"><title>%s</title>",
                WIDTH,
                HEIGHT,
                Html.escape(label),
                Html.escape(label)));
    }

    /** Curves. The name of each stands beside its end. */
    static String lines(String label, Plot plot) {
        boolean named = plot.lines().stream().anyMatch(line -> !line.name().isEmpty());
        int letters = plot.lines().stream()
                .mapToInt(line -> line.name().length())
                .max()
                .orElse(0);
        Svg svg = new Svg(label, named ? 36 + (int) (LETTER * Math.max(5, letters)) : 18);
        Scale across = Scale.whole(plot.from(), plot.to());
        Scale up = plot.scale();
        if (plot.marker() != null) {
            up = up.upTo(1.15 * plot.shown().max().orElseThrow());
        }
        svg.grid(plot.up(), up);
        for (double tick : across.ticks()) {
            svg.tickBelow(svg.x(across.place(tick)), AxisTicks.label(tick));
        }
        svg.text(svg.x(0.5), HEIGHT - 6, "middle", plot.across());
        svg.marks(ChartShapes.lines(plot, across, up, svg.width, svg.height));
        if (plot.marker() != null) {
            svg.marker(across.place(plot.marker().x()), plot.marker());
        }
        if (named) {
            svg.names(plot, up);
        }
        return svg.end();
    }

    /** Bars. The number of each stands above it and its name below it, if there is room. */
    public static String bars(
            String label, String up, List<String> names, List<Double> values, Function<Double, String> written) {
        Svg svg = new Svg(label, 18);
        double max = values.stream()
                .filter(Double::isFinite)
                .mapToDouble(x -> x)
                .max()
                .orElse(1);
        Scale scale = Scale.linear(0, Math.max(max, 1e-12)).upTo(1.1 * max);
        svg.grid(up, scale);
        int every = (values.size() + 11) / 12;
        int letters = (int) (every * svg.width / LETTER / values.size()) - 1;
        for (int i = 0; i < values.size(); i += every) {
            double x = svg.x((i + 0.5) / values.size());
            double value = values.get(i);
            double place = Double.isFinite(value) ? scale.place(value) : 0;
            svg.text(x, svg.y(place) - 4, "middle", written.apply(value));
            svg.tickBelow(x, Html.cut(names.get(i), Math.max(3, letters)));
        }
        svg.marks(ChartShapes.bars(values, scale, svg.width, svg.height));
        return svg.end();
    }

    /** Cells with a legend of their colours. */
    public static String cells(String label, Heat heat) {
        Svg svg = new Svg(label, 72);
        svg.text(4, 14, "start", heat.up());
        svg.text(svg.x(0.5), HEIGHT - 6, "middle", heat.across());
        int columns = heat.columns().size();
        int rows = heat.rows().size();
        for (int i = 0; i < columns; i += (columns + 9) / 10) {
            svg.tickBelow(svg.x((i + 0.5) / columns), heat.columns().get(i));
        }
        for (int i = 0; i < rows; i += (rows + 11) / 12) {
            svg.text(
                    LEFT - 6,
                    svg.y(1 - (i + 0.5) / rows) + 4,
                    "end",
                    heat.rows().get(i));
        }
        svg.out.append("<g class=\"cells\">");
        svg.marks(ChartShapes.cells(heat, svg.width, svg.height));
        svg.legend(heat.max());
        return svg.out.append("</g></svg>").toString();
    }

    private double x(double place) {
        return LEFT + place * width;
    }

    private double y(double place) {
        return TOP + (1 - place) * height;
    }

    private void marks(String shapes) {
        out.append("<g transform=\"translate(")
                .append(LEFT)
                .append(' ')
                .append(TOP)
                .append(")\">");
        out.append(shapes).append("</g>");
    }

    private String end() {
        return out.append("</svg>").toString();
    }

    private void text(double x, double y, String anchor, String text) {
        out.append(String.format(
                Locale.ROOT,
                "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"%s\">%s</text>",
                x,
                y,
                anchor,
                Html.escape(text)));
    }

    private void line(String kind, double x1, double y1, double x2, double y2) {
        out.append(String.format(Locale.ROOT, "<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\"/>", kind, x1, y1, x2, y2));
    }

    private void tickBelow(double x, String text) {
        text(x, TOP + height + 16, "middle", text);
    }

    private void grid(String title, Scale up) {
        text(4, 14, "start", title);
        for (double tick : up.ticks()) {
            double y = y(up.place(tick));
            line("grid", LEFT, y, LEFT + width, y);
            text(LEFT - 6, y + 4, "end", AxisTicks.label(tick));
        }
        line("axis", LEFT, TOP + height, LEFT + width, TOP + height);
    }

    private void marker(double place, Plot.Marker marker) {
        double x = x(Math.max(0, Math.min(1, place)));
        line("axis", x, TOP, x, TOP + height);
        boolean left = place > 0.5;
        text(
                left ? x - 5 : x + 5,
                TOP + 10,
                left ? "end" : "start",
                marker.name() + " " + NumberFormat.number(marker.x()));
    }

    /**
     * The names of the curves beside their last points, each with a piece of its line. Names that would overlap move
     * apart.
     */
    private void names(Plot plot, Scale up) {
        record Name(Plot.Line line, double y) {}
        List<Name> names = new ArrayList<>();
        for (Plot.Line line : plot.lines()) {
            for (int i = line.values().size() - 1; i >= 0; i--) {
                if (plot.shows(line.values().get(i))) {
                    names.add(new Name(line, y(up.place(line.values().get(i)))));
                    break;
                }
            }
        }
        names.sort(Comparator.comparingDouble(Name::y));
        double y = 0;
        for (int i = 0; i < names.size(); i++) {
            double lowest = TOP + height - LINE * (names.size() - 1.0 - i);
            y = Math.max(y + LINE, Math.min(names.get(i).y, lowest));
            String look = names.get(i).line.look().name().toLowerCase(Locale.ROOT);
            line(look, LEFT + width + 8.0, y, LEFT + width + 24.0, y);
            text(LEFT + width + 28.0, y + 4, "start", names.get(i).line.name());
        }
    }

    private void legend(double max) {
        int steps = 12;
        double x = LEFT + width + 12.0;
        for (int i = 0; i < steps; i++) {
            out.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%.0f\" y=\"%.2f\" width=\"12\" height=\"%.2f\" fill=\"%s\"/>",
                    x,
                    y((i + 1.0) / steps),
                    (double) height / steps,
                    colour((i + 0.5) / steps)));
        }
        text(x + 16, y(0), "start", "0");
        text(x + 16, y(0.5) + 4, "start", AxisTicks.label(Double.parseDouble(NumberFormat.number(max / 2))));
        text(x + 16, y(1) + 8, "start", AxisTicks.label(Double.parseDouble(NumberFormat.number(max))));
    }

    private static String colour(double place) {
        double at = place * (ChartShapes.HEAT.size() - 1);
        int below = Math.min((int) at, ChartShapes.HEAT.size() - 2);
        Color a = ChartShapes.HEAT.get(below);
        Color b = ChartShapes.HEAT.get(below + 1);
        double part = at - below;
        return String.format(
                Locale.ROOT,
                "#%02x%02x%02x",
                mix(a.getRed(), b.getRed(), part),
                mix(a.getGreen(), b.getGreen(), part),
                mix(a.getBlue(), b.getBlue(), part));
    }

    private static int mix(int a, int b, double part) {
        return (int) Math.round(a + part * (b - a));
    }
}
