package org.gatedepth.plan.lowering;

import org.gatedepth.plan.memory.Contexts;

/** A call of a native op. */
final class NativeCall implements Call {
    private final Contexts contexts;
    private final Contexts.Lease lease;
    private final Runnable execution;

    /**
     * A call that is not run.
     *
     * @param contexts gets the context back
     * @param lease has the arrays and the arguments of the op
     * @param execution runs the op in its context
     */
    NativeCall(Contexts contexts, Contexts.Lease lease, Runnable execution) {
        this.contexts = contexts;
        this.lease = lease;
        this.execution = execution;
    }

    @Override
    public void run() {
        execution.run();
    }

    @Override
    public void close() {
        contexts.giveBack(lease);
    }
}
