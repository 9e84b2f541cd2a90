package org.gatedepth.plan;

/** One step of a plan, on fixed arrays. */
@FunctionalInterface
interface Call extends AutoCloseable {
    /** Reads its inputs and overwrites its results. */
    void run();

    /** Frees what it holds besides the arrays; it is not run any more. */
    @Override
    default void close() {}
}
