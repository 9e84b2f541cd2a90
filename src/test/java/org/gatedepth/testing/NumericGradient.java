package org.gatedepth.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.gatedepth.plan.DifferentiableFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Central differences, to which the gradients of a function are compared. For functions in DOUBLE. */
public final class NumericGradient {
    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 1e-7;

    private NumericGradient() {}

    /**
     * Whether {@code backward} gives, for every element of every parameter and input, the slope of
     * {@code sum(output·r)}, {@code r} being random.
     */
    public static void assertRight(
            DifferentiableFunction function, Map<String, INDArray> inputs, Map<String, INDArray> params) {
        Map<String, INDArray> all = new LinkedHashMap<>(inputs);
        all.putAll(params);
        assertRightAt(function, inputs, all);
    }

    /** The same for some of the inputs and parameters. */
    public static void assertRightAt(
            DifferentiableFunction function, Map<String, INDArray> inputs, Map<String, INDArray> arrays) {
        INDArray output = function.forward(inputs);
        INDArray r = Arrays.normal(99, output.shape());
        Map<String, INDArray> analytic = new HashMap<>();
        function.backward(r).forEach((name, gradient) -> analytic.put(name, gradient.dup()));
        arrays.forEach((name, array) -> {
            INDArray gradient = analytic.get(name);
            assertThat(gradient).as("gradient of %s", name).isNotNull();
            Arrays.assertClose(gradient, slopes(function, inputs, array, r), TOLERANCE);
        });
    }

    /** The slopes of {@code sum(output·r)} along each element of an array that the function reads. */
    public static INDArray slopes(
            DifferentiableFunction function, Map<String, INDArray> inputs, INDArray array, INDArray r) {
        INDArray slopes = array.dup('c');
        for (long i = 0; i < array.length(); i++) {
            double value = array.getDouble(i);
            array.putScalar(i, value + STEP);
            double above = function.infer(inputs).mul(r).sumNumber().doubleValue();
            array.putScalar(i, value - STEP);
            double below = function.infer(inputs).mul(r).sumNumber().doubleValue();
            array.putScalar(i, value);
            slopes.putScalar(i, (above - below) / (2 * STEP));
        }
        return slopes;
    }
}
