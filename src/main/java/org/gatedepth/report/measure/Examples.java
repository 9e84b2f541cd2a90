package org.gatedepth.report.measure;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.gatedepth.dl4j.probe.ProbedSite;
import org.gatedepth.dl4j.probe.Sequences;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a layer read as examples: rows, of which those that do not count are left out; or sequences, whose steps are all
 * read, and of which those that do not count are left out of what is measured.
 */
public final class Examples {
    /** Null for rows. */
    private final @Nullable Sequences sequences;
    /** Of sequences the rows that count. */
    private final int[] rows;
    /** Of sequences those that have a step that counts; of rows all. */
    private final int[] chosen;

    private Examples(@Nullable Sequences sequences, int[] rows, int[] chosen) {
        this.sequences = sequences;
        this.rows = rows;
        this.chosen = chosen;
    }

    /** Those of a layer, after a backward pass of its probe. */
    public static Examples of(ProbedSite site) {
        Sequences sequences = site.sequences();
        int[] rows = site.counted((int) site.inputs().get(0).size(0));
        int[] chosen = sequences == null
                ? IntStream.range(0, rows.length).toArray()
                : IntStream.of(rows)
                        .map(sequences::sequence)
                        .distinct()
                        .sorted()
                        .toArray();
        return new Examples(sequences, rows, chosen);
    }

    /** The sequences; null for rows. */
    public @Nullable Sequences sequences() {
        return sequences;
    }

    /** Of an array with a row for each that the layer read what its blocks are to read. */
    public INDArray read(ProbedSite site, INDArray array) {
        return sequences == null ? site.counted(array) : array;
    }

    /** Of what blocks read, or give, the rows that count. */
    public INDArray counted(INDArray read) {
        return sequences == null || rows.length == read.size(0) ? read : read.getRows(rows);
    }

    /** For each row that counts its step; 0 for rows. */
    public int[] steps() {
        return sequences == null
                ? new int[chosen.length]
                : IntStream.of(rows).map(sequences::step).toArray();
    }

    /** Random or other rows with zeros for those that do not count; changed in place. */
    public INDArray countedOnly(INDArray all) {
        if (sequences == null || rows.length == all.size(0)) {
            return all;
        }
        double[] counts = new double[(int) all.size(0)];
        for (int row : rows) {
            counts[row] = 1;
        }
        return all.muliColumnVector(column(counts, all));
    }

    /** Number of examples that count. */
    public int count() {
        return chosen.length;
    }

    /** The sequences of so many picks, one or more times each; null for rows. */
    public @Nullable Sequences some(int[] picks) {
        return sequences == null ? null : sequences.some(at(picks));
    }

    /** The rows of some examples, one or more times each. */
    public INDArray rows(INDArray read, int[] picks) {
        return sequences == null ? Nd4j.pullRows(read, 1, picks) : sequences.rows(read, at(picks));
    }

    private int[] at(int[] picks) {
        return IntStream.of(picks).map(pick -> chosen[pick]).toArray();
    }

    /** Rows each times the number of its example. */
    public INDArray times(INDArray picked, double[] numbers) {
        double[] byRow = new double[(int) picked.size(0)];
        Arrays.setAll(byRow, row -> numbers[row % numbers.length]);
        return picked.mulColumnVector(column(byRow, picked));
    }

    private static INDArray column(double[] values, INDArray like) {
        return Nd4j.createFromArray(values).castTo(like.dataType()).reshape(values.length, 1);
    }

    /** The norm of each example of so many, over its steps where it has some. */
    public static double[] norms(INDArray picked, int examples) {
        double[] byRow = norms(picked);
        if (byRow.length == examples) {
            return byRow;
        }
        double[] norms = new double[examples];
        for (int i = 0; i < examples; i++) {
            double[] own = new double[byRow.length / examples];
            int example = i;
            Arrays.setAll(own, step -> byRow[step * examples + example]);
            norms[i] = norm(own);
        }
        return norms;
    }

    /** Norms of rows; the squares of a vanished gradient would be 0 in its own precision. */
    public static double[] norms(INDArray rows) {
        return Arrays.stream(Matrix.of(rows)).mapToDouble(Examples::norm).toArray();
    }

    private static double norm(double[] row) {
        double largest = Arrays.stream(row).map(Math::abs).max().orElse(0);
        return largest == 0
                ? 0
                : largest
                        * Math.sqrt(Arrays.stream(row)
                                .map(v -> v / largest * (v / largest))
                                .sum());
    }
}
