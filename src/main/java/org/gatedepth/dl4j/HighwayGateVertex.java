package org.gatedepth.dl4j;

import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Params;
import org.gatedepth.dl4j.base.BlockVertex;
import org.gatedepth.dl4j.runtime.BlockVertexRuntime;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The highway gate alone, {@code y = T·H + (1 − T)·C} with {@code T = sigmoid(g)}, over any branches.
 *
 * <ul>
 *   <li>inputs, in this order: the transform {@code H}, the gate's pre-activation {@code g}, the carry {@code C}, all
 *       of one shape: {@code [minibatch, size]}, {@code [minibatch, size, time]} or {@code [minibatch, channels,
 *       height, width]}
 *   <li>output: the same shape; no parameters
 *   <li>the layer that gives {@code g} has identity activation, and a negative bias ({@code biasInit(-2)}) so that the
 *       gate carries at first
 * </ul>
 *
 * <p>Source: Srivastava et al. 2015, arXiv 1505.00387, equation 2; section 2.1 for convolutions.
 */
public class HighwayGateVertex extends BlockVertex {
    @Override
    protected List<String> inputNames() {
        return List.of("transform", "gate", "carry");
    }

    @Override
    public SDVariable define(SameDiff sd, List<SDVariable> inputs, Params p) {
        SDVariable h = inputs.get(0);
        SDVariable t = gate(sd, inputs, p);
        SDVariable c = bypass(sd, inputs, p);
        return c.add(t.mul(h.sub(c)));
    }

    @Override
    public SDVariable bypass(SameDiff sd, List<SDVariable> inputs, Params p) {
        return inputs.get(2);
    }

    @Override
    public SDVariable gate(SameDiff sd, List<SDVariable> inputs, Params p) {
        return sd.nn.sigmoid(inputs.get(1));
    }

    @Override
    protected BlockVertexRuntime runtime(
            ComputationGraph graph,
            String name,
            int index,
            @Nullable INDArray paramsView,
            boolean initialise,
            DataType dataType) {
        return new org.gatedepth.dl4j.runtime.named.HighwayGateVertex(
                this, graph, name, index, paramsView, initialise, dataType);
    }

    @Override
    public HighwayGateVertex clone() {
        return new HighwayGateVertex();
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof HighwayGateVertex;
    }

    @Override
    public int hashCode() {
        return HighwayGateVertex.class.hashCode();
    }
}
