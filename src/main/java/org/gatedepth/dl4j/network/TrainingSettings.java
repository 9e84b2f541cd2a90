package org.gatedepth.dl4j.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.util.NetworkUtils;
import org.gatedepth.block.Activations;
import org.gatedepth.dl4j.base.BlockLayer;
import org.gatedepth.dl4j.runtime.Noise;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Optional;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Changes how layers and vertices of an existing network are trained.
 *
 * <p>A workaround: Deeplearning4j's {@code setLearningRate} and {@link FineTuneConfiguration} reach its own
 * {@code BaseLayer}s only, and pass over SameDiff layers and vertices and over whatever is in a wrapper. A fine-tune
 * configuration also gives stock layers a weight decay twice, and one with a weight decay of biases throws.
 */
public final class TrainingSettings {
    private TrainingSettings() {}

    /** Sets the learning rate of a SameDiff layer or vertex; others are left alone. */
    public static void setLearningRate(@Nullable TrainingConfig config, ISchedule schedule) {
        if (config instanceof AbstractSameDiffLayer layer) {
            layer.setUpdater(withRate(layer.getUpdater(), schedule));
            layer.setBiasUpdater(withRate(layer.getBiasUpdater(), schedule));
        } else if (config instanceof SameDiffVertex vertex) {
            vertex.setUpdater(withRate(vertex.getUpdater(), schedule));
            vertex.setBiasUpdater(withRate(vertex.getBiasUpdater(), schedule));
        }
    }

    /** A copy, since layers and the copies of a network share their updaters. */
    private static @Nullable IUpdater withRate(@Nullable IUpdater updater, ISchedule schedule) {
        if (updater == null || !updater.hasLearningRate()) {
            return updater;
        }
        IUpdater copy = updater.clone();
        copy.setLrAndSchedule(Double.NaN, schedule);
        return copy;
    }

    /**
     * A configuration with other settings of training, at the beginning of its training.
     *
     * @param conf the configuration, which is left as it is and shares nothing with the result
     */
    public static MultiLayerConfiguration fineTuned(MultiLayerConfiguration conf, FineTuneConfiguration tuning) {
        MultiLayerConfiguration tuned = MultiLayerConfiguration.fromJson(conf.toJson());
        tuned.getConfs().forEach(layer -> apply(tuning, layer));
        tuning.applyToMultiLayerConfiguration(tuned);
        if (tuning.getTrainingWorkspaceMode() != null) {
            tuned.setTrainingWorkspaceMode(tuning.getTrainingWorkspaceMode());
        }
        if (tuning.getInferenceWorkspaceMode() != null) {
            tuned.setInferenceWorkspaceMode(tuning.getInferenceWorkspaceMode());
        }
        tuned.setIterationCount(0);
        tuned.setEpochCount(0);
        return tuned;
    }

    /** The same for a graph. */
    public static ComputationGraphConfiguration fineTuned(
            ComputationGraphConfiguration conf, FineTuneConfiguration tuning) {
        ComputationGraphConfiguration tuned = ComputationGraphConfiguration.fromJson(conf.toJson());
        for (GraphVertex vertex : tuned.getVertices().values()) {
            if (vertex instanceof LayerVertex layer) {
                apply(tuning, layer.getLayerConf());
            } else if (vertex instanceof SameDiffVertex sameDiff) {
                apply(tuning, sameDiff);
            }
        }
        tuning.applyToNeuralNetConfiguration(tuned.getDefaultConfiguration());
        tuning.applyToComputationGraphConfiguration(tuned);
        if (tuning.getTrainingWorkspaceMode() != null) {
            tuned.setTrainingWorkspaceMode(tuning.getTrainingWorkspaceMode());
        }
        if (tuning.getInferenceWorkspaceMode() != null) {
            tuned.setInferenceWorkspaceMode(tuning.getInferenceWorkspaceMode());
        }
        tuned.setIterationCount(0);
        tuned.setEpochCount(0);
        return tuned;
    }

