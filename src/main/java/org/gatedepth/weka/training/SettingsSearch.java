package org.gatedepth.weka.training;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.gatedepth.weka.host.Platform;
import org.gatedepth.weka.model.PilotRun;
import org.gatedepth.weka.model.Regularisation;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.progress.TrainingProgress;
import org.gatedepth.weka.table.Rows;

/**
 * Finds what a run leaves to it, by {@link PilotRuns}: how long to train and how to represent numbers, and then how
 * strongly to regularise.
 *
 * <p>Lengths are tried from the shortest on, for as long as a longer one is better: on rows that contradict each other
 * a network is at its best after a few epochs, and that is found out soon. Networks that read numbers in pieces and
 * only scaled are tried side by side, each as far as it gets better. Strong regularisation, which needs some epochs to
 * act, is tried with the middle length, and together with mixup with the shortest one; unless the longest was the best:
 * then nothing overfits.
 *
 * <p>Runs over sequences take long. So they compare two lengths, of which the second one takes the place of the middle
 * one, and the search ends at a loss below {@link AutomaticSettings#SMALL_LOSS}.
 */
final class SettingsSearch {

    /** A setting and its held-out loss. */
    private record Tried(Setting setting, double loss) {}

    private final NetworkOptions options;
    private final int width;
    private final TrainingProgress progress;
    private final PilotRuns pilots;
    private final boolean classification;
    private final List<PilotRun> tried = new ArrayList<>();
    private Setting best;
    private int members = 1;
    private Threads threads = new Threads(1);
    private double lowest = Double.POSITIVE_INFINITY;

    /**
     * @param options the options of the run
     * @param rows its rows
     * @param width units of a block
     * @param progress is told what is tried
     */
    SettingsSearch(NetworkOptions options, PreparedRows rows, int width, TrainingProgress progress) {
        this.options = options;
        this.width = width;
        this.progress = progress;
        classification = rows.encoder().classColumn().isNominal();
        pilots = PilotRuns.of(rows.pilots().classes(), Trainer.random(options.seed(), 0));
        best = new Setting(rows, 1, AutomaticSettings.LIGHT);
    }

    /**
     * The best setting.
     *
     * @param variants the rows of the run with each data preparation that is to be compared, the likely one first
     * @throws InterruptedException with one sentence, if the thread is interrupted
     */
    Setting choose(List<PreparedRows> variants) throws InterruptedException {
        return choose(variants, variants.get(0).count());
    }

    /** The same for a table of which the variants have a sample only, and which has so many rows. */
    Setting choose(List<PreparedRows> variants, int count) throws InterruptedException {
        PreparedRows rows = variants.get(0);
        List<Integer> lengths = AutomaticSettings.lengths(options.epochs(), rows, count);
        // There is nothing between two sequences of different lengths.
        Double mixup = rows.training().hasSequences() ? Double.valueOf(0) : options.mixup();
        List<Regularisation> regularisations =
                AutomaticSettings.regularisations(options.weightDecay(), mixup, classification);
        best = new Setting(rows, lengths.get(0), regularisations.get(0));
        members = AutomaticSettings.pilotMembers(options.members(), best.withEpochs(lengths.get(lengths.size() - 1)));
        boolean choice = lengths.size() > 1 || regularisations.size() > 1 || variants.size() > 1;
        if (!choice || !pilots.possible()) {
            return best;
        }
        int atATime = options.workersOrOne() > 1
                ? 1
                : Math.min(variants.size() * pilots.folds(), Platform.independentThreads(options.threads(), width));
        try (Threads own = new Threads(atATime)) {
            threads = own;
            search(variants, lengths, regularisations);
        } catch (InterruptedException stopped) {
            checkInterrupt();
            throw stopped;
        }
        return best;
    }

