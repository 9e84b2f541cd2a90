package org.gatedepth.weka.model;

import java.util.List;
import org.gatedepth.report.Chain;
import org.gatedepth.report.DepthReport;
import org.gatedepth.report.Flow;
import org.gatedepth.report.Lesions;

/** Depth reports made by hand. */
public final class HandmadeReports {

    private HandmadeReports() {}

    /** Of a network with two chains, of one block and of two. */
    public static DepthReport small() {
        return of("a network with <markup> & \"quotes\", a backslash \\, a line\nbreak, \u2202 and \uffff");
    }

    /** That of a model. */
    public static ModelReport model() {
        return ModelReport.later(HandmadeReports::small);
    }

    private static DepthReport of(String network) {
        return new DepthReport(
                DepthReport.FORMAT,
                network,
                42,
                7,
                List.of(
                        new Chain("low", List.of("low/1"), flow(1, 0.9), flow(1, 0.8)),
                        new Chain("high", List.of("high/1", "high/2"), flow(2, 1.5), flow(2, 0.7))),
                List.of(),
                List.of(),
                List.of(),
                new Lesions(new Lesions.Outcome("", 0.5, 0.75, 0), List.of(), List.of()),
                List.of(),
                List.of("There are 2 chains."));
    }

    private static Flow flow(int blocks, double effectiveDepth) {
        List<Double> places = blocks == 1 ? List.of(0.5, 1.0) : List.of(0.25, 0.5, 1.0);
        List<Double> each = blocks == 1 ? List.of(0.5) : List.of(0.5, 0.25);
        return new Flow(places, places, each, places, each, places, effectiveDepth);
    }
}
