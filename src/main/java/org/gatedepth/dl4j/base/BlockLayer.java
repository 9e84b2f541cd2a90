package org.gatedepth.dl4j.base;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.gatedepth.block.Activations;
import org.gatedepth.block.Block;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.dl4j.runtime.BlockConf;
import org.gatedepth.dl4j.runtime.Memory;
import org.gatedepth.dl4j.runtime.Noise;
import org.gatedepth.dl4j.runtime.ParamStorage;
import org.gatedepth.dl4j.runtime.RowTypes;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

/**
 * A Deeplearning4j layer whose function is a {@link Block}.
 *
 * <p>Input {@code [minibatch, nIn]}, output {@code [minibatch, nOut]}; sequences and images are reshaped by the same
 * pre-processors as for a {@link DenseLayer}, and masked rows come out as zeros. {@code dropOut(..)} drops inputs of
 * the block's transform and leaves its carry or skip alone, so that a deep network keeps its signal; as everywhere in
 * Deeplearning4j its argument is the probability to <i>keep</i>. A subclass adds fields, a builder, {@link #block}.
 */
public abstract class BlockLayer extends SameDiffLayer implements BlockConf {
    private long nIn;
    private long nOut;
    private Activation activation = Activation.RELU;
    private boolean layerNorm;
    private @Nullable IWeightInit weightInitFn;
    private transient @Nullable SDLayerParams cachedParams;
    /** The inputs for which a network has made this layer's parameters; 0 for none. */
    private transient long initialisedInputs;

    /** For JSON. */
    protected BlockLayer() {}

    /** Checks what the builder was given; {@code nIn} may still be missing. */
    protected BlockLayer(Builder<?> builder) {
        super(builder);
        weightInit = null;
        nIn = builder.nIn;
        nOut = builder.nOut;
        activation = Activations.requireSupported(builder.activation);
        layerNorm = builder.layerNorm;
        weightInitFn = builder.initialWeights();
        if (nIn < 0) {
            throw new IllegalArgumentException("nIn must be at least 1, or 0 to infer it, got " + nIn);
        }
        Noise.requireMultiplicative(getClass().getSimpleName(), getIDropout());
    }

    /** The block for {@code getNOut()} and this many inputs. */
    protected abstract Block block(long inputs);

    /** nIn; while it is not known one that differs from nOut, so that the block names its projection too. */
    private long inputsOrAny() {
        return nIn > 0 ? nIn : nOut + 1;
    }

    /** The end of a subclass's constructor: refuses settings that no block can have, and takes the constraints. */
    protected final void complete(Builder<?> builder) {
        if (nOut < 1) {
            throw new IllegalArgumentException("nOut must be at least 1, got " + nOut);
        }
        block(inputsOrAny());
        initializeConstraints(builder);
        requireNoConstraints();
    }

    private void requireNoConstraints() {
        if (isStoredAsVectors() && getConstraints() != null && !getConstraints().isEmpty()) {
            throw new DL4JInvalidConfigException(named()
                    + " takes no constraints, since its matrices are stored as one vector; constrain single layers");
        }
    }

    @Override
    public final Block block() {
        if (nIn < 1) {
            throw new DL4JInvalidConfigException(
                    named() + " does not know its nIn: call nIn(..), or setInputType(..) on the network's builder");
        }
        return block(nIn);
    }

    /** The transform of most blocks: a plain layer with this layer's activation and normalisation. */
    protected final DenseBlock transform(long inputs, long outputs) {
        return new DenseBlock(inputs, outputs, activation, layerNorm);
    }

    @Override
    public final void defineParameters(SDLayerParams params) {
        new ParamStorage(block(inputsOrAny()), isStoredAsVectors()).define(params);
    }

    @Override
    public final void initializeParameters(Map<String, INDArray> arrays) {
        IWeightInit scheme = weightInitFn == null ? WeightInit.XAVIER.getWeightInitFunction() : weightInitFn;
        new ParamStorage(block(), isStoredAsVectors())
                .initialize(arrays, scheme, paramWeightInit == null ? Map.of() : paramWeightInit);
    }

    @Override
    public final Map<String, INDArray> views(Map<String, INDArray> stored) {
        return new ParamStorage(block(), isStoredAsVectors()).views(stored);
    }

    /** Whether Deeplearning4j sees all weights as one vector and all biases as another; see {@link ParamStorage}. */
    protected boolean isStoredAsVectors() {
        return false;
    }

    @Override
    public final SDVariable defineLayer(
            SameDiff sd, SDVariable layerInput, Map<String, SDVariable> paramTable, @Nullable SDVariable mask) {
        return block().apply(sd, layerInput, name -> Objects.requireNonNull(paramTable.get(name), name));
    }

