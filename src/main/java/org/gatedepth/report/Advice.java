package org.gatedepth.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.report.Flow.Health;
import org.gatedepth.report.drawing.NumberFormat;
import org.gatedepth.report.recording.LossHistory;

/**
 * What to do, as far as it follows from the numbers of a report. Each rule has a threshold, and its sentence has the
 * numbers. docs/depth-report.md says why the thresholds are what they are.
 */
final class Advice {

    /** Chains of at least so many blocks should have skips. */
    static final int LONG = 10;

    /** Gates are closed if those of each block are below this number on average. */
    static final double CLOSED = 0.01;

    /** Gates are open if all of them are above this number on average. */
    static final double OPEN = 0.9;

    /** A gate bias is off if it differs from the one that fits the depth by more than this. */
    static final double BIAS = 1;

    /**
     * The validation loss has risen if it is this part above its lowest, that without blocks if above that with all.
     */
    static final double RISEN = 0.05;

    /** A rise of the cross-entropy without blocks, in nats, that is next to nothing. */
    static final double SMALL = 0.02;

    /** Losses at the end of training are means over so many epochs. */
    static final int EPOCHS = 3;

    /** So many of the blocks must be idle before fewer are advised, or saved before exits are. */
    static final double WORTH = 0.25;

    /** Fewer examples do not tell whether 1 % of the predictions change. */
    static final int EXAMPLES = 100;

    private final DepthReport report;
    private final Remedies remedies;
    private final List<String> sentences = new ArrayList<>();

    private Advice(DepthReport report, Remedies remedies) {
        this.report = report;
        this.remedies = remedies;
    }

    /** Sentences; at least one. */
    static List<String> of(DepthReport report, Remedies remedies) {
        Advice advice = new Advice(report, remedies);
        advice.advise();
        return List.copyOf(advice.sentences);
    }

    private void advise() {
        report.chains().forEach(this::gradient);
        if (!report.chains().isEmpty()
                && report.chains().stream().allMatch(chain -> chain.start().equals(chain.now()))) {
            sentences.add("Measure the network again when it is trained: now it is as it was initialised.");
            return;
        }
        gates();
        // What the network predicts without its blocks says little while the blocks do not learn.
        boolean learns = sentences.isEmpty();
        overfitting();
        if (report.examples() < EXAMPLES) {
            sentences.add("Measure at least " + EXAMPLES + " examples: "
                    + NumberFormat.count(report.examples(), "example") + " "
                    + (report.examples() == 1 ? "does" : "do") + " not tell which blocks are idle.");
        } else if (learns) {
            idle();
            exits();
        }
        if (sentences.isEmpty()) {
            sentences.add("Nothing to change was found in these numbers.");
        }
        if (!report.losses().training().isEmpty()
                && report.losses().validation().isEmpty()) {
            add(remedies.holdOut(), "now all of them were trained on");
        }
    }

    private void add(String remedy, String reason) {
        sentences.add(Sentences.sentence(remedy + ": " + reason));
    }

    private void gradient(Chain chain) {
        Flow now = chain.now();
        Health health = now.health();
        boolean ill = health == Health.VANISHING || health == Health.EXPLODING;
        String ratio = "the gradient before the first block is " + NumberFormat.number(now.gradientRatio())
                + " times that after the last";
        if (now.change().stream().allMatch(change -> Math.abs(change - 1) < 1e-6) && (ill || chain.depth() >= LONG)) {
            add(
                    remedies.useSkips(),
                    "none of the " + NumberFormat.count(chain.depth(), "block") + " of " + chain.name()
                            + " has a skip, and " + ratio);
        } else if (ill) {
            sentences.add("The gradient of " + chain.name() + " "
                    + (health == Health.VANISHING ? "vanishes" : "explodes")
                    + ", and these numbers do not tell why: " + ratio + ".");
        }
    }

    private void gates() {
        List<Gates> gates = report.gates();
        if (gates.isEmpty() || gates.stream().anyMatch(gate -> gate.startBias() == null)) {
            return;
        }
        double fitting = HighwayBlock.defaultTransformGateBias(gates.size());
        double start = mean(gate -> Objects.requireNonNull(gate.startBias()));
        double open = mean(Gates::mean);
        boolean closed = start < fitting - BIAS && gates.stream().allMatch(gate -> gate.mean() < CLOSED);
        if (closed || (start > fitting + BIAS && open > OPEN && gates.size() >= LONG)) {
            add(
                    remedies.startGatesAt(fitting),
                    "the gates started at a bias of " + NumberFormat.number(start) + ", where "
                            + NumberFormat.number(fitting) + " fits " + NumberFormat.count(gates.size(), "block")
                            + ", and now they are " + NumberFormat.percent(open)
                            + " open on average, so that the blocks "
                            + (closed ? "change next to nothing" : "pass next to nothing on"));
        }
    }

