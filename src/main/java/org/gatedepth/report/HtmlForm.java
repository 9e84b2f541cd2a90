package org.gatedepth.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.gatedepth.report.drawing.Html;
import org.gatedepth.report.drawing.NumberFormat;
import org.gatedepth.report.drawing.Plot;
import org.gatedepth.report.drawing.Plot.Line;
import org.gatedepth.report.drawing.Plot.Look;
import org.gatedepth.report.drawing.Svg;
import org.gatedepth.report.recording.LossHistory;
import org.gatedepth.report.time.TimeSections;

/** A {@link DepthReport} as one HTML page that loads nothing from elsewhere. Sections without data are left out. */
final class HtmlForm {

    private HtmlForm() {}

    static String of(DepthReport report) {
        try {
            return page(report);
        } catch (NoClassDefFoundError e) {
            throw missing(e);
        }
    }

    /** XChart writes SVG with VectorGraphics2D, which is in another jar. */
    static IllegalStateException missing(NoClassDefFoundError e) {
        return new IllegalStateException(
                "The HTML form draws its charts with XChart: add org.knowm.xchart:xchart:3.8.8 and"
                        + " de.erichseifert.vectorgraphics2d:VectorGraphics2D:0.13 to the class path (missing: "
                        + e.getMessage() + "). toText() and toJson() work without them.",
                e);
    }

    private static String page(DepthReport report) {
        StringBuilder out = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n");
        out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>Depth report: ");
        out.append(Html.escape(report.network())).append("</title>\n<style>\n").append(Html.STYLE);
        out.append("</style></head><body><main>\n<h1>Depth report</h1>\n<p>").append(Html.escape(report.network()));
        out.append("<br/><span class=\"soft\">").append(NumberFormat.count(report.parameters(), "parameter"));
        out.append(", measured on ")
                .append(NumberFormat.count(report.examples(), "example"))
                .append("</span></p>\n");
        out.append("<p class=\"short\">")
                .append(Html.escape(String.join(" ", Verdict.plain(report))))
                .append("</p>\n");
        out.append(list("What to do", report.advice())).append(list("In numbers", report.verdict()));
        report.chains().forEach(chain -> out.append(chain(chain, report.chains().size() == 1)));
        out.append(BlockSections.of(report))
                .append(TimeSections.html(report.time()))
                .append(lesions(report.lesions()))
                .append(report.inputSections().html())
                .append(heads(report.heads()));
        out.append(losses(report.losses())).append(Methods.of(report));
        out.append("</main>\n<script type=\"application/json\" id=\"depth-report\">");
        return out.append(report.toJson().replace("<", "\\u003c").replace("&", "\\u0026"))
                .append("</script>\n</body></html>\n")
                .toString();
    }

    private static String list(String title, List<String> sentences) {
        return sentences.isEmpty()
                ? ""
                : "<h2>" + title + "</h2>\n<ul>"
                        + sentences.stream()
                                .map(sentence -> "<li>" + Html.escape(sentence) + "</li>")
                                .collect(Collectors.joining())
                        + "</ul>\n";
    }

    private static String losses(LossHistory losses) {
        if (losses.training().isEmpty()) {
            return "";
        }
        List<Line> lines = new ArrayList<>(List.of(new Line("training", Look.FIRST, 1, losses.training())));
        if (!losses.validation().isEmpty()) {
            lines.add(new Line("validation", Look.SECOND, 1, losses.validation()));
        }
        Plot plot = Plot.of("epoch", "loss", false, lines);
        return Html.section(
                "Training",
                Html.figures(Html.figure(
                        "Loss by epoch",
                        Sentences.sentence(plot.describe()),
                        "If the loss on held-out (validation) examples rises while the training loss falls, the"
                                + " network learns its training examples and not what they have in common: it"
                                + " overfits. The training loss is measured while the network trains, with dropout,"
                                + " mixed rows and the losses of heads.",
                        plot)));
    }

