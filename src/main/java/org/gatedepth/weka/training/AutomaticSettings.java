package org.gatedepth.weka.training;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.gatedepth.weka.model.OptionRemedies;
import org.gatedepth.weka.model.Regularisation;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.progress.TrainingProgress;
import org.gatedepth.weka.table.Rows;
import org.jspecify.annotations.Nullable;

/**
 * What a run takes for the options that are left to it: rules of the number of rows, and {@link PilotRuns} that compare
 * settings.
 *
 * <p>The numbers were found by cross-validation; {@code studies/tuning} has the comparison and its results.
 */
final class AutomaticSettings {

    /** For rows that agree with each other: the network may fit them closely, but must be smooth between them. */
    static final Regularisation LIGHT = new Regularisation(0.3, 0.2);

    /**
     * For rows that contradict each other: weights of the transforms shrink until little more than the carries is left,
     * and the network is close to a linear one.
     */
    static final Regularisation HEAVY = new Regularisation(5, 0);

    /**
     * Above that number of rows a network of the automatic width cannot overfit them, and pilot runs are not worth
     * their time.
     */
    private static final int MOST_PILOT_ROWS = 5_000;

    /** Rows that a run passes, as long as that makes {@link #FEWEST_EPOCHS} to {@link #MOST_EPOCHS}. */
    private static final int PASSED_ROWS = 48_000;

    private static final int FEWEST_EPOCHS = 40;
    private static final int MOST_EPOCHS = 150;

    /** Rows that a run on a large table passes, as long as that makes no fewer than {@link #FEWEST_EPOCHS_OF_MANY}. */
    private static final int PASSED_ROWS_OF_MANY = 500_000;

    private static final int FEWEST_EPOCHS_OF_MANY = 15;

    private AutomaticSettings() {}

    /**
     * The number of epochs.
     *
     * @param wanted by the user; null for the number that fits the rows: 150 for up to 320 rows, 40 for 1,200 to
     *     12,500, 15 from 33,333 on, and in between as many as pass the same number of rows
     */
    static int epochs(@Nullable Integer wanted, int rows) {
        if (wanted != null) {
            return wanted;
        }
        int most = Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, PASSED_ROWS / rows));
        return Math.min(most, Math.max(FEWEST_EPOCHS_OF_MANY, PASSED_ROWS_OF_MANY / rows));
    }

    /**
     * The units of a block.
     *
     * @param wanted by the user; null for 32, or 64 from 3,000 rows or for more than 64 columns and outputs together
     */
    static int width(@Nullable Integer wanted, int rows, int columnsAndOutputs) {
        if (wanted != null) {
            return wanted;
        }
        return rows < 3000 && columnsAndOutputs <= 64 ? 32 : 64;
    }

    /**
     * The number of epochs of a trial: half of the run's, or of what fits the rows if the user wants more; fewer do not
     * show overfitting.
     */
    static int trialEpochs(int epochs, int rows) {
        return (Math.min(epochs, epochs(null, rows)) + 1) / 2;
    }

    /**
     * The regularisation of a run: what the user wants, or what short runs on a part of the training rows find better.
     *
     * @param options the options of the run
     * @param rows its rows
     * @param width units of a block
     * @param epochs epochs of the run
     * @param progress is told what is tried
     * @throws InterruptedException with one sentence, if the thread is interrupted
     */
    static Regularisation regularisation(
            NetworkOptions options, PreparedRows rows, int width, int epochs, TrainingProgress progress)
            throws InterruptedException {
        Rows training = rows.training();
        boolean classification = rows.encoder().classColumn().isNominal();
        int trialEpochs = trialEpochs(epochs, rows.count());
        // There is nothing between two sequences of different lengths.
        Double mixup = training.hasSequences() ? Double.valueOf(0) : options.mixup();
        List<Regularisation> candidates =
                regularisations(options.weightDecay(), mixup, classification, training.rows());
        PilotRuns.Trial<Regularisation> trial = (candidate, train, held) -> {
            progress.choosing(
                    candidates.indexOf(candidate) + 1, candidates.size(), "weight decay " + candidate.weightDecay());
            Trainer.Task task = new Trainer.Task(options, rows.heads(), rows.encoder(), width, trialEpochs, candidate);
            Trainer trainer = new Trainer(task, task.network(), training.select(train));
            for (int number = 1; number <= trialEpochs; number++) {
                trainer.epoch(number, part -> checkInterrupt());
            }
            return Trainer.loss(
                    trainer.network(), training.select(held), classification, AutomaticSettings::checkInterrupt);
        };
        // One fold of four: three quarters of the rows train, a quarter is held out.
        return new PilotRuns(4, 1).choose(candidates, training.classes(), Trainer.random(options.seed(), 0), trial);
    }

    private static void checkInterrupt() throws InterruptedException {
        // The flag stays set, as in Weka's own evaluation: the Explorer checks it again.
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException("Training was stopped before its first epoch; no model was built.");
        }
    }

    /**
     * What pilot runs compare: {@link #LIGHT} and {@link #HEAVY}, with what the user wants put in.
     *
     * @param weightDecay wanted by the user; null leaves it to the pilot runs
     * @param mixup wanted by the user; null leaves it to the pilot runs
     * @param classification whether the class is nominal; the mean of two numbers is a worse guide than that of two
     *     labels, and a numeric class is not mixed unless the user wants it
     * @param rows number of training rows
     * @return one setting, with which no pilot run is needed, or two
     */
    static List<Regularisation> regularisations(
            @Nullable Double weightDecay, @Nullable Double mixup, boolean classification, int rows) {
        Double wanted = mixup == null && !classification ? Double.valueOf(0) : mixup;
        Set<Regularisation> settings = new LinkedHashSet<>();
        settings.add(with(LIGHT, weightDecay, wanted));
        if (rows <= MOST_PILOT_ROWS) {
            settings.add(with(HEAVY, weightDecay, wanted));
        }
        return List.copyOf(settings);
    }

    /**
     * How the regularisation is chosen.
     *
     * @param rows number of training rows
     */
    static OptionRemedies.Choice choice(NetworkOptions options, int rows) {
        if (rows > MOST_PILOT_ROWS) {
            return OptionRemedies.Choice.MANY_ROWS;
        }
        boolean automatic = options.weightDecay() == null && options.mixup() == null;
        return automatic ? OptionRemedies.Choice.PILOT_RUNS : OptionRemedies.Choice.USER;
    }

    private static Regularisation with(Regularisation start, @Nullable Double weightDecay, @Nullable Double mixup) {
        return new Regularisation(
                weightDecay == null ? start.weightDecay() : weightDecay, mixup == null ? start.mixup() : mixup);
    }
}
