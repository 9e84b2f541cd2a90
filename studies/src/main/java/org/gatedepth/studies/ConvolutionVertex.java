package org.gatedepth.studies;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.samediff.SDVertexParams;
import org.gatedepth.block.Params;
import org.gatedepth.dl4j.base.BlockVertex;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A block of 3 × 3 convolutions: {@code relu(K * x + b)}, or with a gate {@code y = x + T·(H − x)} of as many maps out
 * as in, whose two convolutions are one.
 *
 * <p>Images {@code [minibatch, inputs, height, width]} in and {@code [minibatch, maps, height, width]} out. A vertex of
 * the study and not Deeplearning4j's convolution layer, because in its release 1.0.0-M2.1 that layer does not find
 * oneDNN, also where ND4J has it.
 */
public final class ConvolutionVertex extends BlockVertex {
    private static final long serialVersionUID = 1L;

    private static final int KERNEL = 3;

    private int inputs;
    private int maps;
    private boolean gated;
    private double transformGateBias;

    /** For JSON. */
    public ConvolutionVertex() {}

    ConvolutionVertex(int inputs, int maps, boolean gated, double transformGateBias) {
        this.inputs = inputs;
        this.maps = maps;
        this.gated = gated;
        this.transformGateBias = transformGateBias;
    }

    @Override
    protected List<String> inputNames() {
        return List.of("x");
    }

    @Override
    protected void defineParameters(SDVertexParams params) {
        params.addWeightParam("K", KERNEL, KERNEL, inputs, filters());
        params.addBiasParam("b", 1, filters());
    }

    private int filters() {
        return gated ? 2 * maps : maps;
    }

    /** He et al. (2015, arXiv 1502.01852) for the transform; the gate half of that variance. */
    @Override
    public void initializeParameters(Map<String, INDArray> params) {
        double deviation = Math.sqrt(2.0 / (KERNEL * KERNEL * inputs));
        INDArray kernel = params.get("K");
        kernel.assign(Nd4j.randn(kernel.shape()).muli(deviation));
        params.get("b").assign(0);
        if (gated) {
            for (int filter = maps; filter < 2 * maps; filter++) {
                params.get("b").putScalar(filter, transformGateBias);
            }
        }
    }

    @Override
    public SDVariable define(SameDiff sd, List<SDVariable> inputs, Params p) {
        SDVariable x = inputs.get(0);
        Conv2DConfig same = Conv2DConfig.builder()
                .kH(KERNEL)
                .kW(KERNEL)
                .sH(1)
                .sW(1)
                .paddingMode(PaddingMode.SAME)
                .weightsFormat(WeightsFormat.YXIO)
                .dataFormat("NCHW")
                .build();
        SDVariable all = sd.cnn.conv2d(x, p.get("K"), sd.reshape(p.get("b"), filters()), same);
        if (!gated) {
            return sd.nn.relu(all, 0);
        }
        SDVariable h = sd.nn.relu(all.get(SDIndex.all(), SDIndex.interval(0, maps), SDIndex.all(), SDIndex.all()), 0);
        SDVariable t =
                sd.nn.sigmoid(all.get(SDIndex.all(), SDIndex.interval(maps, 2 * maps), SDIndex.all(), SDIndex.all()));
        return x.add(t.mul(h.sub(x)));
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType... images) {
        InputType.InputTypeConvolutional image = (InputType.InputTypeConvolutional) images[0];
        return InputType.convolutional(image.getHeight(), image.getWidth(), maps);
    }

    /** Maps in. */
    public int getInputs() {
        return inputs;
    }

    /** Sets the maps in. */
    public void setInputs(int inputs) {
        this.inputs = inputs;
    }

    /** Maps out. */
    public int getMaps() {
        return maps;
    }

    /** Sets the maps out. */
    public void setMaps(int maps) {
        this.maps = maps;
    }

    /** Whether it has a gate. */
    public boolean isGated() {
        return gated;
    }

    /** Sets whether it has a gate. */
    public void setGated(boolean gated) {
        this.gated = gated;
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
    public GraphVertex clone() {
        ConvolutionVertex copy = new ConvolutionVertex(inputs, maps, gated, transformGateBias);
        copy.setUpdater(getUpdater());
        copy.setBiasUpdater(getBiasUpdater());
        copy.setDataType(getDataType());
        copy.setName(getName());
        return copy;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ConvolutionVertex other
                && inputs == other.inputs
                && maps == other.maps
                && gated == other.gated
                && transformGateBias == other.transformGateBias;
    }

    @Override
    public int hashCode() {
        return 31 * maps + Boolean.hashCode(gated);
    }
}
