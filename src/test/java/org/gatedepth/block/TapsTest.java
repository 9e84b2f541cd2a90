package org.gatedepth.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.gatedepth.block.Taps.Padding;
import org.gatedepth.testing.SequenceFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

/** Which steps are read, and what blocks make of that. */
class TapsTest {
    private static final Taps THREE = new Taps(3, 2, Padding.CAUSAL);

    @ParameterizedTest
    @CsvSource({
        "1, 1, CAUSAL, 1, 0",
        "1, 7, SAME, 1, 0",
        "3, 2, CAUSAL, 5, 0 2 4",
        "2, 4, CAUSAL, 5, 0 4",
        "3, 2, SAME, 5, -2 0 2",
        "5, 1, SAME, 5, -2 -1 0 1 2",
        // One step more of those that are later.
        "2, 1, SAME, 2, -1 0",
        "4, 1, SAME, 4, -2 -1 0 1",
        "2, 3, SAME, 4, -2 1",
        // Not the step itself.
        "2, 2, SAME, 3, -1 1",
    })
    void readsTheseSteps(int kernel, int dilation, Padding padding, int receptiveField, String shifts) {
        Taps taps = new Taps(kernel, dilation, padding);
        assertThat(taps.receptiveField()).isEqualTo(receptiveField);
        assertThat(taps.shifts())
                .containsExactly(List.of(shifts.split(" ")).stream()
                        .mapToLong(Long::parseLong)
                        .toArray());
    }

    @Test
    void refusesNumbersBelowOne() {
        assertThatThrownBy(() -> new Taps(0, 1, Padding.SAME))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("kernel must be at least 1, got 0");
        assertThatThrownBy(() -> new Taps(3, -2, Padding.SAME))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dilation must be at least 1, got -2");
    }

    @Test
    void refusesAReachThatCannotBeCounted() {
        assertThatThrownBy(() -> new Taps(3, 1 << 30, Padding.CAUSAL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("(kernel − 1)·dilation must be below 2147483647, got 2147483648 (kernel 3, dilation "
                        + "1073741824)");
    }

    @Test
    void weightsHaveTheRowsOfEachTapAndTheFansOfAConvolution() {
        DenseBlock f = new DenseBlock(4, 5, Activation.RELU, true, THREE);
        assertThat(f.params())
                .startsWith(
                        new ParamSpec("W", ParamSpec.Role.WEIGHT, 12, 5, new ParamSpec.Init.Scheme(12, 15)),
                        new ParamSpec("b", ParamSpec.Role.BIAS, 1, 5, new ParamSpec.Init.Constant(0)),
                        new ParamSpec("gain", ParamSpec.Role.BIAS, 1, 4, new ParamSpec.Init.Constant(1)));
        assertThat(new HighwayBlock(f, -1).params())
                .contains(
                        new ParamSpec("T/W", ParamSpec.Role.WEIGHT, 12, 5, new ParamSpec.Init.Xavier(12, 15)),
                        // The carry reads its own step.
                        new ParamSpec("C/W", ParamSpec.Role.WEIGHT, 4, 5, new ParamSpec.Init.Xavier(4, 5)));
    }

    @Test
    void theShortFormReadsOneStep() {
        DenseBlock f = new DenseBlock(4, 5, Activation.RELU, false);
        assertThat(f.taps()).isEqualTo(Taps.ONE);
        assertThat(f).isEqualTo(new DenseBlock(4, 5, Activation.RELU, false, Taps.ONE));
    }

    @Test
    void oneStepNeedsNoSequencesAndIsNotMasked() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 3);
        HighwayBlock block = new HighwayBlock(new DenseBlock(3, 3, Activation.TANH, false), -1);
        block.params().forEach(spec -> sd.var(spec.name(), DataType.FLOAT, spec.shape()));
        SDVariable mask = sd.placeHolder("mask", DataType.FLOAT, -1, 1);
        block.apply(sd, x, new Params() {
            @Override
            public SDVariable get(String name) {
                return sd.getVariable(name);
            }

            @Override
            public SDVariable mask() {
                return mask;
            }
        });
        assertThat(sd.getOps().values())
                .extracting(op -> op.getOp().opName())
                .containsExactly("matmul", "add", "tanh", "matmul", "add", "sigmoid", "subtract", "multiply", "add");
    }

    @Test
    void severalStepsNeedSequences() {
        DenseBlock block = new DenseBlock(3, 3, Activation.TANH, false, THREE);
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 3);
        SDVariable w = sd.var("w", DataType.FLOAT, 9, 3);
        assertThatThrownBy(() -> block.apply(sd, x, name -> w))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a block that reads more than one time step needs sequences, but this input has none; use"
                        + " it in a layer for sequences, or give it a kernel of 1");
    }

    @Test
    void aScopeHandsStepsAndMaskOn() {
        SameDiff sd = SameDiff.create();
        SDVariable steps = sd.placeHolder("steps", DataType.FLOAT, -1, -1);
        SDVariable mask = sd.placeHolder("mask", DataType.FLOAT, -1, 1);
        Params p =
                SequenceFunction.params(name -> steps, steps, mask).scoped("b1").scoped("H");
        assertThat(p.steps()).isSameAs(steps);
        assertThat(p.mask()).isSameAs(mask);
    }

    @Test
    void traitsAreThoseOfTheBlockForVectors() {
        for (Taps taps : List.of(Taps.ONE, THREE)) {
            DenseBlock f = new DenseBlock(3, 3, Activation.TANH, false, taps);
            assertThat(Traits.of(f)).isEqualTo(new Traits(true, true, false, false, false));
            assertThat(Traits.of(new HighwayBlock(f, -1))).isEqualTo(new Traits(true, true, true, true, false));
        }
    }

    @Test
    void transformAndGateReadOneMaskedInput() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 3);
        HighwayBlock block = new HighwayBlock(new DenseBlock(3, 3, Activation.TANH, false, THREE), -1);
        block.params().forEach(spec -> sd.var(spec.name(), DataType.FLOAT, spec.shape()));
        SDVariable mask = sd.placeHolder("mask", DataType.FLOAT, -1, 1);
        block.apply(sd, x, SequenceFunction.params(sd::getVariable, sd.placeHolder("s", DataType.FLOAT, -1, -1), mask));
        List<List<String>> products = sd.getOps().values().stream()
                .filter(op -> op.getOp().opName().equals("shifted_product"))
                .map(op -> op.getInputsToOp())
                .toList();
        assertThat(products).hasSize(2);
        assertThat(products.get(0).get(0)).isEqualTo(products.get(1).get(0)).isNotEqualTo("x");
    }
}
