package org.gatedepth.studies;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.internal.series.MarkerSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A chart of lines, with colours and marks that colour-blind people tell apart (Okabe &amp; Ito 2008). */
final class LineChart {
    private static final Color[] COLOURS = {
        new Color(0x0072B2),
        new Color(0xD55E00),
        new Color(0x009E73),
        new Color(0xCC79A7),
        new Color(0x56B4E9),
        new Color(0xE69F00),
        new Color(0x000000),
        new Color(0x999999)
    };
    private static final Marker[] MARKS = {
        SeriesMarkers.CIRCLE,
        SeriesMarkers.SQUARE,
        SeriesMarkers.TRIANGLE_UP,
        SeriesMarkers.DIAMOND,
        SeriesMarkers.TRIANGLE_DOWN,
        SeriesMarkers.CROSS,
        SeriesMarkers.PLUS,
        SeriesMarkers.RECTANGLE
    };

    private final XYChart chart;

    LineChart(String title, String x, String y, boolean logarithmicX, boolean logarithmicY) {
        chart = new XYChartBuilder()
                .width(760)
                .height(460)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        chart.getStyler()
                .setXAxisLogarithmic(logarithmicX)
                .setYAxisLogarithmic(logarithmicY)
                .setLegendPosition(LegendPosition.OutsideE)
                .setChartBackgroundColor(Color.WHITE)
                .setMarkerSize(8);
        chart.getStyler().setPlotGridLinesColor(new Color(0xDDDDDD));
    }

    /** Adds a line; points without a finite value are left out. */
    LineChart line(String name, List<Double> x, List<Double> y) {
        int number = chart.getSeriesMap().size();
        List<Integer> kept = IntStream.range(0, x.size())
                .filter(i -> Double.isFinite(y.get(i)) && (!chart.getStyler().isYAxisLogarithmic() || y.get(i) > 0))
                .boxed()
                .toList();
        if (!kept.isEmpty()) {
            XYSeries series = chart.addSeries(
                    name,
                    kept.stream().map(x::get).toList(),
                    kept.stream().map(y::get).toList());
            mark(series, number);
            series.setLineStyle(new BasicStroke(2));
        }
        return this;
    }

    /** Gives a series of a chart the colour and the mark of its number. */
    static void mark(MarkerSeries series, int number) {
        series.setLineColor(COLOURS[number % COLOURS.length]);
        series.setMarkerColor(COLOURS[number % COLOURS.length]);
        series.setMarker(MARKS[number % MARKS.length]);
    }

    void write(Path svg) throws IOException {
        write(chart, svg);
    }

    static void write(Chart<?, ?> chart, Path svg) throws IOException {
        VectorGraphicsEncoder.saveVectorGraphic(chart, svg.toString(), VectorGraphicsFormat.SVG);
        // Letters are outlines of ten digits a coordinate, of which the eye sees one after the point.
        Files.writeString(svg, Files.readString(svg).replaceAll("(\\.\\d)\\d+", "$1"));
    }
}
