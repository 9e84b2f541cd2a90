package org.gatedepth.dl4j.base;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.gatedepth.block.Activations;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Parametric;
import org.gatedepth.dl4j.runtime.Noise;
import org.gatedepth.dl4j.runtime.ParamStorage;
import org.gatedepth.dl4j.runtime.SequenceInitializer;
import org.gatedepth.dl4j.runtime.TimeConf;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A Deeplearning4j layer over sequences, in time-major order inside.
 *
 * <p>Input {@code [minibatch, nIn, steps]}, output {@code [minibatch, nOut, steps]}, or {@code [minibatch, steps, …]}
 * with {@code RNNFormat.NWC}; minibatch and steps may differ from one call to the next. To Deeplearning4j it is a
 * recurrent layer: {@code Bidirectional}, {@code LastTimeStep}, {@code MaskZeroLayer}, {@code RnnOutputLayer}, masks,
 * truncated backpropagation through time and {@code FineTuneConfiguration} work as with its own.
 *
 * <p>Masked steps are zeros in the output, and no other step depends on them. {@code dropOut(..)} drops inputs of the
 * transforms and leaves carries and skips alone, the same ones at every step of a sequence; its argument is the
 * probability to <i>keep</i>. The parameters stand as two vectors, {@code W} with all weights and {@code b} with all
 * biases; {@code getParam} and {@code setParam} of the layer also know the single ones by name.
 *
 * <p>A subclass adds fields, a builder, and what the layer computes.
 */
public abstract class TimeLayer extends BaseRecurrentLayer implements TimeConf {
    /** For JSON. */
    protected TimeLayer() {}

    /** Checks what the builder was given; {@code nIn} may still be missing. */
    protected TimeLayer(Builder<?> builder) {
        super(builder);
        if (nIn < 0) {
            throw new IllegalArgumentException("nIn must be at least 1, or 0 to infer it, got " + nIn);
        }
        if (builder.getRecurrentConstraints() != null || builder.getInputWeightConstraints() != null) {
            throw refused("constraints", "its matrices are stored as one vector");
        }
    }

    /** What the layer computes with this many inputs. */
    protected abstract Parametric equation(long inputs);

    /** About how many elements one sequence of so many steps takes. */
    protected abstract long computedElements(long steps);

    /** The initialisation of single weights that the network's does not decide, by name; none unless overridden. */
    protected Map<String, IWeightInit> ownInitialisation() {
        return Map.of();
    }

    /** nIn; while it is not known one that differs from nOut, so that a projection is named too. */
    private long inputsOrAny() {
        return nIn > 0 ? nIn : nOut + 1;
    }

    /** The end of a subclass's constructor: refuses settings that no block can have. */
    protected final void complete(Builder<?> builder) {
        if (nOut < 1) {
            throw new IllegalArgumentException("nOut must be at least 1, got " + nOut);
        }
        equation(inputsOrAny());
        initializeConstraints(builder);
        requireWhatIsHonoured();
    }

    /** Refuses what the network's builder may have set, or this layer's, and the layer cannot have. */
    protected void requireWhatIsHonoured() {
        Noise.requireMultiplicative(getClass().getSimpleName(), getIDropout());
        if (getConstraints() != null && !getConstraints().isEmpty()) {
            throw refused("constraints", "its matrices are stored as one vector");
        }
        if (getWeightNoise() != null) {
            throw refused("weight noise", "its function reads the parameters in place; use dropOut(..)");
        }
        if (isSet(getBiasInit(), 0)) {
            throw refused("biasInit", "each block has the initial biases that fit it; set them by setParam(..)");
        }
        if (isSet(getGainInit(), 1)) {
            throw refused("gainInit", "gains start at 1; set them by setParam(..)");
        }
    }

    private static boolean isSet(double value, double unset) {
        return !Double.isNaN(value) && value != unset;
    }

    /** The error of a setting that the layer cannot have. */
    protected final DL4JInvalidConfigException refused(String what, String why) {
        return new DL4JInvalidConfigException(
                getClass().getSimpleName() + " \"" + getLayerName() + "\" takes no " + what + ", since " + why);
    }