    private void search(List<PreparedRows> variants, List<Integer> lengths, List<Regularisation> regularisations)
            throws InterruptedException {
        climb(variants.stream().map(best::withRows).toList(), lengths);
        int longest = lengths.get(lengths.size() - 1);
        boolean nothingOverfits = best.epochs() == longest && lengths.size() > 1;
        if (isGoodEnough() || nothingOverfits || regularisations.size() == 1) {
            return;
        }
        List<Setting> strong = new ArrayList<>();
        int length = Math.min(1, lengths.size() - 1);
        for (Regularisation regularisation : regularisations.subList(1, regularisations.size())) {
            strong.add(best.withRegularisation(regularisation).withEpochs(lengths.get(length)));
            length = 0;
        }
        offer(strong);
    }

    /** Tries settings with the first length, and each with longer ones for as long as it gets better. */
    private void climb(List<Setting> settings, List<Integer> lengths) throws InterruptedException {
        List<Tried> rising = settings.stream()
                .map(setting -> new Tried(setting, Double.POSITIVE_INFINITY))
                .toList();
        for (int length : lengths) {
            if (rising.isEmpty() || isGoodEnough()) {
                return;
            }
            List<Tried> shorter = rising;
            List<Tried> longer = offer(shorter.stream()
                    .map(before -> before.setting().withEpochs(length))
                    .toList());
            rising = IntStream.range(0, longer.size())
                    .filter(i -> longer.get(i).loss() < shorter.get(i).loss())
                    .mapToObj(longer::get)
                    .toList();
        }
    }

    /** Whether another run over sequences, which takes long, could not show much. */
    private boolean isGoodEnough() {
        return best.rows().training().hasSequences() && lowest < AutomaticSettings.SMALL_LOSS;
    }

    /** The runs so far, in their order. */
    List<PilotRun> tried() {
        return tried;
    }

    /**
     * Tries settings, of which one may be the best so far; returns them with their losses. A loss that is not a number
     * is never the best.
     */
    private List<Tried> offer(List<Setting> settings) throws InterruptedException {
        List<PilotRuns.Trial> trials = new ArrayList<>();
        for (Setting setting : settings) {
            progress.choosing(tried.size() + trials.size() + 1, setting.describe());
            trials.add((training, heldOut) -> losses(setting, training, heldOut));
        }
        List<double[]> ofTrials = pilots.losses(trials, threads);
        List<Tried> offered = new ArrayList<>();
        for (int i = 0; i < settings.size(); i++) {
            Setting setting = settings.get(i);
            double[] ofTrial = ofTrials.get(i);
            int at = Temperature.best(ofTrial, pilots.heldOut());
            double loss = ofTrial[at];
            tried.add(new PilotRun(setting.describe(), loss));
            offered.add(new Tried(setting, loss));
            if (loss < lowest) {
                lowest = loss;
                best = setting.withTemperature(Temperature.of(ofTrial, at));
            }
        }
        return offered;
    }

    private double[] losses(Setting setting, int[] training, int[] heldOut) throws InterruptedException {
        // Very many epochs show no more than those that fit the rows.
        int epochs = Math.min(setting.epochs(), AutomaticSettings.epochs(setting.rows()));
        Trainer.Task task = new Trainer.Task(options, width, setting.withEpochs(epochs), members);
        Rows rows = setting.rows().pilots();
        Trainer trainer = new Trainer(task, task.network(), rows.select(training));
        try {
            for (int number = 1; number <= epochs; number++) {
                trainer.epoch(number, part -> checkInterrupt());
            }
            return Temperature.losses(
                    trainer.network(), rows.select(heldOut), classification, SettingsSearch::checkInterrupt);
        } catch (ArithmeticException diverged) {
            // Another setting may train.
            return Temperature.none(classification);
        } finally {
            trainer.close();
        }
    }

    static void checkInterrupt() throws InterruptedException {
        // The flag stays set, as in Weka's own evaluation: the Explorer checks it again.
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException("Training was stopped before its first epoch; no model was built.");
        }
    }
}
