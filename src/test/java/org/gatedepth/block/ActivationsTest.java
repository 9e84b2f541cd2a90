package org.gatedepth.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.gatedepth.plan.CompiledFunction;
import org.gatedepth.testing.Arrays;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@ExtendWith(DoublePrecision.class)
class ActivationsTest {
    /** Away from the kinks at 0, ±1, ±2.5 and 6. */
    private static final double[][] POINTS = {
        {-7.3, -2.2, -1.4, -0.6, -0.01}, {0.02, 0.45, 0.9, 1.3, 2.3}, {2.7, 3.5, 5.8, 6.4, -3.1}
    };

    private static final double[][] LARGE = {{-700, -90, -46, -31, -25}, {25, 31, 46, 90, 700}};

    private static final double STEP = 1e-3;

    static Stream<Activation> supported() {
        return Activations.supported().stream();
    }

    private static CompiledFunction function(Activation activation) {
        return function(activation, DataType.DOUBLE);
    }

    private static CompiledFunction function(Activation activation, DataType type) {
        return new CompiledFunction(
                type,
                Map.of("x", new long[] {-1, 5}),
                List.of("x"),
                Map.of(),
                (sd, in, p) -> Activations.apply(sd, activation, in.get("x")));
    }

    @ParameterizedTest
    @MethodSource("supported")
    void hasTheValueOfTheStockActivation(Activation activation) {
        INDArray x = Nd4j.create(POINTS);
        INDArray expected = activation.getActivationFunction().getActivation(x.dup(), true);
        Arrays.assertClose(function(activation).infer(Map.of("x", x)), expected, 1e-9);
    }

    @ParameterizedTest
    @MethodSource("supported")
    void hasTheGradientOfTheStockActivation(Activation activation) {
        INDArray x = Nd4j.create(POINTS);
        INDArray epsilon = Arrays.normal(3, 3, 5);
        INDArray expected = activation
                .getActivationFunction()
                .backprop(x.dup(), epsilon.dup())
                .getFirst();
        CompiledFunction function = function(activation);
        function.forward(Map.of("x", x));
        Arrays.assertClose(function.backward(epsilon).get("x"), expected, 1e-6);
    }

    @ParameterizedTest
    @MethodSource("supported")
    void hasTheGradientOfDifferencesForLargeInputsInSinglePrecision(Activation activation) {
        INDArray x = Nd4j.create(LARGE);
        CompiledFunction differences = function(activation);
        INDArray above = differences.infer(Map.of("x", x.add(STEP))).dup();
        INDArray below = differences.infer(Map.of("x", x.sub(STEP))).dup();
        INDArray expected = above.sub(below).div(2 * STEP);
        CompiledFunction function = function(activation, DataType.FLOAT);

        INDArray value = function.forward(Map.of("x", x.castTo(DataType.FLOAT))).dup();
        INDArray gradient =
                function.backward(Nd4j.ones(DataType.FLOAT, x.shape())).get("x");

        Arrays.assertClose(value.castTo(DataType.DOUBLE), differences.infer(Map.of("x", x)), 1e-5);
        Arrays.assertClose(gradient.castTo(DataType.DOUBLE), expected, 1e-3);
    }

    @Test
    void allButRreluAreSupported() {
        assertThat(Activations.supported()).isEqualTo(EnumSet.complementOf(EnumSet.of(Activation.RRELU)));
    }

    @Test
    void refusesRrelu() {
        assertThatThrownBy(() -> Activations.requireSupported(Activation.RRELU))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("activation RRELU cannot be expressed in SameDiff; use one of");
    }
}
