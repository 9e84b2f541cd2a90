package org.gatedepth.loss;

import java.util.List;
import org.gatedepth.block.Activations;
import org.gatedepth.block.Block;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.Stack;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * An output of a network at any depth: a linear map, with a hidden layer below it if wanted, a loss, and the weight of
 * that loss in the network's.
 *
 * <p>In a minibatch of n examples whose losses have the mean L it adds {@code w(epoch)·max(L − threshold, 0)} to the
 * score: with a threshold above 0 the head falls silent once its loss is below it, and speaks again should the loss
 * rise (Lee et al. 2014, arXiv 1409.5185, equation 3).
 *
 * <p>Start from {@link #of} and change what differs with the {@code with...} methods.
 *
 * @param loss the loss
 * @param outputs number of outputs
 * @param hidden units of the hidden layer; 0 for none
 * @param activation activation of the hidden layer
 * @param layerNorm whether the head's input is normalised first
 * @param weight weight of the loss, by epoch or iteration; each value finite and not negative
 * @param threshold loss of an example, in the mean, below which the head is off; finite and not negative, 0 for never
 */
public record Head(
        @JsonProperty("loss") Loss loss,
        @JsonProperty("outputs") long outputs,
        @JsonProperty("hidden") long hidden,
        @JsonProperty("activation") Activation activation,
        @JsonProperty("layerNorm") boolean layerNorm,
        @JsonProperty("weight") ISchedule weight,
        @JsonProperty("threshold") double threshold) {

    /**
     * Weight of an auxiliary head unless another is given: that of Szegedy et al. 2014 (GoogLeNet, arXiv 1409.4842).
     */
    public static final double DEFAULT_WEIGHT = 0.3;

    /** Checks the settings. */
    public Head {
        LossSettings.require(outputs >= 1, "a head needs at least 1 output, got " + outputs);
        loss.requireOutputs(outputs);
        LossSettings.require(hidden >= 0, "hidden units of a head must be at least 0 (0 for none), got " + hidden);
        Activations.requireSupported(activation);
        requireWeight(weight.valueAt(0, 0));
        LossSettings.require(
                threshold >= 0 && !Double.isInfinite(threshold),
                "the threshold of a head's loss must be a finite number of at least 0, got " + threshold);
    }

    /** A linear head of weight {@link #DEFAULT_WEIGHT}. */
    public static Head of(Loss loss, long outputs) {
        return new Head(loss, outputs, 0, Activation.RELU, false, new FixedSchedule(DEFAULT_WEIGHT), 0);
    }

    /** With a constant weight. */
    public Head withWeight(double constant) {
        return withWeight(new FixedSchedule(constant));
    }

    /**
     * With a weight that changes: {@link LinearDecay}, or a schedule of ND4J such as {@code ExponentialSchedule} and
     * {@code MapSchedule} with {@code ScheduleType.EPOCH}.
     */
    public Head withWeight(ISchedule schedule) {
        return new Head(loss, outputs, hidden, activation, layerNorm, schedule, threshold);
    }

    /** With a hidden layer of so many units below the linear map; 0 for none. */
    public Head withHidden(long units, Activation function) {
        return new Head(loss, outputs, units, function, layerNorm, weight, threshold);
    }

    /** With or without layer normalisation of its input. */
    public Head withLayerNorm(boolean normalise) {
        return new Head(loss, outputs, hidden, activation, normalise, weight, threshold);
    }

    /** Off while the mean loss is below so much. */
    public Head withThreshold(double meanLoss) {
        return new Head(loss, outputs, hidden, activation, layerNorm, weight, meanLoss);
    }

    /** The map from so many features to the scores. */
    public Block block(long inputs) {
        if (hidden == 0) {
            return new DenseBlock(inputs, outputs, Activation.IDENTITY, layerNorm);
        }
        return new Stack(List.of(
                new DenseBlock(inputs, hidden, activation, layerNorm),
                new DenseBlock(hidden, outputs, Activation.IDENTITY, false)));
    }

    /**
     * The weight of the loss.
     *
     * @throws IllegalArgumentException if the schedule gives a number that is negative or not finite
     */
    public double weightAt(int iteration, int epoch) {
        return requireWeight(weight.valueAt(iteration, epoch));
    }

    private static double requireWeight(double weight) {
        LossSettings.require(
                weight >= 0 && !Double.isInfinite(weight),
                "the weight of a head must be a finite number of at least 0, got " + weight);
        return weight;
    }
}
