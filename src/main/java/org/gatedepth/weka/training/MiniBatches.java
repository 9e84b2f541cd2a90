package org.gatedepth.weka.training;

import org.gatedepth.weka.table.Batch;
import org.gatedepth.weka.table.Rows;
import org.gatedepth.weka.table.TargetColumn;
import org.jspecify.annotations.Nullable;

/**
 * The minibatches of a training. Rows that take little memory as numbers are encoded once, and not again in each epoch.
 */
final class MiniBatches {

    /** 64 MiB of floats. */
    private static final long MOST_VALUES = 1 << 24;

    private final Rows rows;
    /** All rows; null where they would take much memory or have sequences. */
    private final @Nullable Batch encoded;

    /**
     * Those of some rows.
     *
     * @param outputs the attributes that are learned from them
     */
    MiniBatches(Rows rows, Iterable<TargetColumn> outputs) {
        this(rows, outputs, MOST_VALUES);
    }

    MiniBatches(Rows rows, Iterable<TargetColumn> outputs, long mostValues) {
        this.rows = rows;
        long columns = rows.columns();
        for (TargetColumn output : outputs) {
            columns += output.outputs() + 1;
        }
        encoded = !rows.hasSequences() && rows.rows() * columns <= mostValues ? rows.batch(0, rows.rows()) : null;
    }

    /** Some rows, by their positions from one place in the list (inclusive) to another (exclusive); only to be read. */
    Batch of(int[] some, int from, int to) {
        Batch all = encoded;
        return all == null ? rows.batch(some, from, to) : all.select(some, from, to);
    }
}
