package org.gatedepth.dl4j.runtime.watch;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sees what a layer or vertex reads and receives, and can answer in its place. */
public interface Watcher {
    /**
     * Called before the layer answers.
     *
     * @param training whether the pass is one of training
     * @param inputs what it reads; to be copied by whoever keeps it
     * @return what it shall answer; null where it shall compute that itself
     */
    @Nullable
    INDArray read(boolean training, INDArray... inputs);

    /** Called in the backward pass with the gradient with respect to the output. */
    void received(INDArray gradient);
}
