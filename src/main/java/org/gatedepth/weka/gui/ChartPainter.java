package org.gatedepth.weka.gui;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws charts with XChart. */
final class ChartPainter {

    /** Okabe and Ito's colours, which people with colour blindness can tell apart; without their yellow. */
    private static final List<Color> COLOURS = List.of(
            new Color(0x0072B2),
            new Color(0xD55E00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0x56B4E9),
            new Color(0xE69F00),
            new Color(0x000000));

    /** Full, dashed and dotted lines: when the colours repeat, the lines differ. */
    private static final List<BasicStroke> LINES = List.of(line(), line(7, 4), line(2, 3));

    /** Curves of so few points show each of them. */
    private static final int FEW = 30;

    private static final double LEAST_FONT = 8;

    private ChartPainter() {}

    private static BasicStroke line(float... dashes) {
        return new BasicStroke(
                2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dashes.length == 0 ? null : dashes, 0);
    }

    static void paint(ChartModel model, Graphics2D graphics, int width, int height, Font font) {
        XYChart chart = new XYChart(width, height, Styler.ChartTheme.XChart);
        chart.setTitle(model.title());
        chart.setXAxisTitle(model.across());
        chart.setYAxisTitle(model.up());
        double from = Double.POSITIVE_INFINITY;
        double to = Double.NEGATIVE_INFINITY;
        double top = 0;
        for (int i = 0; i < model.curves().size(); i++) {
            ChartModel.Curve curve = model.curves().get(i);
            XYSeries series = chart.addSeries(curve.name(), curve.x(), curve.y());
            series.setLineColor(COLOURS.get(i % COLOURS.size()));
            series.setMarkerColor(COLOURS.get(i % COLOURS.size()));
            series.setLineStyle(LINES.get(i / COLOURS.size() % LINES.size()));
            series.setMarker(curve.x().size() <= FEW ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
            from = Math.min(from, curve.x().get(0));
            to = Math.max(to, curve.x().get(curve.x().size() - 1));
            top = Math.max(top, curve.y().stream().mapToDouble(y -> y).max().orElseThrow());
        }
        style(chart.getStyler(), font);
        // The title stands over the middle of the plot, which leaves room for the numbers at one side.
        double over = width - 6 * font.getSize2D();
        chart.getStyler().setChartTitleFont(fitting(font.deriveFont(Font.BOLD), model.title(), graphics, over));
        // The ticks and the legend below take some of the height.
        chart.getStyler().setAxisTitleFont(fitting(font, model.up(), graphics, 0.7 * height));
        chart.getStyler().setXAxisMin(from).setXAxisMax(Math.max(to, from + 1));
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(top > 0 ? 1.05 * top : 1);
        chart.paint(graphics, width, height);
    }

    private static void style(XYStyler styler, Font font) {
        styler.setChartBackgroundColor(Color.WHITE)
                .setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal)
                .setLegendBorderColor(Color.WHITE)
                .setLegendFont(font)
                .setLegendPadding(8)
                .setChartTitleBoxVisible(false)
                .setChartPadding(6)
                .setMarkerSize(6);
        styler.setAxisTickLabelsFont(font)
                .setPlotMargin(0)
                .setPlotGridLinesColor(new Color(0xDDDDDD))
                .setLocale(Locale.ROOT)
                .setYAxisDecimalPattern("0.####")
                .setxAxisTickLabelsFormattingFunction(ChartPainter::wholeNumber);
    }

    /** A font in which a text is no longer than the room for it; at most the given one. */
    private static Font fitting(Font font, String text, Graphics2D graphics, double room) {
        int length = graphics.getFontMetrics(font).stringWidth(text);
        return length <= room ? font : font.deriveFont((float) Math.max(LEAST_FONT, font.getSize2D() * room / length));
    }

    /** There is no half epoch or block. */
    private static String wholeNumber(double value) {
        return Math.abs(value - Math.rint(value)) < 1e-6 ? String.valueOf(Math.round(value)) : "";
    }
}
