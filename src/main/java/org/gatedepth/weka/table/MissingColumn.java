package org.gatedepth.weka.table;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The columns of an attribute of which values are missing: those of its values, and one that says whether the value is
 * missing. With {@code p} for the weight share of the training rows without a value, it is {@code 2(1-p)} for a row
 * without one and {@code -2p} for others, as {@link LabelColumns} has it for a label.
 */
final class MissingColumn implements InputColumns {

    private static final long serialVersionUID = 1L;

    /** The least share of the rows: of fewer, next to nothing can be learned. */
    private static final double LEAST_SHARE = 0.01;

    private final int column;
    /** The columns of the values; null where all known values are the same. */
    private final @Nullable InputColumns values;

    private final float present;
    private final float absent;

    /**
     * Fits a column.
     *
     * @param column its number
     * @param share the weight share of the training rows without a value
     * @param values the columns of the values; null where all known values are the same
     */
    MissingColumn(int column, double share, @Nullable InputColumns values) {
        this.column = column;
        this.values = values;
        present = (float) LabelColumns.present(share);
        absent = (float) LabelColumns.absent(share);
    }

    /** Whether so many rows have a value, and so many none, that a column may tell something. */
    static boolean tells(double share) {
        return share >= LEAST_SHARE && share <= 1 - LEAST_SHARE;
    }

    @Override
    public IntStream columns() {
        IntStream own = IntStream.of(column);
        return values == null ? own : IntStream.concat(values.columns(), own);
    }

    @Override
    public void start(float[] row) {
        if (values != null) {
            values.start(row);
        }
        row[column] = absent;
    }

    @Override
    public void write(double value, float[] rows, int at) {
        if (values != null) {
            values.write(value, rows, at);
        }
        rows[at + column] = Double.isNaN(value) ? present : absent;
    }
}
