package org.gatedepth.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.gatedepth.report.Flow.Health;
import org.gatedepth.report.drawing.NumberFormat;

/** The sentences that sum up a report, each with the number that it comes from. */
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
                    + ": after its last block it is 0 or not a number.";
        }
        String does = health == Health.HEALTHY
                ? " neither vanishes nor explodes"
                : health == Health.VANISHING ? " vanishes" : " explodes";
        boolean one = chain.depth() == 1;
        return "Along the " + (one ? "only block" : chain.depth() + " blocks") + " of " + chain.name()
                + " the gradient" + does + ": before the " + (one ? "block" : "first block") + " its norm is "
                + NumberFormat.number(chain.now().gradientRatio()) + " times its norm after the "
                + (one ? "block" : "last") + " (at the start, as initialised, "
                + NumberFormat.number(chain.start().gradientRatio()) + " times).";
    }

    private static String depth(Chain chain) {
        double now = chain.now().effectiveDepth();
        if (Double.isNaN(now)) {
            return "The path lengths of " + chain.name()
                    + " could not be measured, because no gradient passes through it.";
        }
        return "The effective depth of " + chain.name() + " is " + NumberFormat.number(now) + " of "
                + blocks(chain.depth())
                + ": on average its gradient passes through that many transforms (at the start, as initialised, "
                + NumberFormat.number(chain.start().effectiveDepth()) + ").";
    }

    private static String idle(Lesions lesions) {
        List<String> idle = lesions.idle();
        int all = lesions.single().size();
        if (idle.isEmpty()) {
            Lesions.Outcome least = lesions.cumulative().get(0);
            return "No block is idle: without block " + least.block() + ", the least useful, " + changed(lesions, least)
                    + ".";
        }
        Lesions.Outcome without = lesions.cumulative().get(idle.size() - 1);
        return idle.size() + " of " + blocks(all) + (idle.size() == 1 ? " is" : " are") + " idle: without "
                + (idle.size() == 1 ? "block " + idle.get(0) : "them") + ", " + changed(lesions, without) + ".";
    }

    private static String changed(Lesions lesions, Lesions.Outcome outcome) {
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
    private static String share(double share, String things) {
        return (share == 0 ? "none" : NumberFormat.percent(share)) + " of " + things;
    }

    private static String gates(List<Gates> gates) {
        Gates most = gates.stream().max(Comparator.comparingDouble(Gates::mean)).orElseThrow();
        if (gates.size() == 1) {
            return "The transform gates of block " + most.block() + " are " + NumberFormat.percent(most.mean())
                    + " open on average.";
        }
        double mean = gates.stream().mapToDouble(Gates::mean).average().orElseThrow();
        return "The transform gates are " + NumberFormat.percent(mean) + " open on average; those of block "
                + most.block() + " are the most open (" + NumberFormat.percent(most.mean()) + ").";
    }

    private static void heads(List<HeadReport> heads, List<String> sentences) {
        HeadReport own = heads.get(heads.size() - 1);
        heads.stream()
                .filter(head -> head.overthinking() != null && head.accuracy() != null)
                .max(Comparator.comparingDouble(head -> Objects.requireNonNull(head.overthinking())))
                .ifPresent(head -> sentences.add("Head " + head.name() + " after " + blocks(head.depth())
                        + " predicts " + NumberFormat.percent(head.accuracy())
                        + " of the examples correctly, the last output " + NumberFormat.percent(own.accuracy()) + "; "
                        + share(Objects.requireNonNull(head.overthinking()), "the examples")
                        + " are correct at the head and wrong at the last output."));
    }

    private static String blocks(int count) {
        return count == 1 ? "1 block" : count + " blocks";
    }
}
