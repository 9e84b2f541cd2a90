package org.gatedepth.weka.training;

import java.util.Arrays;
import java.util.Comparator;
import org.gatedepth.weka.options.NetworkOptions;
import weka.core.Instance;
import weka.core.Instances;

/**
 * The rows that train and those that are held out, by their positions in the table.
 *
 * <p>Every n-th row in the order of the class is held out, the rows of a class in random order: each label, and each
 * range of a numeric class, gives its share.
 */
@SuppressWarnings("ArrayRecordComponent") // It is read at once, and neither compared nor kept.
record Split(int[] training, int[] validation) {

    /** Holds the percentage out that the options say; where that is not 0, at least one row and not all. */
    static Split of(NetworkOptions options, Instances rows) {
        int all = rows.size();
        int[] shuffled = new int[all];
        Arrays.setAll(shuffled, i -> i);
        if (options.validation() == 0 || all < 2) {
            return new Split(shuffled, new int[0]);
        }
        int count = (int) Math.round(all * options.validation() / 100);
        count = Math.max(1, Math.min(count, all - 1));
        Trainer.shuffle(shuffled, Trainer.random(options.seed(), 0));
        Integer[] byClass = Arrays.stream(shuffled).boxed().toArray(Integer[]::new);
        double[] classes = rows.stream().mapToDouble(Instance::classValue).toArray();
        Arrays.sort(byClass, Comparator.comparingDouble(row -> classes[row]));
        boolean[] heldOut = new boolean[all];
        for (int i = 0; i < count; i++) {
            heldOut[byClass[(int) ((i + 0.5) * all / count)]] = true;
        }
        return new Split(positions(heldOut, false), positions(heldOut, true));
    }

    private static int[] positions(boolean[] flags, boolean wanted) {
        int[] positions = new int[flags.length];
        int count = 0;
        for (int i = 0; i < flags.length; i++) {
            if (flags[i] == wanted) {
                positions[count++] = i;
            }
        }
        return Arrays.copyOf(positions, count);
    }
}
