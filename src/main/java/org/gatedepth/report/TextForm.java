package org.gatedepth.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.gatedepth.report.drawing.NumberFormat;
import org.gatedepth.report.input.InputSections;
import org.gatedepth.report.time.TimeSections;
import org.jspecify.annotations.Nullable;

/** A {@link DepthReport} as text. */
final class TextForm {

    /** Columns of the terminal that it is for, unless said otherwise. */
    static final int WIDTH = 100;

    /** Fewer columns are not used: tables would be cut. */
    private static final int LEAST_WIDTH = 60;

    /** The most rows of a table by depth. In deeper chains a row is the mean over several blocks. */
    static final int ROWS = 12;

    private final DepthReport report;
    private final StringBuilder out = new StringBuilder();
    private final Map<String, Gates> gates;
    private final Map<String, SkipWeights> skips;
    private final Map<String, Lesions.Outcome> lesions;

    private final int width;

    private TextForm(DepthReport report, int columns) {
        this.report = report;
        width = Math.max(LEAST_WIDTH, columns);
        gates = byName(report.gates(), Gates::block);
        skips = byName(report.skips(), SkipWeights::block);
        lesions = byName(report.lesions().single(), Lesions.Outcome::block);
    }

    private static <T> Map<String, T> byName(List<T> all, Function<T, String> name) {
        Map<String, T> map = new HashMap<>();
        all.forEach(one -> map.put(name.apply(one), one));
        return map;
    }

    static String of(DepthReport report, int columns) {
        return new TextForm(report, columns).write();
    }

    private String write() {
        paragraph(
                "",
                "Depth report of " + report.network() + ": " + NumberFormat.count(report.parameters(), "parameter")
                        + ", measured on " + NumberFormat.count(report.examples(), "example"));
        if (!report.verdict().isEmpty()) {
            out.append('\n');
            report.verdict().forEach(sentence -> paragraph("", sentence));
        }
        if (!report.advice().isEmpty()) {
            out.append("\nWhat to do\n");
            report.advice().forEach(sentence -> paragraph("  ", sentence));
        }
        report.chains().forEach(this::chain);
        if (!report.chains().isEmpty()) {
            columns();
        }
        if (!report.time().nothing()) {
            out.append("\nOver time\n");
            for (TimeSections.Table each : TimeSections.tables(report.time(), ROWS)) {
                paragraph("  ", each.sentence());
                table(each.rows());
            }
        }
        if (!lesions.isEmpty()) {
            lesions();
        }
        if (!report.inputs().isEmpty()) {
            InputSections inputs = report.inputSections();
            out.append('\n').append(InputSections.TITLE).append('\n');
            table(inputs.table(ROWS));
            paragraph("  ", inputs.explanation(ROWS));
        }
        if (!report.heads().isEmpty()) {
            heads();
        }
        return out.toString();
    }

    private void chain(Chain chain) {
        out.append('\n');
        paragraph("", Sentences.title(chain));
        // Of a single chain, the verdict says this.
        if (report.chains().size() > 1) {
            paragraph("  ", Sentences.gradient(chain));
            paragraph("  ", Sentences.depth(chain));
        }
        int step = (chain.depth() + ROWS - 1) / ROWS;
        List<List<String>> table = new ArrayList<>();
        table.add(header(chain, step));
        for (int from = 0; from < chain.depth(); from += step) {
            table.add(row(chain, from, Math.min(chain.depth(), from + step)));
        }
        table(table);
        if (step > 1) {
            paragraph(
                    "  ",
                    "Each row is the mean over " + step
                            + " blocks; activation and gradient are those after the last of them.");
        }
    }

    private List<String> header(Chain chain, int step) {
        List<String> header =
                new ArrayList<>(List.of(step > 1 ? "blocks" : "block", "activation", "gradient", "change"));
        if (has(chain, gates)) {
            header.add("gate");
        }
        if (has(chain, skips)) {
            header.addAll(List.of("alpha", "beta"));
        }
        if (has(chain, lesions)) {
            header.add("loss without");
            if (report.lesions().intact().accuracy() != null) {
                header.add("accuracy without");
            }
        }
        return header;
    }

    private static boolean has(Chain chain, Map<String, ?> values) {
        return chain.blocks().stream().anyMatch(values::containsKey);
    }

    private List<String> row(Chain chain, int from, int to) {
        Flow now = chain.now();
        List<String> names = chain.blocks().subList(from, to);
        List<String> row = new ArrayList<>();
        row.add(blocks(names.get(0), names.get(names.size() - 1)));
        row.add(NumberFormat.number(now.activation().get(to)));
        row.add(NumberFormat.number(now.gradient().get(to)));
        row.add(NumberFormat.number(mean(now.change().subList(from, to))));
        if (has(chain, gates)) {
            row.add(NumberFormat.number(mean(names, gates, Gates::mean)));
        }
        if (has(chain, skips)) {
            row.add(NumberFormat.number(mean(names, skips, SkipWeights::alpha)));
            row.add(NumberFormat.number(mean(names, skips, SkipWeights::beta)));
        }
        if (has(chain, lesions)) {
            double loss = report.lesions().intact().loss();
            row.add(NumberFormat.change(mean(names, lesions, outcome -> outcome.loss() - loss)));
            Double accuracy = report.lesions().intact().accuracy();
            if (accuracy != null) {
                row.add(NumberFormat.accuracyChange(mean(
                        names, lesions, one -> one.accuracy() == null ? null : (Double) (one.accuracy() - accuracy))));
            }
        }
        return row;
    }

