package org.gatedepth.report.measure;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.gatedepth.dl4j.probe.Places;
import org.gatedepth.dl4j.probe.ProbedSite;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a layer read as examples: rows, of which those that do not count are left out; or sequences and images, whose
 * steps and pixels are all read, and of which those that do not count are left out of what is measured.
 */
public final class Examples {
    /** Null for rows that stand alone. */
    private final @Nullable Places places;
    /** Of steps or pixels those that count. */
    private final int[] rows;
    /** Of sequences and images those that have a step or pixel that counts; of rows all. */
    private final int[] chosen;

    private Examples(@Nullable Places places, int[] rows, int[] chosen) {
        this.places = places;
        this.rows = rows;
        this.chosen = chosen;
    }

    /** Those of a layer, after a backward pass of its probe. */
    public static Examples of(ProbedSite site) {
        Places places = site.places();
        int[] rows = site.counted((int) site.inputs().get(0).size(0));
        int[] chosen = places == null
                ? IntStream.range(0, rows.length).toArray()
                : IntStream.of(rows).map(places::example).distinct().sorted().toArray();
        return new Examples(places, rows, chosen);
    }

    /** The steps or pixels; null for rows that stand alone. */
    public @Nullable Places places() {
        return places;
    }

    /** Of an array with a row for each that the layer read what its blocks are to read. */
    public INDArray read(ProbedSite site, INDArray array) {
        return places == null ? site.counted(array) : array;
    }

    /** Of what blocks read, or give, the rows that count. */
    public INDArray counted(INDArray read) {
        return places == null || rows.length == read.size(0) ? read : read.getRows(rows);
    }

    /** Norms of the rows that count; of images those of whole images. */
    public double[] norms(INDArray read) {
        if (places == null || !places.isOfImages()) {
            return ofRows(counted(read));
        }
        double[] all = norms(read, (int) places.count());
        return IntStream.of(chosen).mapToDouble(image -> all[image]).toArray();
    }

    /** For each row that counts its step or pixel; 0 for rows that stand alone. */
    public int[] at() {
        return places == null
                ? new int[chosen.length]
                : IntStream.of(rows).map(places::place).toArray();
    }

    /** Random or other rows with zeros for those that do not count; changed in place. */
    public INDArray countedOnly(INDArray all) {
        if (places == null || rows.length == all.size(0)) {
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

    /** The sequences or images of so many picks, one or more times each; null for rows. */
    public @Nullable Places some(int[] picks) {
        return places == null ? null : places.some(at(picks));
    }

    /** The rows of some examples, one or more times each. */
    public INDArray rows(INDArray read, int[] picks) {
        return places == null ? Nd4j.pullRows(read, 1, picks) : places.rows(read, at(picks));
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

    /** The norm of each example of so many, over its steps or pixels where it has some. */
    public static double[] norms(INDArray picked, int examples) {
        double[] byRow = ofRows(picked);
        if (byRow.length == examples) {
            return byRow;
        }
        double[] norms = new double[examples];
        for (int i = 0; i < examples; i++) {
            double[] own = new double[byRow.length / examples];
            int example = i;
            Arrays.setAll(own, place -> byRow[place * examples + example]);
            norms[i] = norm(own);
        }
        return norms;
    }

    /** Norms of rows; the squares of a vanished gradient would be 0 in its own precision. */
    private static double[] ofRows(INDArray rows) {
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