    /** A chain; the verdict has the sentences about a single one. */
    private static String chain(Chain chain, boolean single) {
        Flow start = chain.start();
        Flow now = chain.now();
        Plot activation = places("size of the signal, log scale", true, start.activation(), now.activation());
        Plot gradient = places("size of the error signal, log scale", true, start.gradient(), now.gradient());
        Plot product = places("gain, log scale", true, start.product(), now.product());
        Plot jacobian = blocks("gain, log scale", true, start.jacobian(), now.jacobian());
        Plot change = blocks("part of the output", false, start.change(), now.change());
        String sentences = "<p>"
                + Html.escape(Sentences.sentence(Sentences.gradient(chain)) + " "
                        + Sentences.sentence(Sentences.depth(chain)))
                + "</p>\n";
        String out = (single ? "" : sentences)
                + Html.figures(
                        Html.figure(
                                "Signal by depth",
                                Sentences.sentence(activation.describe()),
                                "The size of what each block returns. It should neither vanish nor grow by powers"
                                        + " of ten.",
                                activation),
                        Html.figure(
                                "Gradient by depth",
                                Sentences.sentence(gradient.describe()),
                                "The size of the error signal, which flows from right to left. Where it is near 0,"
                                        + " the blocks learn nothing.",
                                gradient),
                        Html.figure(
                                "Gain of each block",
                                Sentences.sentence(jacobian.describe()),
                                "By how much a block enlarges what passes through it. At 1 it keeps the size of the"
                                        + " error signal.",
                                jacobian),
                        Html.figure(
                                "Gain to the end",
                                Sentences.sentence(product.describe()),
                                "The same for all blocks from here to the last. Values near 1 everywhere let deep"
                                        + " networks learn.",
                                product),
                        Html.figure(
                                "Change by block",
                                Sentences.sentence(change.describe()),
                                "The part of a block's output that it computes itself. Near 0 it passes its input on"
                                        + " almost unchanged.",
                                change),
                        paths(now))
                + Html.details("All numbers by block", table(chain));
        return Html.section(Sentences.title(chain), out);
    }

    private static String paths(Flow now) {
        List<Double> shares = now.pathShares();
        int last = shares.size() - 1;
        while (last > 1 && !(shares.get(last) > 1e-4)) {
            last--;
        }
        int shown = Math.min(shares.size(), Math.max(last + 2, (int) Math.ceil(now.effectiveDepth()) + 2));
        Plot plot = Plot.of(
                        "blocks on the path",
                        "share of the error signal",
                        false,
                        List.of(new Line("", Look.AREA, 0, shares.subList(0, shown))))
                .mark("effective depth", now.effectiveDepth());
        String longer = shown < shares.size() ? " Longer paths carry less than 0.01 % each and are not shown." : "";
        return Html.figure(
                "Path lengths",
                "Effective depth " + NumberFormat.number(now.effectiveDepth()) + " of " + (shares.size() - 1) + ".",
                "The error signal passes each block or goes around it. The chart shows the share of it that passes"
                        + " this number of blocks, and the mean number." + longer,
                plot);
    }

    private static Plot places(String up, boolean log, List<Double> start, List<Double> now) {
        return Plot.of("after block (0: input)", up, log, twice(0, start, now));
    }

    private static Plot blocks(String up, boolean log, List<Double> start, List<Double> now) {
        return Plot.of("block", up, log, twice(1, start, now));
    }

    private static List<Line> twice(int from, List<Double> start, List<Double> now) {
        return List.of(new Line("before training", Look.SECOND, from, start), new Line("now", Look.FIRST, from, now));
    }

