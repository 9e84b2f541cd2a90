package org.gatedepth.report.drawing;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Lines, bars and cells, drawn by XChart to fill a plot from edge to edge. XChart would write texts as outlines, which
 * are large, need fonts and cannot be searched. So {@link Svg} writes axes and texts.
 */
final class ChartShapes {

    /**
     * The colours of cells from low to high. Each is darker than the one before, so that the order can be seen in grey,
     * too.
     */
    static final List<Color> HEAT =
            List.of(new Color(0xF7FBFF), new Color(0x9CCBE8), new Color(0x0072B2), new Color(0x00263D));

    private static final Color NOTHING = new Color(0, 0, 0, 0);

    /** Curves with at most this many points show each point. */
    private static final int FEW = 40;

    private ChartShapes() {}

    /** How XChart draws a {@link Plot.Look}. */
    private record Style(Color colour, BasicStroke stroke, Marker marker) {}

    /** {@link SvgCleaner} gives the colours their names on the page. */
    private static Style style(Plot.Look look) {
        return switch (look) {
            case FIRST -> new Style(new Color(0x0072B2), stroke(), SeriesMarkers.CIRCLE);
            case SECOND -> new Style(new Color(0xD55E00), stroke(6, 4), SeriesMarkers.DIAMOND);
            case THIRD -> new Style(new Color(0x009E73), stroke(2, 3), SeriesMarkers.SQUARE);
            case AREA -> new Style(new Color(0x0072B2), stroke(), SeriesMarkers.CIRCLE);
        };
    }

    private static BasicStroke stroke(float... dashes) {
        return new BasicStroke(
                2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dashes.length == 0 ? null : dashes, 0);
    }

    static String lines(Plot plot, Scale across, Scale up, int width, int height) {
        XYChart chart = new XYChart(width, height);
        bare(chart.getStyler());
        limit(chart.getStyler(), up);
        chart.getStyler().setXAxisMin(across.from()).setXAxisMax(across.to());
        // Dashed lines are drawn over full lines, so that both can be seen where they overlap.
        List<Plot.Line> lines = new ArrayList<>(plot.lines());
        lines.sort(Comparator.comparing(Plot.Line::look));
        for (int i = 0; i < lines.size(); i++) {
            Plot.Line line = lines.get(i);
            List<Integer> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            for (int j = 0; j < line.values().size(); j++) {
                double value = line.values().get(j);
                x.add(line.from() + j);
                y.add(plot.shows(value) ? value : Double.NaN);
            }
            if (y.stream().allMatch(value -> value.isNaN())) {
                continue;
            }
            Style style = style(line.look());
            XYSeries series = chart.addSeries(i + line.name(), x, y);
            series.setLineColor(style.colour).setLineStyle(style.stroke);
            series.setMarkerColor(style.colour);
            series.setMarker(x.size() <= FEW ? style.marker : SeriesMarkers.NONE);
            if (line.look() == Plot.Look.AREA) {
                series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Area);
                series.setFillColor(new Color(0, 114, 178, 64));
            }
        }
        return draw(chart);
    }

    static String bars(List<Double> values, Scale up, int width, int height) {
        CategoryChart chart = new CategoryChart(width, height);
        bare(chart.getStyler());
        limit(chart.getStyler(), up);
        chart.getStyler().setAvailableSpaceFill(0.6);
        List<Integer> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        for (double value : values) {
            x.add(x.size());
            y.add(Double.isFinite(value) ? value : 0);
        }
        chart.addSeries("bars", x, y).setFillColor(style(Plot.Look.FIRST).colour);
        return draw(chart);
    }

    static String cells(Heat heat, int width, int height) {
        HeatMapChart chart = new HeatMapChart(width, height);
        bare(chart.getStyler());
        chart.getStyler().setRangeColors(HEAT.toArray(Color[]::new));
        chart.getStyler().setMin(0).setMax(heat.max());
        List<Number[]> cells = new ArrayList<>();
        for (int row = 0; row < heat.cells().size(); row++) {
            for (int column = 0; column < heat.columns().size(); column++) {
                double value = heat.cells().get(row).get(column);
                if (!Double.isNaN(value)) {
                    double within = Math.max(0, Math.min(heat.max(), value));
                    cells.add(new Number[] {column, heat.cells().size() - 1 - row, within});
                }
            }
        }
        // XChart 3.8.8 fails with numbers as names of columns and rows.
        chart.addSeries("cells", names(heat.columns().size()), names(heat.rows().size()), cells);
        return draw(chart);
    }

    private static List<String> names(int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add("n" + i);
        }
        return names;
    }

    private static void limit(AxesChartStyler styler, Scale up) {
        styler.setYAxisLogarithmic(up.log()).setYAxisLogarithmicDecadeOnly(true);
        styler.setYAxisMin(up.from()).setYAxisMax(up.to());
    }

    private static void bare(AxesChartStyler styler) {
        styler.setAxisTicksVisible(false)
                .setAxisTitlesVisible(false)
                .setPlotGridLinesVisible(false)
                .setPlotMargin(0)
                .setLocale(Locale.ROOT);
        styler.setLegendVisible(false)
                .setChartTitleVisible(false)
                .setChartPadding(0)
                .setPlotBorderVisible(false)
                .setPlotContentSize(1)
                .setPlotBackgroundColor(NOTHING)
                .setChartBackgroundColor(NOTHING)
                .setMarkerSize(6);
    }

    private static String draw(Chart<?, ?> chart) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return SvgCleaner.clean(out.toString(StandardCharsets.UTF_8));
    }
}
