package org.gatedepth.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.gatedepth.testing.Arrays;
import org.gatedepth.testing.BlockFunction;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

@ExtendWith(DoublePrecision.class)
class DenseBlockTest {

    @Test
    void computesTheActivationOfTheProductPlusTheBias() {
        BlockFunction f = BlockFunction.zero(new DenseBlock(2, 3, Activation.RELU, false));
        f.set("W", 0.5).set("b", Arrays.row(1, -4, 0));
        // x·W = 0.5·(1 + 2) = 1.5 in each unit; plus b: 2.5, -2.5, 1.5; relu: 2.5, 0, 1.5.
        Arrays.assertClose(f.output(Arrays.row(1, 2)), Arrays.row(2.5, 0, 1.5), 1e-12);
    }

    @Test
    void normalisesTheInputBeforeTheProduct() {
        BlockFunction f = BlockFunction.zero(new DenseBlock(4, 1, Activation.IDENTITY, true));
        f.set("gain", 2).set("shift", 0.25).set("W", Arrays.row(1, 0, 0, 0).transpose());
        // Row 1, 3, 5, 7: mean 4, variance (9+1+1+9)/4 = 5. First feature: 2·(1-4)/sqrt(5 + 1e-5) + 0.25.
        double expected = -6 / Math.sqrt(5 + 1e-5) + 0.25;
        assertThat(f.output(Arrays.row(1, 3, 5, 7)).getDouble(0)).isCloseTo(expected, within(1e-12));
    }

    @Test
    void normalisesEachRowByItself() {
        BlockFunction f = BlockFunction.random(new DenseBlock(4, 3, Activation.TANH, true), 5);
        INDArray x = Arrays.normal(6, 3, 4);
        INDArray together = f.output(x);
        for (int i = 0; i < 3; i++) {
            INDArray row = x.getRow(i, true).dup();
            Arrays.assertClose(f.output(row), together.getRow(i, true), 1e-12);
        }
    }

    @Test
    void hasAWeightAndABias() {
        assertThat(new DenseBlock(4, 3, Activation.RELU, false).params())
                .isEqualTo(List.of(
                        new ParamSpec("W", ParamSpec.Role.WEIGHT, 4, 3, new ParamSpec.Init.Scheme(4, 3)),
                        new ParamSpec("b", ParamSpec.Role.BIAS, 1, 3, new ParamSpec.Init.Constant(0))));
    }

    @Test
    void layerNormalisationAddsGainAndShiftOfTheInput() {
        assertThat(new DenseBlock(4, 3, Activation.RELU, true).params())
                .contains(
                        new ParamSpec("gain", ParamSpec.Role.BIAS, 1, 4, new ParamSpec.Init.Constant(1)),
                        new ParamSpec("shift", ParamSpec.Role.BIAS, 1, 4, new ParamSpec.Init.Constant(0)))
                .hasSize(4);
    }

    @Test
    void refusesSizesBelowOne() {
        assertThatThrownBy(() -> new DenseBlock(0, 3, Activation.RELU, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nIn must be at least 1, got 0");
        assertThatThrownBy(() -> new DenseBlock(3, -2, Activation.RELU, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nOut must be at least 1, got -2");
    }

    @Test
    void refusesAnActivationThatSameDiffCannotExpress() {
        assertThatThrownBy(() -> new DenseBlock(3, 3, Activation.RRELU, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("activation RRELU cannot be expressed in SameDiff; use one of [CUBE");
    }
}
