package org.gatedepth.plan.graph;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;

/**
 * The derivative of one op: the op's own, and for three activations the same from their saved output.
 *
 * <p>ND4J's backward ops of these compute the function again, and take many times as long as the two or three products
 * below.
 */
final class GradientRules {
    /** The gradient of an op's input from that of its output. */
    @FunctionalInterface
    private interface Rule {
        SDVariable gradient(SameDiff sd, SDVariable output, SDVariable g);
    }

    /** By class of the op. */
    private static final Map<Class<?>, Rule> OF_OUTPUT = Map.of(
            // g·y·(1 − y)
            Sigmoid.class,
            (sd, y, g) -> {
                SDVariable gy = g.mul(y);
                return gy.sub(gy.mul(y));
            },
            // g·(1 − y²)
            Tanh.class,
            (sd, y, g) -> g.sub(g.mul(y).mul(y)),
            // g where y > 0
            RectifiedLinear.class,
            (sd, y, g) -> g.mul(sd.math.step(y, 0)));

    private GradientRules() {}

    /** The gradients of an op's inputs from those of its outputs. */
    static List<SDVariable> differentiate(SameDiff sd, DifferentialFunction op, List<SDVariable> outputGradients) {
        Rule rule = OF_OUTPUT.get(op.getClass());
        boolean otherCutoff =
                op instanceof RectifiedLinear relu && relu.scalar().getDouble(0) != 0;
        return rule == null || otherCutoff
                ? op.doDiff(outputGradients)
                : List.of(rule.gradient(sd, op.outputVariable(), outputGradients.get(0)));
    }
}
