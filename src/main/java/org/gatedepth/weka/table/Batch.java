package org.gatedepth.weka.table;

import java.util.List;
import java.util.stream.IntStream;
import org.gatedepth.weka.table.step.EncodedSteps;

/**
 * Rows as arrays for a network.
 *
 * @param inputs one array a row
 * @param sequences the sequences of the rows
 * @param learned what the outputs learn: the class, then the auxiliary attributes, then those of steps
 */
public record Batch(float[][] inputs, List<EncodedSteps> sequences, List<EncodedTarget> learned) {

    /**
     * Some rows of a batch without sequences, by their positions from one place in the list (inclusive) to another
     * (exclusive); nothing is copied.
     */
    public Batch select(int[] some, int from, int to) {
        float[][] selected = new float[to - from][];
        for (int i = 0; i < selected.length; i++) {
            selected[i] = inputs[some[from + i]];
        }
        return new Batch(
                selected,
                List.of(),
                learned.stream().map(target -> target.select(some, from, to)).toList());
    }

    /** Number of rows. */
    public int rows() {
        return inputs.length;
    }

    /**
     * The rows whose sequences all have at least median length, cut to it, without what is learned from them; this
     * itself if there are none.
     */
    public Batch withoutPadding() {
        int[] medians = sequences.stream().mapToInt(Batch::median).toArray();
        int[] chosen = IntStream.range(0, rows())
                .filter(row -> IntStream.range(0, medians.length)
                        .allMatch(s -> sequences.get(s).steps(row) >= medians[s]))
                .toArray();
        if (sequences.isEmpty() || chosen.length == 0) {
            return this;
        }
        List<EncodedSteps> cut = IntStream.range(0, medians.length)
                .mapToObj(s -> sequences.get(s).first(chosen, medians[s]))
                .toList();
        return new Batch(IntStream.of(chosen).mapToObj(row -> inputs[row]).toArray(float[][]::new), cut, List.of());
    }

    private static int median(EncodedSteps sequence) {
        int[] sorted = IntStream.range(0, sequence.values().length)
                .map(sequence::steps)
                .sorted()
                .toArray();
        return sorted[sorted.length / 2];
    }

    /** The class, one array a row. */
    public float[][] targets() {
        return learned.get(0).values();
    }

    /** One weight a row. */
    public float[] weights() {
        return learned.get(0).weights();
    }
}
