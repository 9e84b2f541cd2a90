package org.gatedepth.dl4j.base;

import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.gatedepth.block.Heads;
import org.gatedepth.dl4j.runtime.HeadsConf;
import org.gatedepth.dl4j.runtime.HeadsRuntime;
import org.gatedepth.dl4j.runtime.PlacedHead;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * An output layer of one or more {@link Head}s, of which the first gives the layer's output.
 *
 * <p>Labels are {@code [minibatch, columns]}, each head reading its own. A label mask is {@code [minibatch, 1]}, a
 * weight for each example, or {@code [minibatch, columns]}, one for each label; any finite numbers that are not
 * negative, others are refused. A label that is missing is 0 with a mask of 0; NaN is refused. The score is the sum of
 * the heads' weighted losses, divided by the size of the minibatch as everywhere in Deeplearning4j.
 *
 * <p>On sequences {@code [minibatch, nIn, steps]} each step has labels, {@code [minibatch, columns, steps]}, and the
 * mask is {@code [minibatch, steps]} or of the labels' shape; with {@code RNNFormat.NWC} the last two dimensions change
 * places. As in Deeplearning4j's {@code RnnOutputLayer} the score is the sum over all steps, divided by the number of
 * sequences, and a mask of the features alone leaves no step out of it. The same inputs are dropped at all steps of a
 * sequence. A threshold is the mean loss of a step.
 */
public abstract class HeadsLayer extends BlockLayer implements HeadsConf {
    private Loss loss = Loss.softmaxCrossEntropy();
    private long hidden;
    private @Nullable RNNFormat rnnDataFormat;

    /** For JSON. */
    protected HeadsLayer() {}

    /** Takes the settings of the output's head. */
    protected HeadsLayer(Builder<?> builder) {
        super(builder);
        loss = builder.loss;
        hidden = builder.hidden;
        rnnDataFormat = builder.rnnDataFormat;
    }

    /** The heads on an input of so many columns, the output's first. */
    protected abstract List<PlacedHead> heads(long inputs);

    @Override
    public final List<PlacedHead> heads() {
        return heads(getNIn());
    }

    /** The head that gives the output. */
    protected final Head outputHead(ISchedule weight, double threshold) {
        return new Head(loss, getNOut(), hidden, getActivation(), isLayerNorm(), weight, threshold);
    }

    @Override
    protected final Heads block(long inputs) {
        return PlacedHead.block(inputs, heads(inputs));
    }

    @Override
    public long outputs() {
        return getNOut();
    }

    @Override
    protected String settings() {
        return ", loss=" + loss + ", heads=" + heads(getNIn()).size();
    }

    @Override
    public HeadsRuntime runtime(NeuralNetConfiguration conf, DataType dataType) {
        return new HeadsRuntime(conf, dataType);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        if (inputType instanceof InputType.InputTypeRecurrent sequences) {
            return InputType.recurrent(getNOut(), sequences.getTimeSeriesLength(), sequences.getFormat());
        }
        super.getOutputType(layerIndex, inputType);
        return InputType.feedForward(getNOut());
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        if (inputType instanceof InputType.InputTypeRecurrent sequences) {
            if (rnnDataFormat == null || override) {
                rnnDataFormat = sequences.getFormat();
            }
            super.setNIn(InputType.feedForward(sequences.getSize()), override);
        } else {
            super.setNIn(inputType, override);
        }
    }

    /** None for sequences: a head reads each step. */
    @Override
    public @Nullable InputPreProcessor getPreProcessorForInputType(InputType inputType) {
        return inputType instanceof InputType.InputTypeRecurrent ? null : super.getPreProcessorForInputType(inputType);
    }

    /** Where the features of sequences stand; null if the network's input type does not say, then NCW. */
    @Override
    public @Nullable RNNFormat getRnnDataFormat() {
        return rnnDataFormat;
    }

    /** Sets where the features of sequences stand. */
    public void setRnnDataFormat(@Nullable RNNFormat rnnDataFormat) {
        this.rnnDataFormat = rnnDataFormat;
    }

    @Override
    public final boolean hasActivation() {
        return hidden > 0;
    }

    /** The loss of the output. */
    public Loss getLoss() {
        return loss;
    }

    /** Sets the loss of the output. */
    public void setLoss(Loss loss) {
        this.loss = loss;
    }

    /** Units of the hidden layer below the output; 0 for none. */
    public long getHidden() {
        return hidden;
    }

    /** Sets the units of the hidden layer below the output. */
    public void setHidden(long hidden) {
        this.hidden = hidden;
        setNIn(getNIn());
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return super.equals(o)
                && o instanceof HeadsLayer other
                && rnnDataFormat == other.rnnDataFormat
                && heads(getNIn()).equals(other.heads(getNIn()));
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), heads(getNIn()));
    }

    /** Settings of the output's head; {@code loss} and {@code nOut} are required. */
    @SuppressWarnings("unchecked")
    public abstract static class Builder<T extends Builder<T>> extends BlockLayer.Builder<T> {
        private final Loss loss;
        private long hidden;
        private @Nullable RNNFormat rnnDataFormat;

        /** A head with that loss. */
        protected Builder(Loss loss) {
            this.loss = loss;
        }

        /** Units of a hidden layer below the output, with this layer's {@code activation}; 0, the default, for none. */
        public T hidden(long units) {
            hidden = units;
            return (T) this;
        }

        /** Where the features of sequences stand; taken from the network's input type when not given. */
        public T dataFormat(RNNFormat format) {
            rnnDataFormat = format;
            return (T) this;
        }
    }
}
