package org.gatedepth.dl4j.runtime.watch;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a layer over sequences tells a report if its parts are no blocks, such as the levels of a recurrence: its
 * runtime implements this, and all else of the report follows.
 */
public interface Levels {
    /**
     * The transform gates of each level.
     *
     * @param sequences what the layer reads, in its own format
     * @param mask {@code [minibatch, steps]}; null where all steps count
     * @return by the name of the level, the lowest first, {@code [steps·minibatch, units]}, the first step of all
     *     sequences first
     */
    Map<String, INDArray> gates(INDArray sequences, @Nullable INDArray mask);
}
