package org.gatedepth.dl4j.runtime;

import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.jspecify.annotations.Nullable;

/**
 * The types of what a layer of rows reads and gives: sizes and pre-processors are those of a stock {@link DenseLayer}.
 */
public final class RowTypes {
    private RowTypes() {}

    /** Number of inputs of a layer that reads this type. */
    public static long inputs(InputType type) {
        DenseLayer stock = stock();
        stock.setNIn(type, true);
        return stock.getNIn();
    }

    /**
     * Refuses another number of inputs where a network has made parameters already.
     *
     * @param layer what a message calls the layer
     * @param initialised the inputs that the parameters are for; 0 where there are none
     * @param inputs the inputs that the layer shall have
     */
    public static void requireUnchanged(String layer, long initialised, long inputs) {
        if (initialised > 0 && initialised != inputs) {
            throw new DL4JInvalidConfigException(layer + " has parameters for " + initialised
                    + " inputs, but what it reads has " + inputs + " now: TransferLearning's nOutReplace and"
                    + " nInReplace do not change gated layers; remove this one and add it anew");
        }
    }

    /** What makes rows of this type; null where it has rows. */
    public static @Nullable InputPreProcessor preProcessor(InputType type) {
        return stock().getPreProcessorForInputType(type);
    }

    /**
     * The type of a layer's output.
     *
     * @param layer what a message calls the layer
     * @param input type of its input, after its pre-processor
     * @param size number of its outputs
     * @throws IllegalStateException if the input has no rows
     */
    public static InputType output(String layer, InputType input, long size) {
        if (input instanceof InputType.InputTypeFeedForward rows) {
            return InputType.feedForward(size, rows.getTimeDistributedFormat());
        }
        if (input instanceof InputType.InputTypeConvolutionalFlat) {
            return InputType.feedForward(size);
        }
        throw new IllegalStateException(
                layer + " reads rows of features; it needs a feed-forward input or a pre-processor, got " + input);
    }

    private static DenseLayer stock() {
        return new DenseLayer.Builder().nOut(1).build();
    }
}
