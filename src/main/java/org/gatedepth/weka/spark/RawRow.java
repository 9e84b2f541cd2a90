package org.gatedepth.weka.spark;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A row of a file.
 *
 * @param cells one for each column: a {@code Double}, or a text; null where the value is missing
 * @param weight its weight
 */
@SuppressWarnings("ArrayRecordComponent")
record RawRow(@Nullable Object[] cells, double weight) implements Serializable {

    private static final long serialVersionUID = 1L;
}
