package org.gatedepth.dl4j;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.gatedepth.block.Block;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.dl4j.base.BlockLayer;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A highway layer, {@code y = T(x)·H(x) + (1 − T(x))·x}.
 *
 * <p>{@code H(x) = f(x·W + b)} with the layer's activation {@code f}; {@code T(x) = sigmoid(x·W + b)} is the transform
 * gate.
 *
 * <ul>
 *   <li>input {@code [minibatch, nIn]}, output {@code [minibatch, nOut]}
 *   <li>parameters {@code H/W, T/W [nIn, nOut]}, {@code H/b, T/b [1, nOut]}, with layer normalisation {@code H/gain,
 *       H/shift [1, nIn]}, and {@code C/W [nIn, nOut]} where nIn ≠ nOut: then the carry is {@code x·C/W}
 *   <li>initial values: {@code H/W} by {@code weightInit}, {@code T/W} and {@code C/W} as Glorot &amp; Bengio's
 *       whatever {@code weightInit} says, {@code T/b} at {@code transformGateBias}, −1 by default: negative, so that
 *       the layer carries at first. A deep chain of these layers wants it lower;
 *       {@link HighwayBlock#defaultTransformGateBias(int)} gives the value for a depth, and {@link GatedStack} uses it
 *   <li>errors: {@code IllegalArgumentException} for an nOut below 1, a gate bias that is not finite or an activation
 *       that SameDiff cannot express
 * </ul>
 *
 * <p>Source: Srivastava et al. 2015, arXiv 1505.00387, with the departure that {@link HighwayBlock} names.
 *
 * <pre>{@code
 * new HighwayLayer.Builder().nOut(64).transformGateBias(-2).activation(Activation.RELU).build()
 * }</pre>
 */
public class HighwayLayer extends BlockLayer {
    private double transformGateBias;

    /** For JSON. */
    protected HighwayLayer() {}

    private HighwayLayer(Builder builder) {
        super(builder);
        transformGateBias = builder.transformGateBias;
        complete(builder);
    }

    @Override
    protected Block block(long inputs) {
        return new HighwayBlock(transform(inputs, getNOut()), transformGateBias);
    }

    /** Initial bias of the transform gate. */
    public double getTransformGateBias() {
        return transformGateBias;
    }

    /** Sets the initial bias of the transform gate. */
    public void setTransformGateBias(double transformGateBias) {
        this.transformGateBias = transformGateBias;
    }

    @Override
    public BlockRuntime runtime(NeuralNetConfiguration conf, DataType dataType) {
        return new org.gatedepth.dl4j.runtime.named.HighwayLayer(conf, dataType);
    }

    /** Builds a {@link HighwayLayer}. */
    @SuppressWarnings("unchecked") // Deeplearning4j declares build() with a type of the caller's choice
    public static class Builder extends BlockLayer.Builder<Builder> {
        private double transformGateBias = -1;

        /** Initial bias of the transform gate, −1 by default; negative values carry. */
        public Builder transformGateBias(double bias) {
            transformGateBias = bias;
            return this;
        }

        @Override
        public HighwayLayer build() {
            return new HighwayLayer(this);
        }
    }
}
