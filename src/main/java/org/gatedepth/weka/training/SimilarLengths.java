package org.gatedepth.weka.training;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Puts rows with sequences of similar length into the same minibatch, so that little of it is padding: the rows of
 * every {@value #TOGETHER} minibatches in their random order are sorted by length, and the minibatches are shuffled
 * again.
 */
final class SimilarLengths {

    private static final int TOGETHER = 16;

    private SimilarLengths() {}

    /**
     * Sorts rows.
     *
     * @param order positions of the rows in random order, which is changed
     * @param length of a row
     * @param batches minibatches that they are cut into
     * @param random shuffles minibatches
     */
    static void sort(int[] order, IntUnaryOperator length, int batches, SplittableRandom random) {
        int[] lengths = IntStream.of(order).map(length).toArray();
        Integer[] sorted = IntStream.range(0, order.length).boxed().toArray(Integer[]::new);
        for (int first = 0; first < batches; first += TOGETHER) {
            int from = Trainer.begin(first, order.length, batches);
            int to = Trainer.begin(Math.min(batches, first + TOGETHER), order.length, batches);
            Arrays.sort(sorted, from, to, Comparator.comparingInt(place -> lengths[place]));
        }
        int[] shuffled = IntStream.range(0, batches).toArray();
        Trainer.shuffle(shuffled, random);
        int[] before = order.clone();
        int next = 0;
        for (int batch : shuffled) {
            for (int i = Trainer.begin(batch, order.length, batches);
                    i < Trainer.begin(batch + 1, order.length, batches);
                    i++) {
                order[next++] = before[sorted[i]];
            }
        }
    }
}
