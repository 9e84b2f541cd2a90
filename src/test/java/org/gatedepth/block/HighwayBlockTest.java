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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

@ExtendWith(DoublePrecision.class)
class HighwayBlockTest {
    private static final DenseBlock H = new DenseBlock(2, 2, Activation.RELU, false);

    @Test
    void mixesTransformAndCarryByTheGate() {
        BlockFunction f = BlockFunction.zero(new HighwayBlock(H, -1));
        f.set("H/W", 0.5).set("H/b", 1).set("T/W", 0).set("T/b", Math.log(3));
        // H = relu(0.5·(2 + 4) + 1) = 4; T = sigmoid(ln 3) = 3/4; y = 3/4·4 + 1/4·(2, 4) = (3.5, 4).
        Arrays.assertClose(f.output(Arrays.row(2, 4)), Arrays.row(3.5, 4), 1e-12);
    }

    @Test
    void theGateReadsTheInputThroughItsWeight() {
        BlockFunction f = BlockFunction.zero(new HighwayBlock(H, -1));
        f.set("H/b", 5).set("T/W", 1);
        // x = (1, -0.5): gate sum 0.5, T = 1/(1 + e^-0.5); H = 5; y = x + T·(5 - x).
        double t = 1 / (1 + Math.exp(-0.5));
        Arrays.assertClose(f.output(Arrays.row(1, -0.5)), Arrays.row(1 + t * 4, -0.5 + t * 5.5), 1e-12);
    }

    @Test
    void aClosedGateCarriesTheInput() {
        BlockFunction f = BlockFunction.random(new HighwayBlock(H, -1), 3).set("T/b", -60);
        INDArray x = Arrays.normal(4, 5, 2);
        Arrays.assertClose(f.output(x), x, 1e-12);
    }

    @Test
    void anOpenGateTransformsTheInput() {
        BlockFunction highway = BlockFunction.random(new HighwayBlock(H, -1), 3).set("T/b", 60);
        BlockFunction plain = BlockFunction.zero(H)
                .set("W", highway.params().get("H/W"))
                .set("b", highway.params().get("H/b"));
        INDArray x = Arrays.normal(4, 5, 2);
        Arrays.assertClose(highway.output(x), plain.output(x), 1e-12);
    }

    @Test
    void aClosedGateCarriesTheProjectionWhereTheSizesDiffer() {
        HighwayBlock block = new HighwayBlock(new DenseBlock(3, 2, Activation.TANH, false), -1);
        BlockFunction f = BlockFunction.random(block, 3).set("T/b", -60);
        INDArray x = Arrays.normal(4, 5, 3);
        Arrays.assertClose(f.output(x), x.mmul(f.params().get("C/W")), 1e-12);
    }

    @Test
    void normalisationIsInTheTransformAndNotInGateOrCarry() {
        HighwayBlock normalised = new HighwayBlock(new DenseBlock(4, 4, Activation.TANH, true), -1);
        BlockFunction f = BlockFunction.random(normalised, 3).set("H/gain", 0).set("H/shift", 0);
        INDArray x = Arrays.normal(5, 3, 4);
        // Gain and shift 0 leave H = tanh(b), whatever x is; gate and carry read x itself.
        BlockFunction plain = BlockFunction.zero(new HighwayBlock(new DenseBlock(4, 4, Activation.TANH, false), -1))
                .set("H/b", f.params().get("H/b"))
                .set("T/W", f.params().get("T/W"))
                .set("T/b", f.params().get("T/b"));
        Arrays.assertClose(f.output(x), plain.output(x), 1e-12);
    }

    @Test
    void hasTransformAndGateParameters() {
        assertThat(new HighwayBlock(new DenseBlock(2, 2, Activation.RELU, false), -3).params())
                .isEqualTo(List.of(
                        new ParamSpec("H/W", ParamSpec.Role.WEIGHT, 2, 2, new ParamSpec.Init.Scheme(2, 2)),
                        new ParamSpec("H/b", ParamSpec.Role.BIAS, 1, 2, new ParamSpec.Init.Constant(0)),
                        new ParamSpec("T/W", ParamSpec.Role.WEIGHT, 2, 2, new ParamSpec.Init.Xavier(2, 2)),
                        new ParamSpec("T/b", ParamSpec.Role.BIAS, 1, 2, new ParamSpec.Init.Constant(-3))));
    }

    @Test
    void hasAProjectionOnlyWhereTheSizesDiffer() {
        assertThat(new HighwayBlock(new DenseBlock(3, 2, Activation.RELU, false), -1).params())
                .contains(new ParamSpec("C/W", ParamSpec.Role.WEIGHT, 3, 2, new ParamSpec.Init.Xavier(3, 2)))
                .hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void refusesABiasThatIsNotFinite(double bias) {
        assertThatThrownBy(() -> new HighwayBlock(H, bias))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("transform gate bias must be a finite number, got " + bias);
    }

    @Test
    void theDefaultBiasFallsWithTheDepth() {
        double before = HighwayBlock.defaultTransformGateBias(1);
        for (int depth = 2; depth <= 1000; depth++) {
            double bias = HighwayBlock.defaultTransformGateBias(depth);
            assertThat(bias).isLessThanOrEqualTo(before).isNegative();
            before = bias;
        }
        assertThat(HighwayBlock.defaultTransformGateBias(50)).isLessThan(HighwayBlock.defaultTransformGateBias(10));
    }

    @Test
    void theDefaultBiasIsTheDocumentedFormula() {
        assertThat(HighwayBlock.defaultTransformGateBias(1)).isEqualTo(-1);
        assertThat(HighwayBlock.defaultTransformGateBias(2)).isEqualTo(-1);
        // -ln 50
        assertThat(HighwayBlock.defaultTransformGateBias(50)).isCloseTo(-3.9120230, within(1e-6));
    }

    @Test
    void theDefaultBiasRefusesADepthBelowOne() {
        assertThatThrownBy(() -> HighwayBlock.defaultTransformGateBias(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("depth must be at least 1, got 0");
    }
}
