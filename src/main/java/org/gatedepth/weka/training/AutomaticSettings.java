package org.gatedepth.weka.training;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.gatedepth.weka.model.Regularisation;

/**
 * What a run takes for the options that are left to it: rules of the number of rows, and what a {@link PilotRuns} compares.
 *
 * <p>The numbers were found by cross-validation; {@code studies/tuning} has the comparison and its results.
 */
final class AutomaticSettings {

    /** For rows that agree with each other: the network may follow them closely, but not jump between them. */
    static final Regularisation LIGHT = new Regularisation(0.3, 0.2);

    /**
     * For rows that contradict each other: weights of the transforms shrink until little more than the carries is left, and
     * the network is close to a linear one.
     */
    static final Regularisation HEAVY = new Regularisation(5, 0);

    /** Above that number of rows a network of the automatic width cannot learn them by heart, and a pilot is not worth its time. */
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
     * @param wanted by the user; 0 for the number that fits the rows: 150 for up to 320 rows, 40 for 1,200 to 12,500, 15 from
     *     33,333 on, and in between as many as pass the same number of rows
     */
    static int epochs(int wanted, int rows) {
        if (wanted > 0) {
            return wanted;
        }
        int most = Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, PASSED_ROWS / rows));
        return Math.min(most, Math.max(FEWEST_EPOCHS_OF_MANY, PASSED_ROWS_OF_MANY / rows));
    }

    /**
     * The units of a block.
     *
     * @param wanted by the user; 0 for 32, or 64 from 3,000 rows or for more than 64 columns and outputs together
     */
    static int width(int wanted, int rows, int columnsAndOutputs) {
        if (wanted > 0) {
            return wanted;
        }
        return rows < 3000 && columnsAndOutputs <= 64 ? 32 : 64;
    }

    /**
     * The number of epochs of a trial: half of the run's, or of what fits the rows if the user wants more; in fewer, what a
     * network learns by heart does not show.
     */
    static int trialEpochs(int epochs, int rows) {
        return (Math.min(epochs, epochs(0, rows)) + 1) / 2;
    }

    /** One fold of four: three quarters of the rows train, a quarter is held out. */
    static PilotRuns pilot() {
        return new PilotRuns(4, 1);
    }

    /**
     * What a pilot compares: {@link #LIGHT} and {@link #HEAVY}, with what the user wants put in.
     *
     * @param weightDecay wanted by the user; NaN leaves it to the pilot
     * @param mixup wanted by the user; NaN leaves it to the pilot
     * @param classification whether the class is nominal; the mean of two numbers is a worse guide than that of two labels,
     *     and a numeric class is not mixed unless the user wants it
     * @param rows number of training rows
     * @return one setting, with which no pilot is needed, or two
     */
    static List<Regularisation> regularisations(double weightDecay, double mixup, boolean classification, int rows) {
        double wanted = Double.isNaN(mixup) && !classification ? 0 : mixup;
        Set<Regularisation> settings = new LinkedHashSet<>();
        settings.add(with(LIGHT, weightDecay, wanted));
        if (rows <= MOST_PILOT_ROWS) {
            settings.add(with(HEAVY, weightDecay, wanted));
        }
        return List.copyOf(settings);
    }

    private static Regularisation with(Regularisation start, double weightDecay, double mixup) {
        return new Regularisation(
                Double.isNaN(weightDecay) ? start.weightDecay() : weightDecay,
                Double.isNaN(mixup) ? start.mixup() : mixup);
    }
}
