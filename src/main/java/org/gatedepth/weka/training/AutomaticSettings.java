package org.gatedepth.weka.training;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.gatedepth.weka.model.Regularisation;
import org.gatedepth.weka.table.TableEncoder;
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

    /** For few rows of many columns, which a network fits closely in a few epochs. */
    static final Regularisation HEAVY_MIXED = new Regularisation(5, 0.2);

    /** Rows that a run passes, as long as that makes {@link #FEWEST_EPOCHS} to {@link #MOST_EPOCHS}. */
    private static final int PASSED_ROWS = 48_000;

    private static final int FEWEST_EPOCHS = 40;
    private static final int MOST_EPOCHS = 150;

    /** Rows that a run on a large table passes, as long as that makes no fewer than {@link #FEWEST_EPOCHS_OF_MANY}. */
    private static final int PASSED_ROWS_OF_MANY = 500_000;

    private static final int FEWEST_EPOCHS_OF_MANY = 15;

    /**
     * Steps that a run over sequences passes, as long as that makes {@link #FEWEST_EPOCHS_OF_STEPS} to
     * {@link #MOST_EPOCHS_OF_STEPS}: a row of many steps takes as long as many rows, and says more.
     */
    private static final int PASSED_STEPS = 500_000;

    private static final int FEWEST_EPOCHS_OF_STEPS = 6;
    private static final int MOST_EPOCHS_OF_STEPS = 50;

    private static final int MANY_STEPS = 1_000_000;

    /** A held-out loss, in nats or as a part of the variance, at which nearly every row is predicted right. */
    static final double SMALL_LOSS = 0.005;

    /** More of them change a prediction by little. */
    private static final int MOST_MEMBERS = 8;

    /** Rows that all members pass, as long as that makes one at least. */
    private static final int PASSED_ROWS_OF_MEMBERS = 200_000;

    private static final int MOST_PILOT_MEMBERS = 2;

    private static final int PASSED_ROWS_OF_PILOT_MEMBERS = 100_000;

    private AutomaticSettings() {}

    /**
     * The most epochs.
     *
     * @return 150 for up to 320 rows, 40 for 1,200 to 12,500, 15 from 33,333 on, and in between as many as pass the
     *     same number of rows
     */
    static int epochs(int rows) {
        int most = Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, PASSED_ROWS / rows));
        return Math.min(most, Math.max(FEWEST_EPOCHS_OF_MANY, PASSED_ROWS_OF_MANY / rows));
    }

    /**
     * The same for rows with sequences.
     *
     * @param steps steps of all rows together
     * @return 50 for up to 10,000 steps, 6 from 83,333 on, and in between as many as pass the same number of steps
     */
    static int epochsOfSteps(long steps) {
        return (int) Math.min(MOST_EPOCHS_OF_STEPS, Math.max(FEWEST_EPOCHS_OF_STEPS, PASSED_STEPS / steps));
    }

    /** The most epochs over some rows. */
    static int epochs(PreparedRows rows) {
        return epochs(rows, rows.count());
    }

    private static int epochs(PreparedRows rows, int count) {
        return rows.training().hasSequences() ? epochsOfSteps(rows.steps()) : epochs(count);
    }

    /**
     * The units of a block.
     *
     * @param wanted by the user; null for 32, or 64 from 3,000 rows or for more than 64 columns and outputs together,
     *     unless there are a million steps, which would take three times as long
     */
    static int width(@Nullable Integer wanted, PreparedRows rows) {
        return width(wanted, rows, rows.count());
    }

    /** The same for a table of which there is a sample only, and which has so many rows. */
    static int width(@Nullable Integer wanted, PreparedRows rows, long count) {
        if (wanted != null) {
            return wanted;
        }
        TableEncoder encoder = rows.encoder();
        int columnsAndOutputs = encoder.plainColumns() + encoder.classColumn().outputs();
        boolean isSmall = count < 3000 && columnsAndOutputs <= 64;
        return isSmall || rows.steps() >= MANY_STEPS ? 32 : 64;
    }

    /**
     * The lengths that pilot runs compare, in epochs, from the shortest on.
     *
     * @param wanted by the user; null for a ninth, a third and all of {@link #epochs}; for sequences a quarter and all
     * @param rows the rows, or a sample of them
     * @param count how many there are
     */
    static List<Integer> lengths(@Nullable Integer wanted, PreparedRows rows, int count) {
        if (wanted != null) {
            return List.of(wanted);
        }
        int most = epochs(rows, count);
        return rows.training().hasSequences()
                ? List.of((most + 3) / 4, most)
                : List.of((most + 8) / 9, (most + 2) / 3, most);
    }

    /**
     * What pilot runs compare: {@link #LIGHT}, {@link #HEAVY} and {@link #HEAVY_MIXED}, with what the user wants put
     * in.
     *
     * @param weightDecay wanted by the user; null leaves it to the pilot runs
     * @param mixup wanted by the user; null leaves it to the pilot runs
     * @param classification whether the class is nominal; the mean of two numbers is a worse guide than that of two
     *     labels, and a numeric class is not mixed unless the user wants it
     * @return one setting to three, in this order
     */
    static List<Regularisation> regularisations(
            @Nullable Double weightDecay, @Nullable Double mixup, boolean classification) {
        Double wanted = mixup == null && !classification ? Double.valueOf(0) : mixup;
        Set<Regularisation> settings = new LinkedHashSet<>();
        settings.add(with(LIGHT, weightDecay, wanted));
        settings.add(with(HEAVY, weightDecay, wanted));
        settings.add(with(HEAVY_MIXED, weightDecay, wanted));
        return List.copyOf(settings);
    }

    private static Regularisation with(Regularisation start, @Nullable Double weightDecay, @Nullable Double mixup) {
        return new Regularisation(
                weightDecay == null ? start.weightDecay() : weightDecay, mixup == null ? start.mixup() : mixup);
    }

    /**
     * The number of members of a network.
     *
     * @param wanted by the user; null for as many, from 1 to 8, as pass 200,000 rows together, and 1 where there are
     *     auxiliary heads or sequences
     */
    static int members(@Nullable Integer wanted, Setting setting) {
        return members(wanted, setting, setting.rows().training().rows());
    }

    /** The same for a table of which the setting has a sample only, and which has so many rows. */
    static int members(@Nullable Integer wanted, Setting setting, long count) {
        return wanted == null ? members(setting, count, MOST_MEMBERS, PASSED_ROWS_OF_MEMBERS) : wanted;
    }

    /**
     * The number of members of the networks of pilot runs: fewer, but several where there are few rows, since the mean
     * of several networks is at its best after more epochs than one.
     *
     * @param longest the setting with the most epochs
     */
    static int pilotMembers(@Nullable Integer wanted, Setting longest) {
        int members =
                members(longest, longest.rows().training().rows(), MOST_PILOT_MEMBERS, PASSED_ROWS_OF_PILOT_MEMBERS);
        return wanted == null ? members : Math.min(wanted, members);
    }

    private static int members(Setting setting, long count, int most, int passedRows) {
        PreparedRows rows = setting.rows();
        if (!rows.heads().heads().isEmpty() || rows.training().hasSequences()) {
            return 1;
        }
        long passed = count * setting.epochs();
        return (int) Math.max(1, Math.min(most, passedRows / passed));
    }
}