    private static String table(Chain chain) {
        Flow now = chain.now();
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i <= chain.depth(); i++) {
            rows.add(List.of(
                    i == 0 ? "input" : chain.blocks().get(i - 1),
                    NumberFormat.number(now.activation().get(i)),
                    NumberFormat.number(now.gradient().get(i)),
                    NumberFormat.number(chain.start().gradient().get(i)),
                    NumberFormat.number(now.product().get(i)),
                    i == 0 ? "" : NumberFormat.number(now.jacobian().get(i - 1)),
                    i == 0 ? "" : NumberFormat.number(now.change().get(i - 1))));
        }
        return Html.table(
                List.of(
                        "after",
                        "activation",
                        "gradient",
                        "gradient before training",
                        "gain to the end",
                        "gain",
                        "change"),
                rows);
    }

    private static String lesions(Lesions lesions) {
        if (lesions.single().isEmpty()) {
            return "";
        }
        String out = "<p>"
                + Sentences.removals(lesions).stream()
                        .map(count -> Html.escape(Sentences.sentence(Sentences.without(lesions, count))))
                        .collect(Collectors.joining(" "))
                + " " + Html.escape(Sentences.sentence(Sentences.idle(lesions))) + "</p>\n";
        String reading =
                "Each block is left out alone, without new training. A block that" + " changes nothing is idle.";
        String together =
                "The least useful blocks are left out together, from 0 blocks to all. A long flat start shows depth"
                        + " that the network does not use.";
        List<Lesions.Outcome> more = new ArrayList<>(lesions.cumulative());
        more.add(0, lesions.intact());
        List<String> figures = new ArrayList<>();
        figures.add(single("Loss without a block", lesions, false, reading));
        figures.add(several("Loss without several blocks", more, false, together));
        if (lesions.intact().accuracy() != null) {
            figures.add(single("Accuracy without a block", lesions, true, reading));
            figures.add(several("Accuracy without several blocks", more, true, together));
        }
        return Html.section("Blocks left out", out + Html.figures(figures.toArray(String[]::new)));
    }

    private static String single(String title, Lesions lesions, boolean accuracy, String reading) {
        List<Double> values = values(lesions.single(), accuracy);
        double intact = value(lesions.intact(), accuracy);
        Plot plot = Plot.of(
                        "block left out",
                        accuracy ? "accuracy" : "loss",
                        false,
                        List.of(
                                new Line("without", Look.FIRST, 1, values),
                                new Line("intact", Look.SECOND, 1, Collections.nCopies(values.size(), intact))))
                .closeUp();
        return Html.figure(title, range(lesions.single(), intact, accuracy), reading, plot);
    }

    /** The least and the greatest value without a single block. */
    private static String range(List<Lesions.Outcome> outcomes, double intact, boolean accuracy) {
        List<Lesions.Outcome> sorted = outcomes.stream()
                .filter(outcome -> Double.isFinite(value(outcome, accuracy)))
                .sorted(Comparator.comparingDouble(outcome -> value(outcome, accuracy)))
                .toList();
        if (sorted.isEmpty()) {
            return "Intact network " + write(intact, accuracy) + ".";
        }
        Lesions.Outcome least = sorted.get(0);
        Lesions.Outcome most = sorted.get(sorted.size() - 1);
        String from = write(value(least, accuracy), accuracy);
        String to = write(value(most, accuracy), accuracy);
        if (outcomes.size() == 1) {
            return from + " without " + Sentences.block(least.block()) + ", intact network " + write(intact, accuracy)
                    + ".";
        }
        return from.equals(to)
                ? "Always " + from + ", intact network " + write(intact, accuracy) + "."
                : "Between " + from + " (without " + Sentences.block(least.block()) + ") and " + to + " (without "
                        + Sentences.block(most.block()) + "), intact network " + write(intact, accuracy) + ".";
    }

    private static String several(String title, List<Lesions.Outcome> outcomes, boolean accuracy, String reading) {
        List<Double> values = values(outcomes, accuracy);
        int last = values.size() - 1;
        Plot plot = Plot.of(
                        "number of blocks left out",
                        accuracy ? "accuracy" : "loss",
                        false,
                        List.of(new Line("", Look.FIRST, 0, values)))
                .closeUp();
        String finding = "From " + write(values.get(0), accuracy) + " to " + write(values.get(last), accuracy)
                + " with " + NumberFormat.count(last, "block") + " left out.";
        return Html.figure(title, finding, reading, plot);
    }

    private static List<Double> values(List<Lesions.Outcome> outcomes, boolean accuracy) {
        return outcomes.stream().map(outcome -> value(outcome, accuracy)).toList();
    }

    private static double value(Lesions.Outcome outcome, boolean accuracy) {
        Double share = outcome.accuracy();
        return !accuracy ? outcome.loss() : share == null ? Double.NaN : share;
    }

    private static String write(double value, boolean accuracy) {
        return accuracy ? NumberFormat.accuracy(value) : NumberFormat.number(value);
    }

    private static String heads(List<HeadReport> heads) {
        if (heads.isEmpty()) {
            return "";
        }
        boolean classes = heads.stream().allMatch(head -> head.accuracy() != null);
        List<Double> values = heads.stream()
                .map(head -> head.accuracy() == null || !classes ? (Double) head.loss() : head.accuracy())
                .toList();
        String title = classes ? "Accuracy by head" : "Loss by head";
        String finding = "From " + write(values.get(0), classes) + " at the first head to "
                + write(values.get(values.size() - 1), classes) + " at the last output.";
        boolean overthinking = heads.stream().anyMatch(head -> head.overthinking() != null);
        String reading =
                "Where an early head is as good as the last output, most examples do not need the depth after it"
                        + (overthinking
                                ? ". Overthinking is the share of the examples that are correct at the head and"
                                        + " wrong at the last output"
                                : "")
                        + ".";
        List<String> names = heads.stream().map(HeadReport::name).toList();
        String svg = Svg.bars(
                title + ": " + finding, classes ? "accuracy" : "loss", names, values, value -> write(value, classes));
        List<List<String>> table = Sentences.heads(heads, "blocks before it");
        return Html.section(
                "Heads",
                Html.figures(Html.figure(title, finding, reading, svg))
                        + Html.table(table.get(0), table.subList(1, table.size())));
    }
}
