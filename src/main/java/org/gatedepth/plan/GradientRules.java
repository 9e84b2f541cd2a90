package org.gatedepth.plan;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** The derivative of one op. */
final class GradientRules {
    private GradientRules() {}

    static List<SDVariable> differentiate(SameDiff sd, DifferentialFunction op, List<SDVariable> outputGradients) {
        return op.doDiff(outputGradients);
    }
}
