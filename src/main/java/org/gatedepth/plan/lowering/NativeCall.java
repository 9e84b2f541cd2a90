package org.gatedepth.plan.lowering;

import java.util.stream.Stream;
import org.gatedepth.plan.memory.Contexts;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;

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
    public boolean touches(INDArray array) {
        OpContext context = lease.context();
        return Stream.concat(context.getInputArrays().stream(), context.getOutputArrays().stream())
                .anyMatch(other -> Overlap.of(other, array));
    }

    @Override
    public void close() {
        contexts.giveBack(lease);
    }
}
