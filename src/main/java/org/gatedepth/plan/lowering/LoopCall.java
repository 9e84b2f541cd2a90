package org.gatedepth.plan.lowering;

import java.util.List;
import org.gatedepth.plan.loop.FusedLoop;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A call of a loop.
 *
 * @param loop what is run
 */
record LoopCall(FusedLoop loop) implements Call {
    @Override
    public void run() {
        loop.run();
    }

    @Override
    public List<FusedLoop.Memory> memories() {
        return loop.memories();
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very array
    public boolean touches(INDArray array) {
        return memories().stream()
                .map(FusedLoop.Memory::array)
                .anyMatch(other -> other != array && Overlap.of(other, array));
    }
}