    /** Also the layer inside of wrappers; a frozen one keeps what it has. */
    private static void apply(FineTuneConfiguration tuning, NeuralNetConfiguration conf) {
        conf.setIterationCount(0);
        conf.setEpochCount(0);
        Layer layer = conf.getLayer();
        if (!Wrappers.isFrozen(layer)) {
            apply(tuning, Wrappers.unwrapped(layer));
        }
        conf.setLayer(null);
        tuning.applyToNeuralNetConfiguration(conf); // what is no layer's: the seed, for example
        conf.setLayer(layer);
    }

    private static void apply(FineTuneConfiguration tuning, Layer layer) {
        if (layer instanceof BlockLayer block) {
            apply(tuning, block);
        }
        if (layer instanceof AbstractSameDiffLayer sameDiff) {
            apply(tuning, sameDiff);
        } else if (layer instanceof BaseLayer stock) {
            apply(tuning, stock);
        }
        if (tuning.getConstraints() != null) {
            List<LayerConstraint> constraints = valueOf(tuning.getConstraints());
            layer.setConstraints(
                    constraints == null
                            ? null
                            : constraints.stream().map(LayerConstraint::clone).toList());
        }
        ConvolutionMode mode = tuning.getConvolutionMode();
        if (mode != null && layer instanceof SubsamplingLayer pooling) {
            pooling.setConvolutionMode(mode);
        }
        if (layer instanceof ConvolutionLayer convolution) {
            convolution.setConvolutionMode(mode == null ? convolution.getConvolutionMode() : mode);
            if (tuning.getCudnnAlgoMode() != null) {
                convolution.setCudnnAlgoMode(tuning.getCudnnAlgoMode());
            }
        }
    }

    private static void apply(FineTuneConfiguration tuning, BaseLayer layer) {
        if (tuning.getActivationFn() != null) {
            layer.setActivationFn(tuning.getActivationFn());
        }
        if (tuning.getWeightInitFn() != null) {
            layer.setWeightInitFn(tuning.getWeightInitFn());
        }
        if (tuning.getBiasInit() != null) {
            layer.setBiasInit(tuning.getBiasInit());
        }
        if (tuning.getWeightNoise() != null) {
            layer.setWeightNoise(valueOf(tuning.getWeightNoise()));
        }
        if (tuning.getDropout() != null) {
            layer.setIDropout(copy(tuning.getDropout()));
        }
        layer.setRegularization(weights(tuning, layer.getRegularization()));
        layer.setRegularizationBias(biases(tuning, layer.getRegularizationBias()));
        if (tuning.getUpdater() != null) {
            layer.setIUpdater(tuning.getUpdater().clone());
        }
        if (tuning.getBiasUpdater() != null) {
            layer.setBiasUpdater(tuning.getBiasUpdater().clone());
        }
        if (tuning.getGradientNormalization() != null) {
            layer.setGradientNormalization(valueOf(tuning.getGradientNormalization()));
        }
        if (tuning.getGradientNormalizationThreshold() != null) {
            layer.setGradientNormalizationThreshold(tuning.getGradientNormalizationThreshold());
        }
    }

    private static void apply(FineTuneConfiguration tuning, AbstractSameDiffLayer layer) {
        layer.setRegularization(weights(tuning, layer.getRegularization()));
        layer.setRegularizationBias(biases(tuning, layer.getRegularizationBias()));
        if (tuning.getUpdater() != null) {
            layer.setUpdater(tuning.getUpdater().clone());
        }
        if (tuning.getBiasUpdater() != null) {
            layer.setBiasUpdater(tuning.getBiasUpdater().clone());
        }
        if (tuning.getGradientNormalization() != null) {
            layer.setGradientNormalization(valueOf(tuning.getGradientNormalization()));
        }
        if (tuning.getGradientNormalizationThreshold() != null) {
            layer.setGradientNormalizationThreshold(tuning.getGradientNormalizationThreshold());
        }
    }

    private static void apply(FineTuneConfiguration tuning, SameDiffVertex vertex) {
        vertex.setRegularization(weights(tuning, vertex.getRegularization()));
        vertex.setRegularizationBias(biases(tuning, vertex.getRegularizationBias()));
        if (tuning.getUpdater() != null) {
            vertex.setUpdater(tuning.getUpdater().clone());
        }
        if (tuning.getBiasUpdater() != null) {
            vertex.setBiasUpdater(tuning.getBiasUpdater().clone());
        }
        if (tuning.getGradientNormalization() != null) {
            vertex.setGradientNormalization(valueOf(tuning.getGradientNormalization()));
        }
        if (tuning.getGradientNormalizationThreshold() != null) {
            vertex.setGradientNormalizationThreshold(tuning.getGradientNormalizationThreshold());
        }
    }

