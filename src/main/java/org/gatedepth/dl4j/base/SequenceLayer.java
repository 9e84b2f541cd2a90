package org.gatedepth.dl4j.base;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.gatedepth.block.Block;
import org.gatedepth.block.Parametric;
import org.gatedepth.dl4j.runtime.SequenceConf;
import org.gatedepth.dl4j.runtime.SequenceRuntime;
import org.gatedepth.dl4j.runtime.TimeRuntime;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A Deeplearning4j layer over sequences whose function is a {@link Block} of rows in time-major order; what it has of
 * any layer over sequences, {@link TimeLayer} says.
 *
 * <p>A subclass adds fields, a builder, and {@link #block}.
 */
public abstract class SequenceLayer extends TimeLayer implements SequenceConf {
    private boolean layerNorm;

    /** For JSON. */
    protected SequenceLayer() {}

    /** Checks what the builder was given; {@code nIn} may still be missing. */
    protected SequenceLayer(Builder<?> builder) {
        super(builder);
        layerNorm = builder.layerNorm;
    }

    /** The block for {@code getNOut()} and this many inputs. */
    protected abstract Block block(long inputs);

    @Override
    public final Block block() {
        return block(requireInputs());
    }

    @Override
    protected final Parametric equation(long inputs) {
        return block(inputs);
    }

    @Override
    public TimeRuntime timeRuntime(NeuralNetConfiguration conf, DataType dataType) {
        return new SequenceRuntime(conf, dataType);
    }

    @Override
    protected void requireWhatIsHonoured() {
        super.requireWhatIsHonoured();
        if (getWeightInitFnRecurrent() != null) {
            throw refused("weightInitRecurrent", "it has no recurrent weights");
        }
    }

    /** Of each block its transform, gate and output. */
    @Override
    protected long computedElements(long steps) {
        return block().members().stream()
                .mapToLong(member -> 3 * member.block().outputSize() * steps)
                .sum();
    }

    /** Whether transforms normalise their input. */
    public boolean isLayerNorm() {
        return layerNorm;
    }

    /** Sets the normalisation. */
    public void setLayerNorm(boolean layerNorm) {
        this.layerNorm = layerNorm;
    }

    /** Shared settings of the layers; {@code nOut} is required. */
    @SuppressWarnings("unchecked")
    public abstract static class Builder<T extends Builder<T>> extends TimeLayer.Builder<T> {
        private boolean layerNorm;

        /** Activation relu, which the network's global activation does not replace. */
        protected Builder() {
            super(new ActivationReLU());
        }

        /** Whether transforms normalise their input first; false by default. */
        public T layerNorm(boolean normalise) {
            layerNorm = normalise;
            return (T) this;
        }
    }
}
