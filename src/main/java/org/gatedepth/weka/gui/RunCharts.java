package org.gatedepth.weka.gui;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.gatedepth.weka.progress.OutputLoss;
import org.gatedepth.weka.progress.RunRecord;

/** The charts of a run. */
final class RunCharts {

    static final String LOSSES = "Loss by epoch";
    static final String OUTPUTS = "Loss of the output and of each head";
    static final String GATES = "Mean transform gate by block";

    static final String NO_RUN =
            "No network has been trained in this session: choose functions > GatedNetwork on the tab"
                    + " Classify and press Start, and its curves appear here.";
    static final String NO_EPOCH = "The first epoch is not over yet.";
    static final String NO_HEADS =
            "This network has no auxiliary heads: auxEvery and auxAttributes, under the option auxiliary, add some.";
    static final String NO_GATES =
            "The blocks of this network have no gates: only those of the connection HIGHWAY have some.";
    static final String NOT_SEEN = "Heads and gates are measured while this tab is open, and after the last epoch. This"
            + " network was stopped before, and the tab was not open: press Start again.";

    static final String NOT_YET = "Heads and gates are measured while this tab is open: the next epoch shows them.";

    /** A curve of more points than this looks the same with fewer. */
    private static final int POINTS = 500;

    private RunCharts() {}

    /** Loss on the training rows and on those held out, by epoch. */
    static ChartModel losses(RunRecord run) {
        List<RunRecord.Epoch> epochs = run.epochs();
        if (epochs.isEmpty()) {
            return ChartModel.empty(LOSSES, NO_EPOCH);
        }
        String training = hasHeads(epochs) ? "training, heads included" : "training";
        List<ChartModel.Curve> curves = new ArrayList<>();
        curves.add(curve(training, thinned(epochs), RunRecord.Epoch::trainingLoss));
        List<RunRecord.Epoch> validated =
                epochs.stream().filter(e -> e.validationLoss() != null).toList();
        if (!validated.isEmpty()) {
            curves.add(curve("validation", thinned(validated), e -> Objects.requireNonNull(e.validationLoss())));
        }
        String unit = run.isClassification() ? "nats" : "squared error, standardised class";
        return ChartModel.of(LOSSES, "epoch", "loss (" + unit + ")", curves);
    }

    /** Loss of the output and of every head, by epoch, on some training rows. */
    static ChartModel outputs(RunRecord run) {
        List<RunRecord.Epoch> epochs = run.epochs();
        List<RunRecord.Epoch> seen =
                epochs.stream().filter(e -> !e.losses().isEmpty()).toList();
        if (seen.isEmpty()) {
            return ChartModel.empty(OUTPUTS, epochs.isEmpty() ? NO_EPOCH : notSeen(run));
        }
        if (!hasHeads(seen)) {
            return ChartModel.empty(OUTPUTS, NO_HEADS);
        }
        Map<String, List<Double>> values = new LinkedHashMap<>();
        List<Double> numbers = new ArrayList<>();
        for (RunRecord.Epoch epoch : thinned(seen)) {
            numbers.add((double) epoch.number());
            for (OutputLoss loss : epoch.losses()) {
                values.computeIfAbsent(loss.output(), name -> new ArrayList<>()).add(loss.loss());
            }
        }
        List<ChartModel.Curve> curves = new ArrayList<>();
        values.forEach((name, y) -> curves.add(new ChartModel.Curve(name, numbers, y)));
        return ChartModel.of(OUTPUTS, "epoch", "loss (nats, or squared error)", curves);
    }

    /** Mean transform gate by block, in the first and in the latest epoch that were looked at. */
    static ChartModel gates(RunRecord run) {
        List<RunRecord.Epoch> epochs = run.epochs();
        List<RunRecord.Epoch> seen =
                epochs.stream().filter(e -> !e.losses().isEmpty()).toList();
        List<RunRecord.Epoch> open =
                seen.stream().filter(e -> !e.gates().isEmpty()).toList();
        if (open.isEmpty()) {
            String why = seen.isEmpty() ? notSeen(run) : NO_GATES;
            return ChartModel.empty(GATES, epochs.isEmpty() ? NO_EPOCH : why);
        }
        RunRecord.Epoch first = open.get(0);
        RunRecord.Epoch latest = open.get(open.size() - 1);
        List<ChartModel.Curve> curves = new ArrayList<>();
        if (open.size() > 1) {
            curves.add(gates(first));
        }
        curves.add(gates(latest));
        return ChartModel.of(GATES, "block", "gate (0 carries, 1 transforms)", curves);
    }

    private static ChartModel.Curve gates(RunRecord.Epoch epoch) {
        List<Double> blocks = new ArrayList<>();
        for (int block = 1; block <= epoch.gates().size(); block++) {
            blocks.add((double) block);
        }
        return new ChartModel.Curve("epoch " + epoch.number(), blocks, epoch.gates());
    }

    private static String notSeen(RunRecord run) {
        return run.state() == RunRecord.State.RUNNING ? NOT_YET : NOT_SEEN;
    }

    private static boolean hasHeads(List<RunRecord.Epoch> epochs) {
        return epochs.stream().anyMatch(e -> e.losses().size() > 1);
    }

    private static ChartModel.Curve curve(
            String name, List<RunRecord.Epoch> epochs, ToDoubleFunction<RunRecord.Epoch> value) {
        return new ChartModel.Curve(
                name,
                epochs.stream().map(e -> (double) e.number()).toList(),
                epochs.stream().map(value::applyAsDouble).toList());
    }

    /** So many epochs that a curve looks the same, the last one among them. */
    private static List<RunRecord.Epoch> thinned(List<RunRecord.Epoch> epochs) {
        int every = (epochs.size() + POINTS - 1) / POINTS;
        List<RunRecord.Epoch> some = new ArrayList<>();
        for (int i = (epochs.size() - 1) % every; i < epochs.size(); i += every) {
            some.add(epochs.get(i));
        }
        return some;
    }
}
