package org.gatedepth.weka.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One pass over the rows of a table: what its columns hold, how many rows there are for what, and samples of them. */
final class Survey implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Held-out rows for the depth report. */
    private static final int MEASURED = 500;

    private final Plan plan;
    private final List<ColumnSurvey> columns = new ArrayList<>();
    private final Draw sample;
    private final Draw measured;
    private final long[] trainingRows;
    private final long[] validationRows;
    private long heldOutRows;
    private long withoutClass;
    private double weight;
    private double lowestWeight = Double.POSITIVE_INFINITY;
    private double highestWeight;

    /**
     * What is surveyed.
     *
     * @param columns the columns of the files
     * @param classIndex which of them is the class
     * @param lots what becomes of each row
     * @param partitions into how many parts rows are shuffled
     * @param sample how many training rows are drawn at most
     * @param share of the rows, those that may be drawn
     */
    record Plan(List<SourceColumn> columns, int classIndex, Lots lots, int partitions, int sample, double share)
            implements Serializable {

        private static final long serialVersionUID = 1L;

        int partition(long place) {
            return Math.floorMod(lots.order(place), partitions);
        }

        /** Whether a row can be used: it has a class and a weight. */
        boolean isUsable(RawRow row) {
            return row.cells()[classIndex] != null && row.weight() > 0;
        }

        Plan withShare(double other) {
            return new Plan(columns, classIndex, lots, partitions, sample, other);
        }
    }

    Survey(Plan plan) {
        this.plan = plan;
        plan.columns.forEach(column -> columns.add(new ColumnSurvey(column)));
        sample = new Draw(plan.sample, plan.share);
        measured = new Draw(MEASURED, plan.share);
        trainingRows = new long[plan.partitions];
        validationRows = new long[plan.partitions];
    }

    void add(RawRow row, long place) {
        @Nullable Object[] cells = row.cells();
        if (!(row.weight() >= 0) || Double.isInfinite(row.weight())) {
            throw new IllegalArgumentException("weights of rows must be finite and not negative, got " + row.weight());
        }
        if (!plan.isUsable(row)) {
            withoutClass++;
            return;
        }
        Lots.Kind kind = plan.lots.kind(place);
        boolean training = kind == Lots.Kind.TRAINING;
        for (int c = 0; c < cells.length; c++) {
            columns.get(c).add(cells[c], row.weight(), training);
        }
        switch (kind) {
            case TRAINING -> {
                trainingRows[plan.partition(place)]++;
                weight += row.weight();
                sample.offer(plan.lots.draw(place), place, row);
                lowestWeight = Math.min(lowestWeight, row.weight());
                highestWeight = Math.max(highestWeight, row.weight());
            }
            case VALIDATION -> validationRows[plan.partition(place)]++;
            case HELD_OUT -> {
                heldOutRows++;
                measured.offer(plan.lots.draw(place), place, row);
            }
        }
    }

    Survey plus(Survey other) {
        for (int c = 0; c < columns.size(); c++) {
            columns.get(c).plus(other.columns.get(c));
        }
        sample.add(other.sample);
        measured.add(other.measured);
        for (int p = 0; p < plan.partitions; p++) {
            trainingRows[p] += other.trainingRows[p];
            validationRows[p] += other.validationRows[p];
        }
        heldOutRows += other.heldOutRows;
        withoutClass += other.withoutClass;
        weight += other.weight;
        lowestWeight = Math.min(lowestWeight, other.lowestWeight);
        highestWeight = Math.max(highestWeight, other.highestWeight);
        return this;
    }

    Plan plan() {
        return plan;
    }

    List<ColumnSurvey> columns() {
        return columns;
    }

    Draw sample() {
        return sample;
    }

    Draw measured() {
        return measured;
    }

    /** By partition. */
    long[] trainingRows() {
        return trainingRows;
    }

    /** By partition. */
    long[] validationRows() {
        return validationRows;
    }

    long heldOutRows() {
        return heldOutRows;
    }

    /** Rows without a class or a weight, which are left out. */
    long withoutClass() {
        return withoutClass;
    }

    double weight() {
        return weight;
    }

    boolean hasEqualWeights() {
        return lowestWeight == highestWeight;
    }
}
