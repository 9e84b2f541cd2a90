package org.gatedepth.dl4j.runtime;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Sequences after their stored state: the last inputs that later outputs depend on, then the new ones. What came before
 * the first step is masked, so that it counts as nothing; where outputs depend on all steps, all are stored, and there
 * is no such padding.
 *
 * @param sequences {@code [minibatch, features, before + steps]}
 * @param mask {@code [minibatch, before + steps]}
 * @param before number of steps of the state
 */
record SequenceState(INDArray sequences, INDArray mask, long before) {

    /**
     * Joins a state and new steps.
     *
     * @param stored the state, which stays as it is; empty before the first step
     * @param steps {@code [minibatch, features, steps]}
     * @param mask of the new steps
     * @param field how many steps an output depends on; {@link SequenceConf#ALL} for all
     * @throws IllegalArgumentException if the state is that of another number of sequences
     */
    static SequenceState after(
            Map<String, INDArray> stored, INDArray steps, @Nullable INDArray mask, long field, DataType type) {
        long minibatch = steps.size(0);
        INDArray earlier = stored.get(SequenceRuntime.STATE_INPUTS);
        INDArray earlierMask = stored.get(SequenceRuntime.STATE_MASK);
        INDArray own = mask == null ? Nd4j.ones(type, minibatch, steps.size(2)) : mask.castTo(type);
        if (earlier == null || earlierMask == null) {
            if (field == SequenceConf.ALL) {
                return new SequenceState(steps.castTo(type), own, 0);
            }
            earlier = Nd4j.zeros(type, minibatch, steps.size(1), field - 1);
            earlierMask = Nd4j.zeros(type, minibatch, field - 1);
        } else if (earlier.size(0) != minibatch) {
            throw new IllegalArgumentException("the stored state is of a minibatch of " + earlier.size(0)
                    + ", but the input's is " + minibatch + ": call rnnClearPreviousState() before other sequences");
        }
        return new SequenceState(
                Nd4j.concat(2, earlier, steps.castTo(type)), Nd4j.concat(1, earlierMask, own), earlier.size(2));
    }

    /**
     * Puts the state after these steps into a map.
     *
     * @param field as in {@link #after}
     */
    void store(Map<String, INDArray> target, long field) {
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            long kept = field == SequenceConf.ALL ? mask.size(1) : field - 1;
            INDArrayIndex last = NDArrayIndex.interval(mask.size(1) - kept, mask.size(1));
            INDArrayIndex all = NDArrayIndex.all();
            target.put(
                    SequenceRuntime.STATE_INPUTS, sequences.get(all, all, last).dup('c'));
            target.put(SequenceRuntime.STATE_MASK, mask.get(all, last).dup('c'));
        }
    }
}
