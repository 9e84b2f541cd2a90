package org.gatedepth.dl4j.base;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InvalidInputTypeException;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.samediff.SDVertexParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.runtime.BlockVertexRuntime;
import org.gatedepth.dl4j.runtime.Memory;
import org.gatedepth.dl4j.runtime.VertexEquation;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

/**
 * A vertex that joins branches of one shape, element by element: {@code [minibatch, size]}, sequences
 * {@code [minibatch, size, time]} or images {@code [minibatch, channels, height, width]}, or all of them with the
 * channels last.
 *
 * <p>Minibatch, time and image size may change from call to call. Masks are passed on as by {@link ElementWiseVertex}.
 */
public abstract class BlockVertex extends SameDiffVertex implements VertexEquation {
    private transient @Nullable SDVertexParams cachedParams;

    /** Names of the inputs, in the order in which they are connected. */
    @JsonIgnore
    protected abstract List<String> inputNames();

    /** Adds the parameters; none by default. */
    protected void defineParameters(SDVertexParams params) {}

    @Override
    public final void defineParametersAndInputs(SDVertexParams params) {
        params.clear();
        params.defineInputs(inputNames().toArray(new String[0]));
        defineParameters(params);
    }

    @Override
    public final SDVariable defineVertex(
            SameDiff sd,
            Map<String, SDVariable> inputs,
            Map<String, SDVariable> params,
            @Nullable Map<String, SDVariable> masks) {
        List<SDVariable> ordered = inputNames().stream()
                .map(name -> requireNonNull(inputs.get(name), name))
                .toList();
        return define(sd, ordered, name -> requireNonNull(params.get(name), name));
    }

    @Override
    public void initializeParameters(Map<String, INDArray> params) {
        // No parameters by default.
    }

    @Override
    public int minVertexInputs() {
        return inputNames().size();
    }

    @Override
    public int maxVertexInputs() {
        return inputNames().size();
    }

    @Override
    public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
            ComputationGraph graph,
            String name,
            int index,
            @Nullable INDArray paramsView,
            boolean initializeParams,
            DataType networkDataType) {
        setName(name);
        return runtime(graph, name, index, paramsView, initializeParams, networkDataType);
    }

    /** What runs this vertex. */
    protected BlockVertexRuntime runtime(
            ComputationGraph graph,
            String name,
            int index,
            @Nullable INDArray paramsView,
            boolean initialise,
            DataType dataType) {
        return new BlockVertexRuntime(this, graph, name, index, paramsView, initialise, dataType);
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "(name=" + getName() + ", inputs=" + inputNames() + settings() + ")";
    }

    /** What a subclass says of itself beyond its inputs. */
    protected String settings() {
        return "";
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType... inputs) throws InvalidInputTypeException {
        if (inputs.length != inputNames().size()) {
            throw new InvalidInputTypeException(getClass().getSimpleName() + " needs the inputs " + inputNames()
                    + " in this order, got " + inputs.length);
        }
        for (InputType input : inputs) {
            if (!Arrays.equals(input.getShape(), inputs[0].getShape())) {
                throw new InvalidInputTypeException(
                        getClass().getSimpleName() + " needs inputs of one shape, got " + Arrays.toString(inputs));
            }
            if (hasChannelsLast(input) != hasChannelsLast(inputs[0])) {
                throw new InvalidInputTypeException(getClass().getSimpleName()
                        + " needs inputs of one format, channels first or channels last, got "
                        + Arrays.toString(inputs));
            }
        }
        return inputs[0];
    }

    /** Whether the features or channels of sequences and images are in the last dimension (NWC, NHWC, NDHWC). */
    protected static boolean hasChannelsLast(InputType type) {
        if (type instanceof InputType.InputTypeRecurrent sequences) {
            return sequences.getFormat() == RNNFormat.NWC;
        }
        if (type instanceof InputType.InputTypeConvolutional3D volumes) {
            return volumes.getDataFormat() == Convolution3D.DataFormat.NDHWC;
        }
        return type instanceof InputType.InputTypeConvolutional images && images.getFormat() == CNN2DFormat.NHWC;
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArrays(
            INDArray @Nullable [] maskArrays, MaskState currentMaskState, int minibatchSize) {
        return new org.deeplearning4j.nn.graph.vertex.impl.ElementWiseVertex(
                        null,
                        getLayerName(),
                        0,
                        org.deeplearning4j.nn.graph.vertex.impl.ElementWiseVertex.Op.Add,
                        DataType.FLOAT)
                .feedForwardMaskArrays(maskArrays, currentMaskState, minibatchSize);
    }

    /** Parameters, state of the updater, activations. */
    @Override
    public MemoryReport getMemoryReport(InputType... inputs) {
        InputType[] types = {inputs[0], inputs[0]};
        Map<String, long[]> shapes = getVertexParams().getParamShapes();
        return Memory.of(this, getLayerName(), types, shapes, this::getUpdaterByParam, 0);
    }

    @Override
    @JsonIgnore
    public SDVertexParams getVertexParams() {
        SDVertexParams params = cachedParams;
        if (params == null) {
            params = new SDVertexParams();
            defineParametersAndInputs(params);
            cachedParams = params;
        }
        return params;
    }

    @Override
    @JsonIgnore
    public void setVertexParams(SDVertexParams vertexParams) {
        // Derived from the settings, never stored.
    }

    /** The settings have changed: parameters are derived anew. */
    protected final void parametersChanged() {
        cachedParams = null;
    }
}
