package org.gatedepth.plan.lowering;

import java.util.List;
import org.gatedepth.plan.loop.FusedLoop;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One step of a plan, on fixed arrays. */
@FunctionalInterface
public interface Call extends AutoCloseable {
    /** Reads its inputs and overwrites its results. */
    void run();

    /** What it reads or writes element by element and can be moved to other arrays; none, as here, for a native op. */
    default List<FusedLoop.Memory> memories() {
        return List.of();
    }

    /**
     * Whether it may read or write the memory of an array other than by {@link #memories} that were made for this very
     * array.
     */
    default boolean touches(INDArray array) {
        return true;
    }

    /** Frees what it holds besides the arrays; it is not run any more. */
    @Override
    default void close() {}
}
