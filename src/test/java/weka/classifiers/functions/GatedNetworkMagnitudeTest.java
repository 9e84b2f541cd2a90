package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.stream.Stream;
import org.gatedepth.block.Connection;
import org.gatedepth.weka.table.Scaling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;

/**
 * Very large and very small numbers: their squares are not within the range of a double. A factor of two rounds
 * nothing.
 */
class GatedNetworkMagnitudeTest {

    private static Instances multiplied(Instances table, int attribute, int exponent) {
        table.forEach(row -> row.setValue(attribute, Math.scalb(row.value(attribute), exponent)));
        return table;
    }

    private static double[][] predictions(Instances table, String... options) throws Exception {
        GatedNetwork network = Tables.quick(options);
        network.buildClassifier(table);
        return network.distributionsForInstances(table);
    }

    @ParameterizedTest
    @ValueSource(ints = {940, 664, 400, -400, -664, -900})
    void learnsNumericClassOfAnyMagnitude(int exponent) throws Exception {
        double[][] expected = predictions(Tables.plane(60, 1));

        double[][] predictions = predictions(multiplied(Tables.plane(60, 1), 2, exponent));

        for (double[] row : expected) {
            row[0] = Math.scalb(row[0], exponent);
        }
        assertThat(predictions).isDeepEqualTo(expected);
    }

    static Stream<Arguments> scaledInputs() {
        return Arrays.stream(Scaling.values())
                .flatMap(scaling ->
                        Stream.of(940, 664, -664, -900).map(exponent -> Arguments.of(scaling.name(), exponent)));
    }

    @ParameterizedTest
    @MethodSource("scaledInputs")
    void learnsFromNumbersOfAnyMagnitude(String scaling, int exponent) throws Exception {
        double[][] expected = predictions(Tables.signs(60, 1), "-scaling", scaling);

        double[][] predictions = predictions(multiplied(Tables.signs(60, 1), 0, exponent), "-scaling", scaling);

        assertThat(predictions).isDeepEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {940, -900})
    void learnsAuxiliaryNumberOfAnyMagnitude(int exponent) throws Exception {
        double[][] expected = predictions(Tables.related(60, 1), "-aux-attributes", "2");

        double[][] predictions = predictions(multiplied(Tables.related(60, 1), 1, exponent), "-aux-attributes", "2");

        assertThat(predictions).isDeepEqualTo(expected);
    }

    @Test
    void learnsConstantClassOfAnyMagnitude() throws Exception {
        Instances table = Tables.plane(20, 1);
        table.forEach(row -> row.setClassValue(1e200));

        for (double[] prediction : predictions(table)) {
            assertThat(prediction[0] / 1e200).isBetween(0.999, 1.001);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1023, -1040})
    void weighsRowsByWeightsOfAnyMagnitude(int exponent) throws Exception {
        double[][] expected = predictions(Tables.signs(60, 1));
        Instances table = Tables.signs(60, 1);
        table.forEach(row -> row.setWeight(Math.scalb(1.0, exponent)));

        assertThat(predictions(table)).isDeepEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e308,1e308", "1e-310,1e-310"})
    void takesClassWeightsOfAnyMagnitude(String weights) throws Exception {
        Instances table = Tables.signs(60, 1);
        table.forEach(row -> row.setWeight(1e300));

        for (double[] prediction : predictions(table, "-class-weights", weights)) {
            assertThat(prediction[0]).isBetween(0.0, 1.0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void refusesNumbersWhoseSumIsInfinite(int attribute) {
        Instances table = Tables.plane(10, 1);
        table.get(3).setValue(attribute, -1e300);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tables.quick().buildClassifier(table))
                .withMessage(
                        "Attribute '" + table.attribute(attribute).name() + "' has the value -1.0E300 in a training"
                                + " row: numbers must be from -1E290 to 1E290, so divide them,"
                                + " or mark this one as missing.");
    }

    @ParameterizedTest
    @EnumSource(Scaling.class)
    void predictsRowOfAnyMagnitudeOrSaysThatItCannot(Scaling scaling) throws Exception {
        for (Connection connection : Connection.values()) {
            GatedNetwork network = Tables.quick("-scaling", scaling.name(), "-connection", connection.name());
            network.buildClassifier(Tables.signs(60, 1));
            for (double value : new double[] {1e30, 1e200, -Double.MAX_VALUE, Double.POSITIVE_INFINITY}) {
                Instance row = new DenseInstance(1, new double[] {value, 1, Double.NaN});
                try {
                    assertThat(network.distributionForInstance(row)[0]).isBetween(0.0, 1.0);
                } catch (ArithmeticException e) {
                    assertThat(e)
                            .hasMessage("The prediction of a row is not a number: look for"
                                    + " infinite or extreme values in the"
                                    + " row.");
                    // AUTO standardises these numbers, which are not skewed.
                    assertThat(scaling).isIn(Scaling.STANDARDISE, Scaling.AUTO);
                }
            }
        }
    }
}
