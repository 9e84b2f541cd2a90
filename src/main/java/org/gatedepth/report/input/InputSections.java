package org.gatedepth.report.input;

import java.util.ArrayList;
import java.util.List;
import org.gatedepth.report.drawing.Html;
import org.gatedepth.report.drawing.NumberFormat;
import org.gatedepth.report.drawing.Svg;
import org.jspecify.annotations.Nullable;

/** The part of a report about inputs, as text and as a section of the page. */
public final class InputSections {

    /** The title of the part. */
    public static final String TITLE = "Inputs, each with its values exchanged among the examples";

    /** Bars of the chart. */
    private static final int BARS = 12;

    private final List<InputImportance> inputs;
    private final double loss;
    private final @Nullable Double accuracy;

    /**
     * The part about some inputs.
     *
     * @param inputs the most important first
     * @param loss that of the network with all of its inputs
     * @param accuracy its accuracy; null if it does not predict classes
     */
    public InputSections(List<InputImportance> inputs, double loss, @Nullable Double accuracy) {
        this.inputs = inputs;
        this.loss = loss;
        this.accuracy = accuracy;
    }

    /** The sentence of the verdict; for one input at least. */
    public String verdict() {
        InputImportance first = inputs.get(0);
        if (inputs.stream().allMatch(input -> input.changed() == 0)) {
            return "The predictions depend on none of the inputs.";
        }
        String then = first.accuracy() == null
                ? "the predictions change by " + NumberFormat.percent(first.changed())
                        + " of their variance and the squared error is " + NumberFormat.number(first.loss())
                        + " (otherwise " + NumberFormat.number(loss) + ")."
                : NumberFormat.percent(first.changed()) + " of the predictions change and "
                        + NumberFormat.percent(first.accuracy()) + " are correct (otherwise "
                        + NumberFormat.percent(accuracy) + ").";
        return "The predictions depend most on " + first.input()
                + ": with its values exchanged at random among the examples, " + then;
    }

    /** A table with a header, at most so many inputs. */
    public List<List<String>> table(int most) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                accuracy == null
                        ? List.of("input", "changed", "loss then")
                        : List.of("input", "changed", "loss then", "accuracy then"));
        for (InputImportance input : inputs.subList(0, Math.min(most, inputs.size()))) {
            List<String> row = new ArrayList<>(List.of(
                    input.input(), NumberFormat.percent(input.changed()), NumberFormat.change(input.loss() - loss)));
            Double then = input.accuracy();
            if (accuracy != null) {
                row.add(NumberFormat.accuracyChange(then == null ? null : (Double) (then - accuracy)));
            }
            rows.add(row);
        }
        return rows;
    }

    /** What the columns of {@link #table} are, and how many inputs it leaves out. */
    public String explanation(int most) {
        String changed = accuracy == null
                ? "changed: by how much the predictions change, as a part of their variance"
                : "changed: the share of the predictions that change";
        String then = accuracy == null ? "loss then: how the loss changes" : "loss, accuracy then: how these change";
        int more = inputs.size() - most;
        return changed + "; " + then
                + (more > 0 ? "; " + NumberFormat.count(more, "input") + " of less effect left out" : "");
    }

    /** The section of the page; empty without inputs. */
    public String html() {
        if (inputs.isEmpty()) {
            return "";
        }
        List<InputImportance> first = inputs.subList(0, Math.min(BARS, inputs.size()));
        String svg = Svg.bars(
                "Change of the predictions by input",
                accuracy == null ? "change, part of the variance" : "share of predictions that change",
                first.stream().map(InputImportance::input).toList(),
                first.stream().map(InputImportance::changed).toList(),
                NumberFormat::percent);
        List<List<String>> all = table(inputs.size());
        return Html.section(
                "Inputs",
                Html.figures(Html.figure(
                                "What the predictions depend on",
                                verdict(),
                                "The values of one input are exchanged at random among the examples, without new"
                                        + " training. An input without effect is not used, or says the same as"
                                        + " another one.",
                                svg))
                        + Html.details("All numbers by input", Html.table(all.get(0), all.subList(1, all.size()))));
    }
}
