package org.gatedepth.dl4j;

import java.util.List;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The highway gate alone, {@code y = T·H + (1 − T)·C} with {@code T = sigmoid(g)}, over any branches.
 *
 * <ul>
 *   <li>inputs, in this order: the transform {@code H}, the gate's pre-activation {@code g}, the carry {@code C}, all of one
 *       shape: {@code [minibatch, size]}, {@code [minibatch, size, time]} or {@code [minibatch, channels, height, width]}
 *   <li>output: the same shape; no parameters
 *   <li>the layer that gives {@code g} has identity activation, and a negative bias ({@code biasInit(-2)}) so that the gate
 *       carries at first
 * </ul>
 *
 * <p>Source: Srivastava et al. 2015, arXiv 1505.00387, equation 2; section 2.1 for convolutions.
 */
public class HighwayGateVertex extends BlockVertex {
    /** Position of the gate's pre-activation among the inputs. */
    public static final int GATE_INPUT = 1;

    /** Position of the carry among the inputs. */
    public static final int CARRY_INPUT = 2;

    private static final String TRANSFORM = "transform";
    private static final String GATE = "gate";
    private static final String CARRY = "carry";

    @Override
    protected List<String> inputNames() {
        return List.of(TRANSFORM, GATE, CARRY);
    }

    @Override
    protected SDVariable define(SameDiff sd, CompiledFunction.Variables inputs, CompiledFunction.Variables params) {
        SDVariable c = inputs.get(CARRY);
        SDVariable t = sd.nn.sigmoid(inputs.get(GATE));
        return c.add(t.mul(inputs.get(TRANSFORM).sub(c)));
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
