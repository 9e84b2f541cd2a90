package org.gatedepth.weka.training;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Chooses among settings by short training runs: each is trained on a part of the training rows, and the one with the
 * lowest loss over the rest is taken. The network itself is trained on all rows afterwards.
 *
 * <p>It is a cross-validation with some of its folds only (Stone 1974, <i>Cross-Validatory Choice and Assessment of
 * Statistical Predictions</i>, J. R. Stat. Soc. B 36(2)). All settings see the same folds, so that only the difference
 * that they make is compared; and the loss is compared, not the accuracy, since it differs between settings long before
 * a label does.
 */
final class PilotRuns {

    private final int parts;
    private final int folds;

    /** One short training run. */
    @FunctionalInterface
    interface Trial<S> {
        /**
         * Trains with a setting on some rows and returns the mean loss over others.
         *
         * @throws InterruptedException if the thread was interrupted
         */
        double loss(S setting, int[] training, int[] heldOut) throws InterruptedException;
    }

    /**
     * @param parts number of parts into which the rows are cut, at least 2
     * @param folds number of these parts that are held out, one after the other; at least 1
     */
    PilotRuns(int parts, int folds) {
        if (parts < 2 || folds < 1 || folds > parts) {
            throw new IllegalArgumentException(
                    "there must be 1 to " + parts + " folds of at least 2 parts, got " + folds + " of " + parts);
        }
        this.parts = parts;
        this.folds = folds;
    }

    /**
     * Compares settings.
     *
     * @param settings what to compare; of equal ones the first wins, and a loss that is not a number never does
     * @param classes the class value of each training row: a part has its share of each label, and of each range of a
     *     numeric class
     * @param random deals the rows of a class out to the parts
     * @param trial trains
     * @return the setting with the lowest mean loss; the first where there are fewer rows than parts
     * @throws InterruptedException if a trial was interrupted
     */
    <S> S choose(List<S> settings, double[] classes, RandomGenerator random, Trial<S> trial)
            throws InterruptedException {
        S best = settings.get(0);
        if (settings.size() == 1 || classes.length < parts) {
            return best;
        }
        int[] part = parts(classes, random);
        double lowest = Double.POSITIVE_INFINITY;
        for (S setting : settings) {
            double loss = 0;
            for (int fold = 0; fold < folds; fold++) {
                int[] heldOut = positions(part, fold, true);
                loss += heldOut.length * trial.loss(setting, positions(part, fold, false), heldOut);
            }
            if (loss < lowest) {
                lowest = loss;
                best = setting;
            }
        }
        return best;
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

    private static int[] positions(int[] part, int fold, boolean inside) {
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