    @Override
    public org.deeplearning4j.nn.api.Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> trainingListeners,
            int layerIndex,
            INDArray layerParamsView,
            boolean initializeParams,
            DataType networkDataType) {
        Noise.requireMultiplicative(getClass().getSimpleName(), getIDropout());
        requireNoConstraints();
        initialisedInputs = nIn;
        return runtime(conf, networkDataType).attach(trainingListeners, layerIndex, layerParamsView, initializeParams);
    }

    /** Parameters, state of the updater, activations, and what the blocks hand on to each other inside the layer. */
    @Override
    public LayerMemoryReport getMemoryReport(InputType inputType) {
        InputType[] types = {inputType, getOutputType(-1, inputType)};
        Map<String, long[]> shapes = getLayerParams().getParamShapes();
        return Memory.of(this, getLayerName(), types, shapes, this::getUpdaterByParam, Memory.between(block()));
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        return RowTypes.output(named() + " (index " + layerIndex + ")", inputType, block().outputSize());
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        if (nIn <= 0 || override) {
            long inputs = inputs(inputType);
            RowTypes.requireUnchanged(named(), initialisedInputs, inputs);
            setNIn(inputs);
        }
    }

    /** Number of inputs of this layer where it reads this type. */
    protected long inputs(InputType inputType) {
        return RowTypes.inputs(inputType);
    }

    /** Called where {@code TransferLearning} replaces nOut or nIn, which it can do to its own layers alone. */
    @Override
    public void resetLayerDefaultConfig() {
        throw new DL4JInvalidConfigException(
                "nOutReplace and nInReplace do not change gated layers; remove " + named() + " and add it anew");
    }

    @Override
    public @Nullable InputPreProcessor getPreProcessorForInputType(InputType inputType) {
        return RowTypes.preProcessor(inputType);
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "(name=" + getLayerName() + ", nIn=" + nIn + ", nOut=" + nOut + settings()
                + ")";
    }

    /** What a subclass says of itself beyond its sizes, such as {@code ", depth=3"}. */
    protected String settings() {
        return ", activation=" + activation;
    }

    /** What a message calls this layer. */
    public final String named() {
        return getClass().getSimpleName() + " \"" + getLayerName() + "\"";
    }

    @Override
    public void applyGlobalConfigToLayer(NeuralNetConfiguration.Builder globalConfig) {
        if (weightInitFn == null) {
            weightInitFn = globalConfig.getWeightInitFn();
        }
    }

    @Override
    @JsonIgnore
    public SDLayerParams getLayerParams() {
        SDLayerParams params = cachedParams;
        if (params == null) {
            params = new SDLayerParams();
            defineParameters(params);
            cachedParams = params;
        }
        return params;
    }

    @Override
    @JsonIgnore
    public void setLayerParams(SDLayerParams layerParams) {
        // Derived from the block, never stored.
    }

    @Override
    public @Nullable List<Regularization> getRegularizationByParam(String paramName) {
        return getLayerParams().isWeightParam(paramName) ? regularization : regularizationBias;
    }

    /** Number of inputs; 0 while it is not known. */
    @Override
    public long getNIn() {
        return nIn;
    }

    /** Sets the number of inputs. */
    public void setNIn(long nIn) {
        this.nIn = nIn;
        cachedParams = null;
    }

    /** Number of units. */
    public long getNOut() {
        return nOut;
    }

    /** Sets the number of units. */
    public void setNOut(long nOut) {
        this.nOut = nOut;
        cachedParams = null;
    }

    /** Activation of the transform. */
    public Activation getActivation() {
        return activation;
    }

    /** Whether the activation acts on anything. */
    public boolean hasActivation() {
        return true;
    }

    /** Sets the activation. */
    public void setActivation(Activation activation) {
        this.activation = activation;
    }

    /** Whether the transform normalises its input. */
    public boolean isLayerNorm() {
        return layerNorm;
    }

    /** Sets the normalisation. */
    public void setLayerNorm(boolean layerNorm) {
        this.layerNorm = layerNorm;
        cachedParams = null;
    }

    /** Initial values of the weights. */
    public @Nullable IWeightInit getWeightInitFn() {
        return weightInitFn;
    }

    /** Sets the initial values of the weights. */
    public void setWeightInitFn(@Nullable IWeightInit weightInitFn) {
        this.weightInitFn = weightInitFn;
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof BlockLayer other
                && getClass() == other.getClass()
                && super.equals(other)
                && nIn == other.nIn
                && nOut == other.nOut
                && Objects.equals(weightInitFn, other.weightInitFn)
                && block(inputsOrAny()).equals(other.block(inputsOrAny()));
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + block(inputsOrAny()).hashCode();
    }

    /** Shared settings of the layers; {@code nOut} is required. */
    @SuppressWarnings("unchecked")
    public abstract static class Builder<T extends Builder<T>> extends TypedBuilder<T> {
        private long nIn;
        private long nOut;
        private Activation activation = Activation.RELU;
        private boolean layerNorm;

        /** Number of inputs; inferred from the network's input type when not given. */
        public T nIn(long inputs) {
            nIn = inputs;
            return (T) this;
        }

        /** Number of units. */
        public T nOut(long units) {
            nOut = units;
            return (T) this;
        }

        /** Activation of the transform, relu by default; the network's global activation is not applied. */
        public T activation(Activation function) {
            activation = function;
            return (T) this;
        }

        /** Whether the transform normalises its input first; false by default. */
        public T layerNorm(boolean normalise) {
            layerNorm = normalise;
            return (T) this;
        }
    }
}
