package org.gatedepth.weka.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Draws a network as a directed graph: its blocks with their gates, the skips around them, and the heads. */
public final class NetworkDrawing {

    /** A unit of the drawing and what it reads. */
    record Node(String name, List<String> reads) {}

    private NetworkDrawing() {}

    /**
     * The network in XMLBIF 0.3, the format of Bayes nets, which Weka's windows draw as a graph; its depth report is a
     * property of the graph.
     *
     * @param model what training left
     */
    public static String xmlBif(TrainedModel model) {
        StringBuilder variables = new StringBuilder();
        StringBuilder definitions = new StringBuilder();
        TrainingSummary summary = model.summary();
        for (Node node : summary.sequences() == null ? nodes(summary) : SequenceDrawing.nodes(summary)) {
            variables
                    .append("<VARIABLE TYPE=\"nature\"><NAME>")
                    .append(escaped(node.name))
                    .append("</NAME><OUTCOME>value</OUTCOME></VARIABLE>\n");
            definitions.append("<DEFINITION><FOR>").append(escaped(node.name)).append("</FOR>");
            node.reads.forEach(
                    name -> definitions.append("<GIVEN>").append(escaped(name)).append("</GIVEN>"));
            definitions.append("<TABLE>1.0</TABLE></DEFINITION>\n");
        }
        return "<?xml version=\"1.0\"?>\n<BIF VERSION=\"0.3\""
                + " xmlns=\"http://www.cs.ubc.ca/labs/lci/fopi/ve/XMLBIFv0_3\">\n"
                + "<NETWORK>\n<NAME>GatedNetwork</NAME>\n"
                + ReportProperty.element(model.report().json()) + variables + definitions + "</NETWORK>\n</BIF>\n";
    }

    private static List<Node> nodes(TrainingSummary summary) {
        List<Node> nodes = new ArrayList<>();
        String input = "input (" + summary.inputs() + ")";
        nodes.add(new Node(input, List.of()));
        String below = input;
        if (summary.inputs() != summary.width()) {
            below = "projection (" + summary.width() + ")";
            nodes.add(new Node(below, List.of(input)));
        }
        for (int block = 1; block <= summary.depth(); block++) {
            String name = "block " + block;
            if (summary.connection().hasSkip()) {
                String transform = transform(summary, block);
                nodes.add(new Node(transform, List.of(below)));
                nodes.add(new Node(name, List.of(below, transform)));
            } else {
                nodes.add(new Node(name, List.of(below)));
            }
            below = name;
            for (OutputFigure figure : summary.figures()) {
                if (Objects.equals(figure.depth(), block)) {
                    nodes.add(new Node("head after block " + block + ": " + figure.attribute(), List.of(name)));
                }
            }
        }
        nodes.add(new Node("output (" + summary.outputs() + ")", List.of(below)));
        return nodes;
    }

    private static String transform(TrainingSummary summary, int block) {
        return summary.gates().isEmpty()
                ? "transform " + block
                : String.format(
                        Locale.ROOT,
                        "transform %d, gate %.2f",
                        block,
                        summary.gates().get(block - 1));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
