package org.gatedepth.dl4j;

import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.gatedepth.dl4j.base.HeadsLayer;
import org.gatedepth.dl4j.runtime.HeadsRuntime;
import org.gatedepth.dl4j.runtime.PlacedHead;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * An intermediate head of a {@code ComputationGraph}: a linear map of any layer's output, with a loss that has a weight
 * in the network's, {@code score = Σ_heads w(epoch)·L}.
 *
 * <p>Deeplearning4j adds the scores of several outputs as they are; here the weight is the head's own, and it may
 * change with the epochs. The network's epoch is saved with it, so that a schedule goes on where it was.
 *
 * <ul>
 *   <li>input {@code [minibatch, nIn]}; labels {@code [minibatch, nOut]}; label mask {@code [minibatch, 1]} or
 *       {@code [minibatch, nOut]}, which weights examples or single labels; output {@code [minibatch, nOut]}:
 *       probabilities, or the predicted numbers
 *   <li>on sequences: input {@code [minibatch, nIn, steps]}, labels and output {@code [minibatch, nOut, steps]}, label
 *       mask {@code [minibatch, steps]} or of the labels' shape; see {@link HeadsLayer}
 *   <li>parameters: {@code W [nIn, nOut]} and {@code b [1, nOut]}; with a hidden layer {@code b0/W}, {@code b0/b} and
 *       above it {@code b1/W}, {@code b1/b}; with layer normalisation {@code gain} and {@code shift} of the input
 *   <li>initial values: weights by {@code weightInit}, biases at 0
 *   <li>dropout acts on the inputs of both maps
 *   <li>errors: {@code IllegalArgumentException} for a weight, threshold, smoothing or class weight that is negative or
 *       not finite, class weights that are not nOut, and labels or masks of another shape
 * </ul>
 *
 * <p>Sources: Lee et al. 2014, <i>Deeply-Supervised Nets</i>, arXiv 1409.5185 (heads, and their threshold); Szegedy et
 * al. 2014, arXiv 1409.4842 (the weight 0.3). Departures: the threshold of Lee et al. holds here for the mean loss of
 * each minibatch, and their squared hinge losses are the losses of {@link Loss}.
 *
 * <pre>{@code
 * graph.addLayer("head4", new AuxiliaryOutputLayer.Builder(Loss.softmaxCrossEntropy())
 *                 .nOut(26).weight(new LinearDecay(0.3, 0, 10)).build(), "blocks1to4")
 *      .setOutputs("out", "head4")
 * }</pre>
 */
public class AuxiliaryOutputLayer extends HeadsLayer {
    private ISchedule weight = new FixedSchedule(Head.DEFAULT_WEIGHT);
    private double threshold;

    /** For JSON. */
    protected AuxiliaryOutputLayer() {}

    private AuxiliaryOutputLayer(Builder builder) {
        super(builder);
        weight = builder.weight;
        threshold = builder.threshold;
        complete(builder);
    }

    @Override
    protected List<PlacedHead> heads(long inputs) {
        return List.of(new PlacedHead("", 0, 0, inputs, 0, outputHead(weight, threshold)));
    }

    /** Weight of the loss. */
    public ISchedule getWeight() {
        return weight;
    }

    /** Sets the weight of the loss. */
    public void setWeight(ISchedule weight) {
        this.weight = weight;
    }

    /** Mean loss below which the head is off; 0 for never. */
    public double getThreshold() {
        return threshold;
    }

    /** Sets the mean loss below which the head is off. */
    public void setThreshold(double threshold) {
        this.threshold = threshold;
    }

    @Override
    public HeadsRuntime runtime(NeuralNetConfiguration conf, DataType dataType) {
        return new org.gatedepth.dl4j.runtime.named.AuxiliaryOutputLayer(conf, dataType);
    }

    /** Builds an {@link AuxiliaryOutputLayer}; {@code nOut} is required. */
    @SuppressWarnings("unchecked") // Deeplearning4j declares build() with a type of the caller's choice
    public static class Builder extends HeadsLayer.Builder<Builder> {
        private ISchedule weight = new FixedSchedule(Head.DEFAULT_WEIGHT);
        private double threshold;

        /** A head with that loss. */
        public Builder(Loss loss) {
            super(loss);
        }

        /** Constant weight of the loss; 0.3 by default. */
        public Builder weight(double constant) {
            return weight(new FixedSchedule(constant));
        }

        /** Weight of the loss by epoch or iteration; see {@link Head#withWeight(ISchedule)}. */
        public Builder weight(ISchedule schedule) {
            weight = schedule;
            return this;
        }

        /** Mean loss of a minibatch below which the head is off; 0, the default, for never. */
        public Builder threshold(double meanLoss) {
            threshold = meanLoss;
            return this;
        }

        @Override
        public AuxiliaryOutputLayer build() {
            return new AuxiliaryOutputLayer(this);
        }
    }
}
