package org.gatedepth.plan;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A function of named inputs and parameters that is run forward and backward.
 *
 * <p>Order of calls: {@link #infer} at any time; {@link #forward} and then {@link #backward}, which differentiates what
 * the last {@code forward} computed. Parameters are read from their arrays at every run. An instance is for one thread
 * at a time.
 *
 * <p>The arrays that are returned belong to the function, and its next run may overwrite or close them: who wants to
 * keep one copies it before. A pass that is cut short by any {@code Throwable} leaves nothing that a later one trusts;
 * {@code backward} after a {@code forward} that was cut short is refused.
 */
public interface DifferentiableFunction extends AutoCloseable {
    /** The output for these inputs; keeps nothing for a backward pass. */
    INDArray infer(Map<String, INDArray> inputs);

    /** The output for these inputs, keeping what {@link #backward} needs. */
    INDArray forward(Map<String, INDArray> inputs);

    /**
     * The gradients of {@code sum(output · seed)} at the inputs of the last {@link #forward}. It may be called again,
     * with another seed.
     *
     * @param seed gradient of the loss with respect to the output
     * @return by name, of the inputs that have one and of all parameters
     * @throws IllegalStateException without a forward pass before it
     */
    Map<String, INDArray> backward(INDArray seed);

    /**
     * Says where {@link #backward} shall put the gradients of parameters.
     *
     * @param arrays by name of the parameter, each of the parameter's shape; written in place
     */
    void setGradientArrays(Map<String, INDArray> arrays);

    /** Bytes of the arrays that it keeps for its passes, without parameters and gradient arrays. */
    long bytes();

    /**
     * Frees the memory of this function at once, instead of when Java's collector finds it.
     *
     * <p>Arrays that it has returned are closed; parameters and gradient arrays belong to the caller, and stay. It
     * cannot be run any more.
     */
    @Override
    void close();
}