    /** nIn, if it is known. */
    protected final long requireInputs() {
        if (nIn < 1) {
            throw new DL4JInvalidConfigException(getClass().getSimpleName() + " \"" + getLayerName()
                    + "\" does not know its nIn: call nIn(..), or setInputType(..) on the network's builder");
        }
        return nIn;
    }

    private ParamStorage storage() {
        return new ParamStorage(equation(requireInputs()), true);
    }

    /** The activation of transforms. */
    public final Activation transformActivation() {
        return Arrays.stream(Activation.values())
                .filter(known -> known.getActivationFunction().equals(activationFn))
                .findFirst()
                .map(Activations::requireSupported)
                .orElseThrow(() -> new IllegalArgumentException("activation " + activationFn
                        + " cannot be expressed in SameDiff; use one of " + Activations.supported()));
    }

    @Override
    public final long length(ParamSpec.Role role) {
        return new ParamStorage(equation(inputsOrAny()), true).length(role);
    }

    @Override
    public final void initialize(Map<String, INDArray> stored) {
        IWeightInit scheme = weightInitFn == null ? WeightInit.XAVIER.getWeightInitFunction() : weightInitFn;
        storage().initialize(stored, scheme, ownInitialisation());
    }

    @Override
    public final Map<String, INDArray> views(Map<String, INDArray> stored) {
        return storage().views(stored);
    }

    @Override
    public ParamInitializer initializer() {
        return SequenceInitializer.INSTANCE;
    }

    @Override
    public org.deeplearning4j.nn.api.Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> trainingListeners,
            int layerIndex,
            INDArray layerParamsView,
            boolean initializeParams,
            DataType networkDataType) {
        requireWhatIsHonoured();
        return timeRuntime(conf, networkDataType)
                .attach(trainingListeners, layerIndex, layerParamsView, initializeParams);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        InputType.InputTypeRecurrent sequences = requireSequences(inputType);
        return InputType.recurrent(
                equation(requireInputs()).outputSize(), sequences.getTimeSeriesLength(), sequences.getFormat());
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        requireSequences(inputType);
        super.setNIn(inputType, override);
    }

    private InputType.InputTypeRecurrent requireSequences(InputType inputType) {
        if (inputType instanceof InputType.InputTypeRecurrent sequences) {
            return sequences;
        }
        throw new IllegalStateException(getClass().getSimpleName() + " \"" + getLayerName()
                + "\" reads sequences; it needs InputType.recurrent(..) or a pre-processor, got " + inputType);
    }

    /** An estimate: what is computed for each step, and in training its gradient. */
    @Override
    public LayerMemoryReport getMemoryReport(InputType inputType) {
        long steps = Math.max(1, requireSequences(inputType).getTimeSeriesLength());
        long computed = computedElements(steps);
        Map<CacheMode, Long> training = new EnumMap<>(CacheMode.class);
        for (CacheMode mode : CacheMode.values()) {
            training.put(mode, 2 * computed);
        }
        long params = initializer().numParams(this);
        return new LayerMemoryReport.Builder(getLayerName(), getClass(), inputType, getOutputType(-1, inputType))
                .standardMemory(params, iUpdater == null ? 0 : iUpdater.stateSize(params))
                .workingMemory(0, computed, MemoryReport.CACHE_MODE_ALL_ZEROS, training)
                .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
                .build();
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof TimeLayer other
                && getClass() == other.getClass()
                && super.equals(other)
                && equation(inputsOrAny()).equals(other.equation(inputsOrAny()));
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + equation(inputsOrAny()).hashCode();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "(name=" + getLayerName() + ", nIn=" + nIn + ", nOut=" + nOut + ")";
    }

    /** Shared settings of the layers; {@code nOut} is required. */
    public abstract static class Builder<T extends Builder<T>> extends BaseRecurrentLayer.Builder<T> {
        /** An activation that the network's global activation does not replace. */
        protected Builder(IActivation activation) {
            activationFn = activation;
        }
    }
}
