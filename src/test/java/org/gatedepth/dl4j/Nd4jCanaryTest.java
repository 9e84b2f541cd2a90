package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.normal;

import java.util.HashMap;
import java.util.Map;
import org.gatedepth.testing.Console;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.impl.reduce.same.Sum;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The faults of ND4J and SameDiff 1.0.0-M2.1 that this project works around, each asserted to be still there. */
@ExtendWith(DoublePrecision.class)
class Nd4jCanaryTest {
    @Test
    void theLeakyReluOfAsSameDiffHasNoLeak() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, 1, 1);
        SDVariable y = Activation.LEAKYRELU.asSameDiff(sd, x);
        INDArray minusOne = Nd4j.ones(DataType.DOUBLE, 1, 1).neg();
        assertThat(y.eval(Map.of("x", minusOne)).getDouble(0)).isZero();
        assertThat(Activation.LEAKYRELU
                        .getActivationFunction()
                        .getActivation(minusOne.dup(), false)
                        .getDouble(0))
                .isCloseTo(-0.01, within(1e-12));
    }

    @Test
    void aPartOfAViewIsEmpty() {
        INDArray view = Nd4j.ones(27, 3).get(NDArrayIndex.interval(9, 27), NDArrayIndex.all());
        assertThat(view.shape()).containsExactly(18, 3);
        assertThat(view.get(NDArrayIndex.interval(12, 18), NDArrayIndex.all()).isEmpty())
                .isTrue();
    }

    @Test
    void sameDiffLosesAPartOfTheGradientAtAPlaceholder() throws Exception {
        INDArray x = normal(1, 3, 3);
        Map<String, INDArray> atPlaceholder = new HashMap<>();
        Map<String, INDArray> atVariable = new HashMap<>();
        Console.capture(() -> {
            for (boolean placeholder : new boolean[] {true, false}) {
                SameDiff sd = SameDiff.create();
                SDVariable v = placeholder ? sd.placeHolder("x", DataType.DOUBLE, 3, 3) : sd.var("x", x.dup());
                SDVariable a = sd.var("a", Nd4j.ones(DataType.DOUBLE, 1, 3));
                v.mul(a).mmul(sd.math.exp(v.mul(0.1))).sum().markAsLoss();
                (placeholder ? atPlaceholder : atVariable)
                        .putAll(sd.calculateGradients(placeholder ? Map.of("x", x) : Map.of(), "x"));
            }
            return null;
        });
        assertThat(atPlaceholder.get("x").equalsWithEps(atVariable.get("x"), 1e-6))
                .isFalse();
    }

    @Test
    void theNativeDivisionHasAWrongGradientWhereTheDenominatorIsOneNumber() {
        // d/dx Σ x/m at m of shape [1, 1] is 1/m, and d/dm is -Σ x/m².
        INDArray x = org.gatedepth.testing.Arrays.row(1, 2, 3);
        INDArray m = org.gatedepth.testing.Arrays.row(2);
        INDArray[] out = {x.like(), m.like()};
        Nd4j.exec(DynamicCustomOp.builder("divide_bp")
                .addInputs(x, m, Nd4j.ones(DataType.DOUBLE, 1, 3))
                .addOutputs(out)
                .build());
        boolean right = Math.abs(out[0].getDouble(0) - 0.5) < 1e-9 && Math.abs(out[1].getDouble(0) + 1.5) < 1e-9;
        assertThat(right).isFalse();
    }

    @Test
    void theNativeLogOfASoftmaxIsMinusInfinityWhereTheSoftmaxIsZero() {
        INDArray x = org.gatedepth.testing.Arrays.row(1e4, -1e4);
        INDArray[] out = {x.like()};
        Nd4j.exec(DynamicCustomOp.builder("log_softmax")
                .addInputs(x)
                .addOutputs(out)
                .build());
        assertThat(out[0].getDouble(1)).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @Test
    void aReductionOverOneElementDoesNotReadItsContext() {
        Sum sum = new Sum();
        sum.setDimensions(1);
        OpContext context = Nd4j.getExecutioner().buildContext();
        context.setInputArray(0, normal(1, 4, 1));
        context.setOutputArray(0, Nd4j.zeros(DataType.DOUBLE, 4));
        assertThatThrownBy(() -> Nd4j.getExecutioner().exec(sum, context)).isInstanceOf(NullPointerException.class);
    }
}
