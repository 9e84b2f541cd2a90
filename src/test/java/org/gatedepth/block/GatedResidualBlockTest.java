package org.gatedepth.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gatedepth.plan.CompiledFunction;
import org.gatedepth.testing.Arrays;
import org.gatedepth.testing.BlockFunction;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.NumericGradient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

@ExtendWith(DoublePrecision.class)
class GatedResidualBlockTest {

    private static GatedResidualBlock block(long in, long units, long out) {
        return new GatedResidualBlock(new DenseBlock(in, units, Activation.ELU, false), out, -1);
    }

    /** A part of a block as a function of x, with the parameters of another. */
    private static CompiledFunction part(Block block, BlockFunction params, CompiledFunction.Body body) {
        return new CompiledFunction(
                DataType.DOUBLE, Map.of("x", new long[] {-1, block.inputSize()}), List.of("x"), params.params(), body);
    }

    /** (x − mean)/√(var + 1e-5) of one row. */
    private static double[] normalised(double... row) {
        double mean = java.util.Arrays.stream(row).average().orElseThrow();
        double variance = java.util.Arrays.stream(row)
                .map(v -> (v - mean) * (v - mean))
                .average()
                .orElseThrow();
        return java.util.Arrays.stream(row)
                .map(v -> (v - mean) / Math.sqrt(variance + 1e-5))
                .toArray();
    }

    @Test
    void isThePapersEquation() {
        BlockFunction f = BlockFunction.zero(block(2, 1, 2)).set("gain", 2).set("shift", 1);
        f.set("H/W", -0.5).set("H/b", 1).set("F/W", 3).set("F/b", 0.5);
        f.set("T/W", Arrays.row(0, 1)).set("T/b", Math.log(3));
        f.set("V/W", Arrays.row(2, -1)).set("V/b", 0.25);
        // a = (2, 4): a·W2 + b2 = −3 + 1 = −2, eta2 = e^−2 − 1; eta1 = 3·eta2 + 0.5.
        double eta1 = 3 * (Math.exp(-2) - 1) + 0.5;
        double second = 1 / (1 + Math.exp(-eta1 - Math.log(3)));
        // The first gate does not read eta1: sigmoid(ln 3) = 3/4.
        double[] y = normalised(2 + 0.75 * (2 * eta1 + 0.25), 4 + second * (-eta1 + 0.25));
        Arrays.assertClose(f.output(Arrays.row(2, 4)), Arrays.row(2 * y[0] + 1, 2 * y[1] + 1), 1e-12);
    }

    @Test
    void aClosedGateGivesTheNormalisedInput() {
        BlockFunction f = BlockFunction.random(block(3, 4, 3), 3)
                .set("T/b", -60)
                .set("gain", 1)
                .set("shift", 0);
        Arrays.assertClose(f.output(Arrays.row(1, -2, 4)), Arrays.row(normalised(1, -2, 4)), 1e-12);
    }

    @Test
    void aClosedGateIsTheBypass() {
        GatedResidualBlock block = block(3, 4, 2);
        BlockFunction f = BlockFunction.random(block, 3).set("T/b", -60);
        INDArray x = Arrays.normal(4, 5, 3);
        CompiledFunction bypass = part(block, f, (sd, in, p) -> block.bypass(sd, in.get("x"), p::get));
        Arrays.assertClose(f.output(x), bypass.infer(Map.of("x", x)), 1e-12);
    }

    @Test
    void anOpenGateAddsAllOfTheTransform() {
        GatedResidualBlock block = block(3, 4, 3);
        BlockFunction f = BlockFunction.random(block, 3).set("T/b", 60).set("T/W", 0);
        CompiledFunction open = part(block, f, (sd, in, p) -> {
            SDVariable x = in.get("x");
            SDVariable eta2 = sd.nn.elu(x.mmul(p.get("H/W")).add(p.get("H/b")));
            SDVariable eta1 = eta2.mmul(p.get("F/W")).add(p.get("F/b"));
            SDVariable sum = x.add(eta1.mmul(p.get("V/W")).add(p.get("V/b")));
            return LayerNorm.of(sd, sum, p::get);
        });
        INDArray x = Arrays.normal(4, 5, 3);
        Arrays.assertClose(f.output(x), open.infer(Map.of("x", x)), 1e-12);
    }