    private double mean(ToDoubleFunction<Gates> number) {
        return report.gates().stream().mapToDouble(number).average().orElseThrow();
    }

    private void overfitting() {
        LossHistory losses = report.losses();
        int best = losses.bestEpoch();
        int last = losses.validation().size();
        if (best == 0 || last - best < EPOCHS) {
            return;
        }
        double lowest = losses.validation().get(best - 1);
        double validation = end(losses.validation());
        double then = losses.training().get(best - 1);
        double training = end(losses.training());
        String remedy = remedies.regularise(best);
        if (remedy != null && validation > (1 + RISEN) * lowest && training < then) {
            add(
                    remedy,
                    "the validation loss rises after epoch " + best + " (from " + NumberFormat.number(lowest) + " to "
                            + NumberFormat.number(validation) + " in the last " + EPOCHS + " of " + last
                            + " epochs) while the training loss falls (from " + NumberFormat.number(then) + " to "
                            + NumberFormat.number(training) + ")");
        }
    }

    private static double end(List<Double> losses) {
        return losses.subList(losses.size() - EPOCHS, losses.size()).stream()
                .mapToDouble(loss -> loss)
                .average()
                .orElseThrow();
    }

    /** Fewer blocks, as far as not only the predicted classes or numbers stay, but the loss, too. */
    private void idle() {
        int all = report.lesions().single().size();
        int idle = report.lesions().idle().size();
        int spare = 0;
        while (spare < idle && isLow(report.lesions().cumulative().get(spare).loss())) {
            spare++;
        }
        int rest = Math.max(1, all - spare);
        if (rest == all || spare < WORTH * all) {
            return;
        }
        Lesions.Outcome intact = report.lesions().intact();
        String reason = spare == idle
                ? idle + " of " + NumberFormat.count(all, "block") + " " + (idle == 1 ? "is" : "are") + " idle"
                : spare + " of " + NumberFormat.count(idle, "idle block") + " hardly "
                        + (spare == 1 ? "changes" : "change") + " the loss ("
                        + NumberFormat.number(
                                report.lesions().cumulative().get(spare - 1).loss())
                        + " without " + (spare == 1 ? "it" : "them") + ", " + NumberFormat.number(intact.loss())
                        + " with all blocks)";
        add(remedies.useBlocks(rest), reason);
    }

    /** Whether a loss is about that of the network with all of its blocks. */
    private boolean isLow(double loss) {
        Lesions.Outcome intact = report.lesions().intact();
        // Cross-entropy near zero may double and still be next to nothing; squared errors have no such unit.
        double least = intact.accuracy() == null ? 0 : SMALL;
        return loss <= (1 + RISEN) * intact.loss() + least;
    }

    /** Whether examples could leave at heads: how much that saves, and how many predictions it costs. */
    private void exits() {
        List<HeadReport> heads = report.heads();
        if (heads.size() < 2) {
            return;
        }
        HeadReport output = heads.get(heads.size() - 1);
        double correct = 0;
        double blocks = 0;
        for (HeadReport head : heads) {
            double leaving = head.leaving() == null ? 0 : head.leaving();
            correct += leaving * (head.leavingAccuracy() == null ? 0 : head.leavingAccuracy());
            blocks += leaving * head.depth();
        }
        if (output.accuracy() == null || output.leaving() == null) {
            return;
        }
        String remedy = remedies.exitAt(HeadReport.CONFIDENCE);
        if (remedy != null && blocks <= (1 - WORTH) * output.depth() && correct >= output.accuracy() - Lesions.IDLE) {
            add(
                    remedy,
                    "an example then passes " + NumberFormat.number(blocks) + " of "
                            + NumberFormat.count(output.depth(), "block") + " on average, and "
                            + NumberFormat.percent(correct) + " of the examples are correct ("
                            + NumberFormat.percent(output.accuracy()) + " without exits)");
        }
    }

    /** Words for programs that use Deeplearning4j. */
    static final class ForPrograms implements Remedies {

        @Override
        public String useSkips() {
            return "use highway or residual blocks";
        }

        @Override
        public String startGatesAt(double bias) {
            return "start the transform gates at a bias of " + NumberFormat.number(bias);
        }

        @Override
        public String regularise(int bestEpoch) {
            return "stop training after epoch " + bestEpoch + ", or use weight decay or dropout, or more of them";
        }

        @Override
        public String useBlocks(int blocks) {
            return "try " + NumberFormat.count(blocks, "block") + ", or remove the idle ones with Shrink.without";
        }

        @Override
        public String exitAt(double confidence) {
            return "predict with EarlyExit at the confidence " + confidence;
        }

        @Override
        public String holdOut() {
            return "to see whether the network overfits, hold some examples out of training";
        }
    }
}
