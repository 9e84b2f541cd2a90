package org.gatedepth.dl4j.runtime;

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
