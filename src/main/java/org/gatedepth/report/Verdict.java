package org.gatedepth.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.gatedepth.report.Flow.Health;
import org.gatedepth.report.drawing.NumberFormat;

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
        String where = chain.depth() == 1
                ? "Before the only block of " + chain.name()
                        + " the gradient has %s times the norm that it has behind it: "
                : "Before the first of the " + chain.depth() + " blocks of " + chain.name()
                        + " the gradient has %s times the norm that it has behind the last: ";
        return where.replace("%s", NumberFormat.number(chain.now().gradientRatio())) + word + " ("
                + NumberFormat.number(chain.start().gradientRatio()) + " times in the network as initialised).";
    }

    private static String depth(Chain chain) {
        double now = chain.now().effectiveDepth();
        if (Double.isNaN(now)) {
            return "Path lengths of " + chain.name() + " could not be measured, since no gradient passes it.";
        }
        return "The effective depth of " + chain.name() + " is " + NumberFormat.number(now) + " of "
                + blocks(chain.depth())
                + ": that many transforms lie on the paths of its gradient on average ("
                + NumberFormat.number(chain.start().effectiveDepth()) + " as initialised).";
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
        if (accuracy == null) {
            return "the predictions move by " + NumberFormat.percent(outcome.changed())
                    + " of their variance and the squared error is "
                    + instead(
                            "",
                            NumberFormat.number(outcome.loss()),
                            NumberFormat.number(lesions.intact().loss()));
        }
        return share(outcome.changed(), "the predictions") + " change and "
                + instead(
                        " are right",
                        NumberFormat.percent(accuracy),
                        NumberFormat.percent(lesions.intact().accuracy()));
    }

    private static String instead(String what, String now, String before) {
        return now + what + (now.equals(before) ? ", as with all blocks" : " instead of " + before);
    }

    /** A share of things, such as 0.4 % of the predictions. */
    private static String share(double share, String things) {
        return (share == 0 ? "none" : NumberFormat.percent(share)) + " of " + things;
    }

    private static String gates(List<Gates> gates) {
        Gates most = gates.stream().max(Comparator.comparingDouble(Gates::mean)).orElseThrow();
        if (gates.size() == 1) {
            return "The transform gates of " + most.block() + " are open by " + NumberFormat.percent(most.mean())
                    + " on average.";
        }
        double mean = gates.stream().mapToDouble(Gates::mean).average().orElseThrow();
        return "The transform gates are open by " + NumberFormat.percent(mean) + " on average, those of " + most.block()
                + " most, by " + NumberFormat.percent(most.mean()) + ".";
    }

    private static void heads(List<HeadReport> heads, List<String> sentences) {
        HeadReport own = heads.get(heads.size() - 1);
        heads.stream()
                .filter(head -> head.overthinking() != null && head.accuracy() != null)
                .max(Comparator.comparingDouble(head -> Objects.requireNonNull(head.overthinking())))
                .ifPresent(head -> sentences.add("The head " + head.name() + " behind " + blocks(head.depth())
                        + " predicts " + NumberFormat.percent(head.accuracy()) + " right, the last output "
                        + NumberFormat.percent(own.accuracy()) + "; "
                        + share(Objects.requireNonNull(head.overthinking()), "the examples")
                        + " are right at the head and wrong at the end."));
    }

    private static String blocks(int count) {
        return count == 1 ? "1 block" : count + " blocks";
    }
}
