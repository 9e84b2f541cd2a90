package org.gatedepth.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.gatedepth.report.Flow.Health;

/** The sentences that a report ends in, each with the number that it comes from. */
final class Verdict {
    private Verdict() {}

    static List<String> of(List<Chain> chains, List<Gates> gates, Lesions lesions, List<HeadReport> heads) {
        List<String> sentences = new ArrayList<>();
        chains.stream().max(Comparator.comparingInt(Chain::depth)).ifPresent(chain -> {
            sentences.add(flow(chain));
            sentences.add(depth(chain));
        });
        if (!lesions.single().isEmpty()) {
            sentences.add(idle(lesions));
        }
        if (!gates.isEmpty() && sentences.size() < 5) {
            sentences.add(gates(gates));
        }
        if (!heads.isEmpty()) {
            heads(heads, sentences);
        }
        return sentences;
    }

    private static String flow(Chain chain) {
        Health health = chain.now().health();
        if (health == Health.UNKNOWN) {
            return "No gradient could be measured along " + chain.name()
                    + ": at its last block it is 0 or not a number.";
        }
        String word = health == Health.HEALTHY
                ? "it neither vanishes nor explodes"
                : "it " + (health == Health.VANISHING ? "vanishes" : "explodes");
        return "Before the first of the " + blocks(chain.depth()) + " of " + chain.name() + " the gradient has "
                + number(chain.now().gradientRatio()) + " times the norm that it has behind the last: " + word + " ("
                + number(chain.start().gradientRatio()) + " times in the network as initialised).";
    }

    private static String depth(Chain chain) {
        double now = chain.now().effectiveDepth();
        if (Double.isNaN(now)) {
            return "Path lengths of " + chain.name() + " could not be measured, since no gradient passes it.";
        }
        return "The effective depth of " + chain.name() + " is " + number(now) + " of " + blocks(chain.depth())
                + ": so many transforms lie on the paths of its gradient on average ("
                + number(chain.start().effectiveDepth()) + " as initialised).";
    }

    private static String idle(Lesions lesions) {
        List<String> idle = lesions.idle();
        int all = lesions.single().size();
        if (idle.isEmpty()) {
            Lesions.Outcome least = lesions.cumulative().get(0);
            return "No block is idle: without the least useful, " + least.block() + ", " + changed(lesions, least)
                    + ".";
        }
        Lesions.Outcome without = lesions.cumulative().get(idle.size() - 1);
        return idle.size() + " of " + blocks(all) + (idle.size() == 1 ? " is" : " are") + " idle: without "
                + (idle.size() == 1 ? idle.get(0) : "them") + " " + changed(lesions, without) + ".";
    }

    private static String changed(Lesions lesions, Lesions.Outcome outcome) {
        Double accuracy = outcome.accuracy();
        String moved = accuracy == null
                ? "the predictions move by " + percent(outcome.changed()) + " of their variance"
                : percent(outcome.changed()) + " of the predictions change";
        return accuracy == null
                ? moved + " and the squared error is " + number(outcome.loss()) + " instead of "
                        + number(lesions.intact().loss())
                : moved + " and " + percent(accuracy) + " are right instead of "
                        + percent(Objects.requireNonNull(lesions.intact().accuracy()));
    }

    private static String gates(List<Gates> gates) {
        Gates most = gates.stream().max(Comparator.comparingDouble(Gates::mean)).orElseThrow();
        double mean = gates.stream().mapToDouble(Gates::mean).average().orElseThrow();
        return "The transform gates are open by " + percent(mean) + " on average, those of " + most.block()
                + " most, by " + percent(most.mean()) + ".";
    }

    private static void heads(List<HeadReport> heads, List<String> sentences) {
        HeadReport own = heads.get(heads.size() - 1);
        heads.stream()
                .filter(head -> head.overthinking() != null && head.accuracy() != null)
                .max(Comparator.comparingDouble(head -> Objects.requireNonNull(head.overthinking())))
                .ifPresent(head ->
                        sentences.add("The head " + head.name() + " behind " + blocks(head.depth()) + " predicts "
                                + percent(Objects.requireNonNull(head.accuracy())) + " right, the last output "
                                + percent(Objects.requireNonNull(own.accuracy())) + "; "
                                + percent(Objects.requireNonNull(head.overthinking()))
                                + " of the examples are right at the head and wrong at the end."));
    }

    private static String blocks(int count) {
        return count == 1 ? "1 block" : count + " blocks";
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** Three digits; very large and small ones with an exponent. */
    private static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size != 0 && (size < 1e-3 || size >= 1e5) ? "%.1e" : "%.3g", value);
    }
}
