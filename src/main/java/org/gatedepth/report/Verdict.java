package org.gatedepth.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.gatedepth.report.Flow.Health;
import org.gatedepth.report.drawing.NumberFormat;
import org.gatedepth.report.time.OverTime;

/** The sentences that sum up a report, each with the number that it comes from. */
final class Verdict {
    private static final String OPEN = ": a block replaces that part of its input and passes the rest on";

    private Verdict() {}

    static List<String> of(
            List<Chain> chains, List<Gates> gates, Lesions lesions, List<HeadReport> heads, OverTime time) {
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
        sentences.addAll(time.verdict());
        return sentences;
    }

    /** The same for readers who do not know the terms. */
    static List<String> plain(DepthReport report) {
        List<String> sentences = new ArrayList<>();
        int blocks = report.chains().stream().mapToInt(Chain::depth).sum();
        if (blocks > 0) {
            sentences.add("This network computes its prediction in " + (blocks == 1 ? "one step" : blocks + " steps")
                    + ", called " + (blocks == 1 ? "a block" : "blocks") + ".");
        }
        Lesions lesions = report.lesions();
        if (lesions.intact().accuracy() != null) {
            sentences.add("It predicts " + NumberFormat.percent(lesions.intact().accuracy()) + " of the "
                    + NumberFormat.count(report.examples(), "measured example") + " correctly.");
        }
        if (!lesions.single().isEmpty()) {
            int all = lesions.single().size();
            int idle = lesions.idle().size();
            sentences.add(work(all, idle));
        }
        report.chains().stream()
                .max(Comparator.comparingInt(Chain::depth))
                .ifPresent(chain -> sentences.add(signal(chain.now().health())));
        if (!report.gates().isEmpty()) {
            sentences.add("Gates decide how much of its input a block replaces; the rest is passed on unchanged. Here"
                    + " the blocks replace "
                    + NumberFormat.percent(mean(report.gates())) + " on average.");
        }
        return sentences;
    }

    private static String work(int all, int idle) {
        if (idle == 0) {
            return "Every block has an effect: some predictions change without any one of them.";
        }
        if (idle == all) {
            return "The blocks do next to nothing: the predictions stay almost the same without all of them.";
        }
        return (all - idle) + " of " + blocks(all) + (all - idle == 1 ? " does" : " do")
                + " nearly all of the work: the predictions stay almost the same without the other "
                + (idle == 1 ? "one" : idle) + ".";
    }

    private static String signal(Health health) {
        return switch (health) {
            case HEALTHY -> "The error signal, from which the blocks learn, reaches the first of them.";
            case VANISHING ->
                "The error signal, from which the blocks learn, is lost on its way back: the first blocks"
                        + " learn almost nothing.";
            case EXPLODING ->
                "The error signal, from which the blocks learn, grows without limit on its way back: the"
                        + " first blocks cannot learn from it.";
            case UNKNOWN ->
                "Whether the error signal, from which the blocks learn, reaches the first of them could not"
                        + " be measured.";
        };
    }

    private static double mean(List<Gates> gates) {
        return gates.stream().mapToDouble(Gates::mean).average().orElseThrow();
    }

    private static String flow(Chain chain) {
        Health health = chain.now().health();
        if (health == Health.UNKNOWN) {
            return "No gradient could be measured along " + chain.name()
                    + ": after its last block it is 0 or not a number.";
        }
        String does = health == Health.HEALTHY
                ? " reaches the "
                : health == Health.VANISHING ? " vanishes on its way to the " : " explodes on its way to the ";
        boolean one = chain.depth() == 1;
        return "The error signal (gradient)" + does + (one ? "only block" : "first of the " + chain.depth() + " blocks")
                + " of " + chain.name() + ": before it, its size is "
                + NumberFormat.number(chain.now().gradientRatio()) + " times the size after "
                + (one ? "it" : "the last") + " ("
                + NumberFormat.number(chain.start().gradientRatio())
                + " times before training).";
    }

    private static String depth(Chain chain) {
        double now = chain.now().effectiveDepth();
        if (Double.isNaN(now)) {
            return "The effective depth of " + chain.name()
                    + " could not be measured, because no gradient passes through it.";
        }
        return "The effective depth of " + chain.name() + " is " + NumberFormat.number(now) + " of "
                + blocks(chain.depth())
                + ": on average the error signal passes through that many blocks and around the others ("
                + NumberFormat.number(chain.start().effectiveDepth()) + " before training).";
    }

    private static String idle(Lesions lesions) {
        List<String> idle = lesions.idle();
        int all = lesions.single().size();
        if (idle.isEmpty()) {
            Lesions.Outcome least = lesions.cumulative().get(0);
            return "No block is idle: without " + Sentences.block(least.block()) + ", the least useful, "
                    + Sentences.changed(lesions, least) + ".";
        }
        Lesions.Outcome without = lesions.cumulative().get(idle.size() - 1);
        return idle.size() + " of " + blocks(all) + (idle.size() == 1 ? " is" : " are") + " idle: without "
                + (idle.size() == 1 ? Sentences.block(idle.get(0)) : "them") + ", "
                + Sentences.changed(lesions, without) + ".";
    }

    private static String gates(List<Gates> gates) {
        Gates most = gates.stream().max(Comparator.comparingDouble(Gates::mean)).orElseThrow();
        if (gates.size() == 1) {
            return "The gates of " + Sentences.block(most.block()) + " are " + NumberFormat.percent(most.mean())
                    + " open on average" + OPEN + ".";
        }
        return "The gates are " + NumberFormat.percent(mean(gates)) + " open on average" + OPEN + "; those of "
                + Sentences.block(most.block()) + " are the most open (" + NumberFormat.percent(most.mean()) + ").";
    }

    private static void heads(List<HeadReport> heads, List<String> sentences) {
        HeadReport own = heads.get(heads.size() - 1);
        heads.stream()
                .filter(head -> head.overthinking() != null && head.accuracy() != null)
                .max(Comparator.comparingDouble(head -> Objects.requireNonNull(head.overthinking())))
                .ifPresent(head -> sentences.add("The head after " + blocks(head.depth()) + " (" + head.name() + ")"
                        + " predicts " + NumberFormat.percent(head.accuracy())
                        + " of the examples correctly, the last output " + NumberFormat.percent(own.accuracy()) + "; "
                        + Sentences.share(Objects.requireNonNull(head.overthinking()), "the examples")
                        + " are correct at the head and wrong at the last output."));
    }

    private static String blocks(int count) {
        return count == 1 ? "1 block" : count + " blocks";
    }
}
