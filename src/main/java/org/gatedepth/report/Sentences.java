package org.gatedepth.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.gatedepth.report.drawing.NumberFormat;

/** Sentences and tables that the text form and the HTML form share. */
final class Sentences {

    private Sentences() {}

    /** Words as a sentence: a capital letter first and a full stop last. */
    static String sentence(String words) {
        return words.isEmpty() ? "" : capital(words) + ".";
    }

    /** Words with a capital letter first. */
    static String capital(String words) {
        return words.isEmpty() ? "" : Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    static String title(Chain chain) {
        return NumberFormat.count(chain.depth(), "block") + " of " + chain.name();
    }

    static String health(Flow flow) {
        return flow.health().name().toLowerCase(Locale.ROOT);
    }

    /** What happens to the gradient on its way from the last block of a chain to the first, now and at the start. */
    static String gradient(Chain chain) {
        boolean same = chain.start().health() == chain.now().health();
        return "gradient " + health(chain.now()) + ": " + times(chain.now().gradientRatio())
                + " as large before the first block as after the last; before training "
                + times(chain.start().gradientRatio()) + (same ? "" : " (" + health(chain.start()) + ")");
    }

    private static String times(double ratio) {
        return Double.isNaN(ratio) ? "unknown times" : NumberFormat.number(ratio) + " times";
    }

    static String depth(Chain chain) {
        return "effective depth " + NumberFormat.number(chain.now().effectiveDepth()) + " of "
                + NumberFormat.count(chain.depth(), "block") + "; before training "
                + NumberFormat.number(chain.start().effectiveDepth());
    }

    /** How many blocks to bypass for a sentence each: all idle ones, or one if none is idle; then half of all. */
    static List<Integer> removals(Lesions lesions) {
        int blocks = lesions.cumulative().size();
        List<Integer> counts = new ArrayList<>();
        if (blocks > 0) {
            int first = Math.max(1, lesions.idle().size());
            counts.add(first);
            if (blocks / 2 > first) {
                counts.add(blocks / 2);
            }
        }
        return counts;
    }

    /** What the network predicts without its {@code count} least useful blocks. */
    static String without(Lesions lesions, int count) {
        return "without the " + (count == 1 ? "least useful block" : count + " least useful blocks") + ", "
                + changed(lesions, lesions.cumulative().get(count - 1));
    }

    /** How predictions differ from those of the network with all of its blocks. */
    static String changed(Lesions lesions, Lesions.Outcome outcome) {
        Double accuracy = outcome.accuracy();
        if (accuracy == null) {
            return "the predictions change by " + NumberFormat.percent(outcome.changed())
                    + " of their variance and the squared error is "
                    + compared(
                            NumberFormat.number(outcome.loss()),
                            "",
                            NumberFormat.number(lesions.intact().loss()));
        }
        return share(outcome.changed(), "the predictions") + " change and "
                + compared(
                        NumberFormat.percent(accuracy),
                        " are correct",
                        NumberFormat.percent(lesions.intact().accuracy()));
    }

    private static String compared(String without, String what, String intact) {
        return without + what + (without.equals(intact) ? ", as with all blocks" : " (with all blocks " + intact + ")");
    }

    /** A share of things, such as 0.4 % of the predictions. */
    static String share(double share, String things) {
        return (share == 0 ? "none" : NumberFormat.percent(share)) + " of " + things;
    }

    /** A table of the heads with a header. A column in which no head has a number is left out. */
    static List<List<String>> heads(List<HeadReport> heads, String depth) {
        List<List<String>> columns = new ArrayList<>();
        columns.add(column("head", heads, HeadReport::name));
        columns.add(column(depth, heads, head -> Integer.toString(head.depth())));
        columns.add(column("loss", heads, head -> NumberFormat.number(head.loss())));
        columns.add(column("accuracy", heads, head -> NumberFormat.accuracy(head.accuracy())));
        columns.add(column("overthinking", heads, head -> NumberFormat.percent(head.overthinking())));
        columns.add(column("exit here", heads, head -> NumberFormat.percent(head.leaving())));
        columns.add(column("accuracy of exits", heads, head -> NumberFormat.accuracy(head.leavingAccuracy())));
        columns.removeIf(column -> column.stream().skip(1).allMatch(NumberFormat.NONE::equals));
        return IntStream.rangeClosed(0, heads.size())
                .mapToObj(row -> columns.stream().map(column -> column.get(row)).toList())
                .toList();
    }

    private static List<String> column(String name, List<HeadReport> heads, Function<HeadReport, String> cell) {
        return Stream.concat(Stream.of(name), heads.stream().map(cell)).toList();
    }

    /** The idle blocks in the order of the network. */
    static String idle(Lesions lesions) {
        Set<String> all = Set.copyOf(lesions.idle());
        List<String> idle = lesions.single().stream()
                .map(Lesions.Outcome::block)
                .filter(all::contains)
                .toList();
        if (idle.isEmpty()) {
            return "idle blocks: none";
        }
        String names = String.join(", ", idle.subList(0, Math.min(idle.size(), 8)));
        return "idle blocks: " + idle.size() + " (" + names + (idle.size() > 8 ? ", ..." : "") + ")";
    }

    /** A block in a sentence; its name may begin with that word. */
    static String block(String name) {
        return name.startsWith("block ") ? name : "block " + name;
    }
}
