package org.gatedepth.weka.gui;

import java.util.List;

/**
 * What a chart shows, as plain data.
 *
 * @param title the title
 * @param across what the horizontal axis counts, in whole numbers
 * @param up what the vertical axis measures, from 0, and its unit
 * @param curves the curves; none of them is empty
 * @param sentence what to say where there is nothing to draw; empty where there is
 */
record ChartModel(String title, String across, String up, List<Curve> curves, String sentence) {

    /**
     * A curve.
     *
     * @param name its name in the legend
     * @param x positions, rising
     * @param y values
     */
    record Curve(String name, List<Double> x, List<Double> y) {

        Curve {
            x = List.copyOf(x);
            y = List.copyOf(y);
        }
    }

    ChartModel {
        curves = List.copyOf(curves);
    }

    static ChartModel of(String title, String across, String up, List<Curve> curves) {
        return new ChartModel(title, across, up, curves, "");
    }

    static ChartModel empty(String title, String sentence) {
        return new ChartModel(title, "", "", List.of(), sentence);
    }

    boolean hasCurves() {
        return !curves.isEmpty();
    }

    /** The chart in words: its sentence, or where its curves end. */
    String describe() {
        StringBuilder text = new StringBuilder(sentence);
        for (Curve curve : curves) {
            int last = curve.x.size() - 1;
            text.append(curve.name)
                    .append(' ')
                    .append(RunText.number(curve.y.get(last)))
                    .append(" at ")
                    .append(across)
                    .append(' ')
                    .append(Math.round(curve.x.get(last)))
                    .append(". ");
        }
        return text.toString().strip();
    }
}