    private static List<Regularization> weights(FineTuneConfiguration tuning, @Nullable List<Regularization> now) {
        return changed(tuning.getRegularization(), now, tuning.isRemoveL1(), tuning.isRemoveL2(), tuning.isRemoveWD());
    }

    private static List<Regularization> biases(FineTuneConfiguration tuning, @Nullable List<Regularization> now) {
        return changed(
                tuning.getRegularizationBias(),
                now,
                tuning.isRemoveL1Bias(),
                tuning.isRemoveL2Bias(),
                tuning.isRemoveWDBias());
    }

    /** As Deeplearning4j for its own layers: what is given replaces all there is, and a 0 takes its kind away. */
    private static List<Regularization> changed(
            @Nullable List<Regularization> given,
            @Nullable List<Regularization> now,
            boolean withoutL1,
            boolean withoutL2,
            boolean withoutDecay) {
        List<Regularization> result = new ArrayList<>();
        if (given != null && !given.isEmpty()) {
            result.addAll(given);
        } else if (now != null) {
            result.addAll(now);
        }
        if (withoutL1) {
            NetworkUtils.removeInstances(result, L1Regularization.class);
        }
        if (withoutL2) {
            NetworkUtils.removeInstances(result, L2Regularization.class);
        }
        if (withoutDecay) {
            NetworkUtils.removeInstances(result, WeightDecay.class);
        }
        return result;
    }

    /** What layers of blocks have beyond other SameDiff layers. */
    private static void apply(FineTuneConfiguration tuning, BlockLayer layer) {
        refuse(layer, "biasInit", tuning.getBiasInit(), "their biases are trained already");
        refuse(layer, "weightNoise", valueOf(tuning.getWeightNoise()), "they have no weight noise");
        if (tuning.getActivationFn() != null && layer.hasActivation()) {
            layer.setActivation(activation(layer, tuning.getActivationFn()));
        }
        if (tuning.getWeightInitFn() != null) {
            layer.setWeightInitFn(tuning.getWeightInitFn());
        }
        if (tuning.getDropout() != null) {
            IDropout dropout = copy(tuning.getDropout());
            Noise.requireMultiplicative(layer.named(), dropout);
            layer.setIDropout(dropout);
        }
        List<LayerConstraint> constraints = valueOf(tuning.getConstraints());
        if (constraints != null) {
            requireNames(layer, constraints);
        }
    }

    private static void refuse(BlockLayer layer, String setting, @Nullable Object value, String why) {
        if (value != null) {
            throw new DL4JInvalidConfigException("a fine-tune configuration for gated layers has no " + setting
                    + ", since " + why + "; leave it out, got " + value + " for " + layer.named());
        }
    }

    private static Activation activation(BlockLayer layer, IActivation function) {
        for (Activation activation : Activations.supported()) {
            if (activation.getActivationFunction().equals(function)) {
                return activation;
            }
        }
        throw new DL4JInvalidConfigException(layer.named() + " cannot have the activation " + function
                + "; use one of these with their default values: " + Activations.supported());
    }

    /** Deeplearning4j ignores a constraint on parameters that a layer does not have. */
    private static void requireNames(BlockLayer layer, List<LayerConstraint> constraints) {
        Set<String> names = layer.getLayerParams().getParamShapes().keySet();
        for (LayerConstraint constraint : constraints) {
            if (constraint.getParams().stream().noneMatch(names::contains)) {
                throw new DL4JInvalidConfigException("a constraint of " + layer.named() + " must name one of its"
                        + " parameters " + names + " in setParams(..), got " + constraint.getParams());
            }
        }
    }

    /** Of its own for each layer, since a dropout has a state. */
    private static @Nullable IDropout copy(Optional<IDropout> given) {
        IDropout dropout = valueOf(given);
        return dropout == null ? null : dropout.clone();
    }

    private static <T> @Nullable T valueOf(@Nullable Optional<T> given) {
        return given == null || !given.isPresent() ? null : given.get();
    }
}
