package org.gatedepth.weka.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;

/**
 * Chooses among settings by short training runs: each is trained on a part of the training rows, and the one with the
 * lowest loss over the rest is the best. The network itself is trained on all rows afterwards.
 *
 * <p>It is a cross-validation with some of its folds only (Stone 1974, <i>Cross-Validatory Choice and Assessment of
 * Statistical Predictions</i>, J. R. Stat. Soc. B 36(2)). All settings see the same folds, so that only the difference
 * that they make is compared; and the loss is compared, not the accuracy, since it differs between settings long before
 * a label does.
 */
final class PilotRuns {

    /** Rows below which more than one part is held out, since the loss over few rows says little. */
    private static final int FEW_ROWS = 1_000;

    /** Three quarters of the rows train, a quarter is held out. */
    private static final int PARTS = 4;

    /** The part of each row. */
    private final int[] part;

    private final int parts;
    private final int folds;

    /** One short training run. */
    @FunctionalInterface
    interface Trial {
        /**
         * Trains on some rows and returns the mean losses over others: one at each {@linkplain Temperature
         * temperature}.
         *
         * @throws InterruptedException if the thread was interrupted
         */
        double[] losses(int[] training, int[] heldOut) throws InterruptedException;
    }

    /**
     * @param parts number of parts into which the rows are cut, at least 2
     * @param folds number of these parts that are held out, one after the other; at least 1
     * @param classes the class value of each training row: a part has its share of each label, and of each range of a
     *     numeric class
     * @param random deals the rows of a class out to the parts
     */
    PilotRuns(int parts, int folds, double[] classes, RandomGenerator random) {
        if (parts < 2 || folds < 1 || folds > parts) {
            throw new IllegalArgumentException(
                    "there must be 1 to " + parts + " folds of at least 2 parts, got " + folds + " of " + parts);
        }
        this.parts = parts;
        this.folds = folds;
        part = parts(classes, random);
    }

    /** One fold of four, or two where there are few rows. */
    static PilotRuns of(double[] classes, RandomGenerator random) {
        return new PilotRuns(PARTS, classes.length < FEW_ROWS ? 2 : 1, classes, random);
    }

    /** The number of parts that are held out, one after the other. */
    int folds() {
        return folds;
    }

    /** Whether each part has a row. */
    boolean possible() {
        return part.length >= parts;
    }

    /** How many rows are held out in all folds together. */
    int heldOut() {
        return (int) Arrays.stream(part).filter(own -> own < folds).count();
    }

    /**
     * The mean losses of some trials over the rows that are held out.
     *
     * @param trials train
     * @param threads do the folds of all trials, the first one's first
     * @return the losses of each trial
     * @throws InterruptedException if a trial was interrupted
     */
    List<double[]> losses(List<Trial> trials, Threads threads) throws InterruptedException {
        List<Callable<double[]>> runs = new ArrayList<>();
        for (Trial trial : trials) {
            for (int fold = 0; fold < folds; fold++) {
                int[] outside = positions(fold, false);
                int[] inside = positions(fold, true);
                runs.add(() -> trial.losses(outside, inside));
            }
        }
        List<double[]> ofRuns = threads.all(runs);
        List<double[]> losses = new ArrayList<>();
        for (int first = 0; first < ofRuns.size(); first += folds) {
            losses.add(mean(ofRuns.subList(first, first + folds)));
        }
        return losses;
    }

    /** The mean of what the folds gave, each by its held-out rows. */
    private double[] mean(List<double[]> ofFolds) {
        double[] mean = new double[ofFolds.get(0).length];
        Arrays.setAll(mean, t -> {
            double sum = 0;
            for (int fold = 0; fold < folds; fold++) {
                sum += positions(fold, true).length * ofFolds.get(fold)[t];
            }
            return sum / heldOut();
        });
        return mean;
    }

    /** The part of each row: rows are dealt out in the order of their class, those of one class in random order. */
    private int[] parts(double[] classes, RandomGenerator random) {
        Integer[] order = new Integer[classes.length];
        double[] lots = new double[classes.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
            lots[i] = random.nextDouble();
        }
        Arrays.sort(
                order, Comparator.comparingDouble((Integer row) -> classes[row]).thenComparingDouble(row -> lots[row]));
        int[] part = new int[classes.length];
        for (int i = 0; i < order.length; i++) {
            part[order[i]] = i % parts;
        }
        return part;
    }

    private int[] positions(int fold, boolean inside) {
        int[] positions = new int[part.length];
        int count = 0;
        for (int i = 0; i < part.length; i++) {
            if ((part[i] == fold) == inside) {
                positions[count++] = i;
            }
        }
        return Arrays.copyOf(positions, count);
    }
}
