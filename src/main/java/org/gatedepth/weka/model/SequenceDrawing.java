package org.gatedepth.weka.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.gatedepth.weka.model.NetworkDrawing.Node;

/** The graph of a network that reads sequences: blocks over the steps of each, pooled, joined, and the output. */
final class SequenceDrawing {

    private final TrainingSummary summary;
    private final SequenceSummary sequences;
    private final List<Node> nodes = new ArrayList<>();

    private SequenceDrawing(TrainingSummary summary) {
        this.summary = summary;
        sequences = Objects.requireNonNull(summary.sequences());
    }

    static List<Node> nodes(TrainingSummary summary) {
        return new SequenceDrawing(summary).draw();
    }

    private List<Node> draw() {
        List<String> towers = new ArrayList<>();
        int ofSteps = 0;
        for (SequenceSummary.Reader reader : sequences.sequences()) {
            ofSteps += reader.columns();
            nodes.add(new Node("steps of " + label(reader), List.of()));
            towers.add("steps of " + label(reader));
        }
        for (int block = 1; block <= summary.depth(); block++) {
            for (int s = 0; s < towers.size(); s++) {
                String name = "block " + block
                        + (towers.size() == 1 ? "" : " of " + reader(s).name());
                towers.set(s, block(name, towers.get(s), block - 1));
            }
            for (OutputFigure figure : summary.figures()) {
                if (Objects.equals(figure.depth(), block)) {
                    nodes.add(new Node("head after block " + block + ": " + figure.attribute(), List.copyOf(towers)));
                }
            }
        }
        List<String> joined = new ArrayList<>();
        for (int s = 0; s < towers.size(); s++) {
            String pooled = "mean and maximum of " + reader(s).name();
            nodes.add(new Node(pooled, List.of(towers.get(s))));
            joined.add(pooled);
        }
        int columns = summary.inputs() - ofSteps;
        if (columns > 0) {
            String others = "columns (" + columns + ")";
            nodes.add(new Node(others, List.of()));
            joined.add(others);
        }
        String below = "projection (" + summary.width() + ")";
        nodes.add(new Node(below, joined));
        for (int block = summary.depth() + 1; block <= summary.depth() + sequences.joint(); block++) {
            below = block("block " + block, below, block - 1);
        }
        nodes.add(new Node("output (" + summary.outputs() + ")", List.of(below)));
        return nodes;
    }

    private SequenceSummary.Reader reader(int sequence) {
        return sequences.sequences().get(sequence);
    }

    private static String label(SequenceSummary.Reader reader) {
        return reader.name() + " (" + reader.columns() + ")";
    }

    /** A block with its gate, where each block of one sequence has one. */
    private String block(String name, String below, int number) {
        boolean gates =
                sequences.sequences().size() == 1 && summary.gates().size() == summary.depth() + sequences.joint();
        if (!gates) {
            nodes.add(new Node(name, List.of(below)));
            return name;
        }
        String transform = String.format(
                Locale.ROOT,
                "transform %d, gate %.2f",
                number + 1,
                summary.gates().get(number));
        nodes.add(new Node(transform, List.of(below)));
        nodes.add(new Node(name, List.of(below, transform)));
        return name;
    }
}