    @Test
    void skipAndTransformAreTheWholeOutput() {
        GatedResidualBlock block = block(3, 4, 3);
        BlockFunction f = BlockFunction.random(block, 3);
        CompiledFunction skip = part(block, f, (sd, in, p) -> block.skip(sd, in.get("x"), p::get));
        // The scale of the normalisation is the output's in both.
        CompiledFunction transform = part(block, f, (sd, in, p) -> transform(block, sd, in.get("x"), p::get));
        INDArray x = Arrays.normal(4, 5, 3);
        INDArray sum = skip.infer(Map.of("x", x)).add(transform.infer(Map.of("x", x)));
        Arrays.assertClose(sum, f.output(x), 1e-12);
    }

    private static SDVariable transform(GatedResidualBlock block, SameDiff sd, SDVariable x, Params p) {
        SDVariable eta2 = sd.nn.elu(x.mmul(p.get("H/W")).add(p.get("H/b")));
        SDVariable eta1 = eta2.mmul(p.get("F/W")).add(p.get("F/b"));
        SDVariable gated = block.gate(sd, x, p).mul(eta1.mmul(p.get("V/W")).add(p.get("V/b")));
        SDVariable scale = LayerNorm.scale(sd, LayerNorm.centred(x.add(gated)));
        return LayerNorm.centred(gated).mul(scale).mul(p.get("gain"));
    }

    @Test
    void theSkipsGradientTakesGateAndScaleAsConstants() {
        GatedResidualBlock block = block(2, 2, 2);
        BlockFunction f = BlockFunction.zero(block).set("gain", 1);
        CompiledFunction skip = part(block, f, (sd, in, p) -> block.skip(sd, in.get("x"), p::get));
        skip.forward(Map.of("x", Arrays.row(1, 3)));
        // (x − mean)·r with r = 1/√(1 + 1e-5) as a constant: the slope of the first output is r·(1/2, −1/2).
        double r = 1 / Math.sqrt(1 + 1e-5);
        Arrays.assertClose(skip.backward(Arrays.row(1, 0)).get("x"), Arrays.row(r / 2, -r / 2), 1e-12);
    }

    @Test
    void dropOutActsOnEta1Alone() {
        GatedResidualBlock block = block(3, 4, 3);
        Map<String, Long> dropped = new LinkedHashMap<>();
        BlockFunction f = BlockFunction.random(block, 3);
        CompiledFunction without = part(
                block,
                f,
                (sd, in, p) -> block.apply(sd, in.get("x"), new Params() {
                    @Override
                    public SDVariable get(String name) {
                        return p.get(name);
                    }

                    @Override
                    public SDVariable dropOut(String scope, SDVariable x, long size) {
                        dropped.put(scope, size);
                        return x.mul(0);
                    }
                }));
        INDArray x = Arrays.normal(4, 5, 3);
        INDArray output = without.infer(Map.of("x", x)).dup();
        assertThat(dropped).isEqualTo(Map.of("F", 4L));
        // With eta1 at 0 gate and value are their biases.
        f.set("F/W", 0).set("F/b", 0);
        Arrays.assertClose(output, f.output(x), 1e-12);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void hasTheRightGradientsAloneAndInAStack(int rows) {
        for (Block block : List.of(
                block(3, 4, 3),
                block(3, 3, 2),
                new GatedResidualBlock(new DenseBlock(3, 2, Activation.TANH, true), 3, -1),
                new Stack(List.of(block(3, 2, 4), block(4, 3, 4), block(4, 4, 3))))) {
            BlockFunction f = BlockFunction.random(block, 21);
            NumericGradient.assertRight(f.function(), Map.of("x", Arrays.normal(22, rows, 3)), f.params());
        }
    }

    @Test
    void hasAProjectionOnlyWhereTheSizesDiffer() {
        assertThat(block(3, 4, 3).params()).extracting(ParamSpec::name).doesNotContain("C/W");
        assertThat(block(3, 4, 2).params())
                .contains(new ParamSpec("C/W", ParamSpec.Role.WEIGHT, 3, 2, new ParamSpec.Init.Xavier(3, 2)));
    }

    @Test
    void refusesWhatHasNoMeaning() {
        DenseBlock hidden = new DenseBlock(3, 4, Activation.ELU, false);
        assertThatThrownBy(() -> new GatedResidualBlock(hidden, 0, -1)).hasMessage("nOut must be at least 1, got 0");
        assertThatThrownBy(() -> new GatedResidualBlock(hidden, 3, Double.NaN))
                .hasMessage("transform gate bias must be a finite number, got NaN");
        DenseBlock overTime = new DenseBlock(3, 4, Activation.ELU, false, new Taps(3, 1, Taps.Padding.CAUSAL));
        assertThatThrownBy(() -> new GatedResidualBlock(overTime, 3, -1))
                .hasMessage("a gated residual network reads each time step by itself, got a kernel of 3");
    }
}
