package org.gatedepth.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.gatedepth.testing.Arrays;
import org.gatedepth.testing.BlockFunction;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

@ExtendWith(DoublePrecision.class)
class WeightedSkipBlockTest {
    private static final DenseBlock F = new DenseBlock(2, 2, Activation.RELU, false);

    private static WeightedSkipBlock block(Weighting weighting, double alpha, double beta, boolean learnSkip) {
        return new WeightedSkipBlock(F, weighting, alpha, beta, learnSkip);
    }

    @Test
    void aResidualBlockAddsTheTransform() {
        BlockFunction f = BlockFunction.zero(WeightedSkipBlock.residual(F));
        f.set("F/W", 1).set("F/b", -1);
        // F = relu(3 + 5 - 1) = 7; y = x + 7.
        Arrays.assertClose(f.output(Arrays.row(3, 5)), Arrays.row(10, 12), 1e-12);
    }

    @Test
    void fixedWeightsScaleSkipAndBranch() {
        BlockFunction f = BlockFunction.zero(block(Weighting.FIXED, 0.5, -2, false));
        f.set("F/b", 3);
        // F = 3; y = 0.5·x - 2·3.
        Arrays.assertClose(f.output(Arrays.row(4, 8)), Arrays.row(-4, -2), 1e-12);
    }

    @Test
    void aLearnedScalarScalesTheBranch() {
        BlockFunction f = BlockFunction.zero(block(Weighting.SCALAR, 2, 0, false));
        f.set("F/b", 3).set("beta", 0.1);
        // y = 2·x + 0.1·3.
        Arrays.assertClose(f.output(Arrays.row(4, 8)), Arrays.row(8.3, 16.3), 1e-12);
    }

    @Test
    void learnedWeightsPerUnitScaleEachUnit() {
        BlockFunction f = BlockFunction.zero(block(Weighting.PER_UNIT, 1, 1e-4, false));
        f.set("F/b", 3).set("beta", Arrays.row(1, -1));
        // y = x + (1, -1)·3.
        Arrays.assertClose(f.output(Arrays.row(4, 8)), Arrays.row(7, 5), 1e-12);
    }

    @Test
    void aLearnedSkipIsScaledByItsParameterNotByTheInitialValue() {
        BlockFunction f = BlockFunction.zero(block(Weighting.PER_UNIT, 9, 9, true));
        f.set("F/b", 3).set("beta", 2).set("alpha", Arrays.row(0.5, -1));
        // y = (0.5, -1)·x + 2·3.
        Arrays.assertClose(f.output(Arrays.row(4, 8)), Arrays.row(8, -2), 1e-12);
    }

    @ParameterizedTest
    @EnumSource(
            value = Weighting.class,
            names = {"SCALAR", "PER_UNIT"})
    void betaZeroIsTheIdentity(Weighting weighting) {
        BlockFunction f = BlockFunction.random(block(weighting, 1, 0, false), 3).set("beta", 0);
        INDArray x = Arrays.normal(4, 5, 2);
        Arrays.assertClose(f.output(x), x, 0);
    }

    @Test
    void aFixedBetaOfZeroIsTheIdentity() {
        BlockFunction f = BlockFunction.random(block(Weighting.FIXED, 1, 0, false), 3);
        INDArray x = Arrays.normal(4, 5, 2);
        Arrays.assertClose(f.output(x), x, 0);
    }

    @Test
    void alphaZeroIsTheTransformAlone() {
        BlockFunction f = BlockFunction.random(block(Weighting.FIXED, 0, 1, false), 3);
        BlockFunction plain = BlockFunction.zero(F)
                .set("W", f.params().get("F/W"))
                .set("b", f.params().get("F/b"));
        INDArray x = Arrays.normal(4, 5, 2);
        Arrays.assertClose(f.output(x), plain.output(x), 1e-12);
    }

    @Test
    void projectsTheSkipWhereTheSizesDiffer() {
        WeightedSkipBlock block = WeightedSkipBlock.reZero(new DenseBlock(3, 2, Activation.TANH, false));
        BlockFunction f = BlockFunction.random(block, 3).set("beta", 0);
        INDArray x = Arrays.normal(4, 5, 3);
        Arrays.assertClose(f.output(x), x.mmul(f.params().get("C/W")), 1e-12);
    }

    @Test
    void reZeroStartsAtZero() {
        assertThat(WeightedSkipBlock.reZero(F).params())
                .contains(new ParamSpec("beta", ParamSpec.Role.BIAS, 1, 1, new ParamSpec.Init.Constant(0)))
                .extracting(ParamSpec::name)
                .containsExactly("F/W", "F/b", "beta");
    }

    @Test
    void layerScaleHasOneSmallWeightAUnit() {
        assertThat(block(Weighting.PER_UNIT, 1, 1e-4, false).params())
                .contains(new ParamSpec("beta", ParamSpec.Role.BIAS, 1, 2, new ParamSpec.Init.Constant(1e-4)));
    }

    @Test
    void aLearnedSkipHasAParameterOfTheSameShape() {
        assertThat(block(Weighting.PER_UNIT, 0.5, 1, true).params())
                .contains(new ParamSpec("alpha", ParamSpec.Role.BIAS, 1, 2, new ParamSpec.Init.Constant(0.5)));
        assertThat(block(Weighting.SCALAR, 0.5, 1, true).params())
                .contains(new ParamSpec("alpha", ParamSpec.Role.BIAS, 1, 1, new ParamSpec.Init.Constant(0.5)));
    }

    @Test
    void fixedWeightsAreNoParameters() {
        assertThat(WeightedSkipBlock.residual(F).params())
                .extracting(ParamSpec::name)
                .containsExactly("F/W", "F/b");
    }

    @Test
    void refusesALearnedSkipWithFixedWeights() {
        assertThatThrownBy(() -> block(Weighting.FIXED, 1, 1, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("alpha cannot be learned with weighting FIXED; use SCALAR or PER_UNIT");
    }

    @Test
    void refusesWeightsThatAreNotFinite() {
        assertThatThrownBy(() -> block(Weighting.SCALAR, Double.NaN, 1, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("alpha must be a finite number, got NaN");
        assertThatThrownBy(() -> block(Weighting.SCALAR, 1, Double.NEGATIVE_INFINITY, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("beta must be a finite number, got -Infinity");
    }
}
