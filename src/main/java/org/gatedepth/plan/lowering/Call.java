package org.gatedepth.plan.lowering;

/** One step of a plan, on fixed arrays. */
@FunctionalInterface
public interface Call extends AutoCloseable {
    /** Reads its inputs and overwrites its results. */
    void run();

    /** Frees what it holds besides the arrays; it is not run any more. */
    @Override
    default void close() {}
}
