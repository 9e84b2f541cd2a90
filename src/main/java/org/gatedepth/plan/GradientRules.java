package org.gatedepth.plan;

import java.util.List;
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
    private GradientRules() {}

    static List<SDVariable> differentiate(SameDiff sd, DifferentialFunction op, List<SDVariable> outputGradients) {
        SDVariable g = outputGradients.get(0);
        if (op instanceof Sigmoid) {
            // g·y·(1 − y)
            SDVariable y = op.outputVariable();
            SDVariable gy = g.mul(y);
            return List.of(gy.sub(gy.mul(y)));
        }
        if (op instanceof Tanh) {
            // g·(1 − y²)
            SDVariable y = op.outputVariable();
            return List.of(g.sub(g.mul(y).mul(y)));
        }
        if (op instanceof RectifiedLinear relu && relu.scalar().getDouble(0) == 0) {
            return List.of(g.mul(sd.math.step(op.outputVariable(), 0)));
        }
        return op.doDiff(outputGradients);
    }
}