    /** Names of blocks in a row, such as stack/1, stack/1-5, block 1-5 and stack1/8 .. stack2/2. */
    private static String blocks(String first, String last) {
        if (first.equals(last)) {
            return first;
        }
        String layer = layer(first);
        boolean same = !layer.isEmpty() && layer.equals(layer(last));
        return same ? first + "-" + last.substring(layer.length()) : first + " .. " + last;
    }

    /** The name of a block without its number. */
    private static String layer(String block) {
        return block.substring(0, Math.max(block.lastIndexOf('/'), block.lastIndexOf(' ')) + 1);
    }

    private static <T> @Nullable Double mean(
            List<String> names, Map<String, T> of, Function<T, @Nullable Double> value) {
        List<Double> values = new ArrayList<>();
        for (String name : names) {
            T one = of.get(name);
            Double number = one == null ? null : value.apply(one);
            if (number != null) {
                values.add(number);
            }
        }
        return mean(values);
    }

    private static @Nullable Double mean(List<Double> values) {
        return values.isEmpty()
                ? null
                : (Double) values.stream().mapToDouble(x -> x).average().orElseThrow();
    }

    /** Explains the columns in the tables of the chains. */
    private void columns() {
        out.append("\nColumns\n");
        paragraph("  ", "activation, gradient: the sizes (norms) of signal and error signal after the block");
        paragraph("  ", "change: the part of a block's output that it computes itself and does not pass on");
        if (anyHas(gates)) {
            paragraph("  ", "gate: the mean gate, from 0 (passes its input on) to 1 (replaces it)");
        }
        if (anyHas(skips)) {
            paragraph("  ", "alpha, beta: the weights of the input and of what the block computes from it");
        }
        if (anyHas(lesions)) {
            paragraph(
                    "  ",
                    report.lesions().intact().accuracy() == null
                            ? "loss without: how the loss changes when only this block is left out"
                            : "loss without, accuracy without: how loss and accuracy change when only this block is"
                                    + " left out");
        }
    }

    private boolean anyHas(Map<String, ?> values) {
        return report.chains().stream().anyMatch(chain -> has(chain, values));
    }

    private void lesions() {
        out.append('\n');
        paragraph("", "Blocks left out, without new training");
        for (int count : Sentences.removals(report.lesions())) {
            paragraph("  ", Sentences.without(report.lesions(), count));
        }
        paragraph("  ", Sentences.idle(report.lesions()));
    }

    private void heads() {
        out.append("\nHeads\n");
        table(Sentences.heads(report.heads(), "depth"));
        if (has(HeadReport::overthinking)) {
            paragraph("  ", "overthinking: the share of the examples that are correct here, and wrong at the output");
        }
        if (has(HeadReport::leaving)) {
            paragraph(
                    "  ",
                    "exit here: the share of the examples whose first head with a probability of at least "
                            + HeadReport.CONFIDENCE + " is this one");
        }
    }

    private boolean has(Function<HeadReport, @Nullable Double> number) {
        return report.heads().stream().anyMatch(head -> number.apply(head) != null);
    }

    /**
     * A table. Each column is as wide as its widest cell; the first is aligned to the left, the others to the right.
     */
    private void table(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (int c = 1; c < columns; c++) {
            int column = c;
            widths[c] = 2
                    + rows.stream()
                            .mapToInt(row -> row.get(column).length())
                            .max()
                            .orElse(0);
        }
        int rest = width - 2;
        for (int taken : widths) {
            rest -= taken;
        }
        int room = Math.max(4, rest);
        widths[0] = rows.stream()
                .mapToInt(row -> Math.min(room, row.get(0).length()))
                .max()
                .orElse(0);
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder("  ").append(cut(row.get(0), widths[0]));
            line.append(" ".repeat(2 + widths[0] - line.length()));
            for (int c = 1; c < columns; c++) {
                line.append(" ".repeat(widths[c] - row.get(c).length())).append(row.get(c));
            }
            out.append(line).append('\n');
        }
    }

    /** The end of a long name, because the names of blocks differ at their ends. */
    private static String cut(String name, int width) {
        return name.length() <= width ? name : "~" + name.substring(name.length() - width + 1);
    }

    /**
     * Breaks a text into lines of at most {@link #width} columns. All but the first are indented by two more columns.
     */
    private void paragraph(String indent, String text) {
        StringBuilder line = new StringBuilder(indent);
        boolean empty = true;
        for (String word : words(text)) {
            if (!empty && line.length() + 1 + word.length() > width) {
                out.append(line).append('\n');
                line = new StringBuilder(indent + "  ");
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        out.append(line).append('\n');
    }

    /** The words of a text, a number with its percent sign; one that is longer than a line is broken. */
    private List<String> words(String text) {
        int longest = width - 8;
        return List.of(text.strip().split("\\s+(?!%)")).stream()
                .flatMap(word -> IntStream.iterate(0, i -> i == 0 || i < word.length(), i -> i + longest)
                        .mapToObj(i -> word.substring(i, Math.min(word.length(), i + longest))))
                .collect(Collectors.toList());
    }
}
