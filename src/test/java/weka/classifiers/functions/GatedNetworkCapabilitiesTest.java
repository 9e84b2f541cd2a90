package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import weka.core.Capabilities;
import weka.core.Capabilities.Capability;
import weka.core.Utils;

class GatedNetworkCapabilitiesTest {

    // A nominal attribute may have two labels, one or none.
    private static final List<Capability> OF_BOTH = List.of(
            Capability.NOMINAL_ATTRIBUTES,
            Capability.BINARY_ATTRIBUTES,
            Capability.UNARY_ATTRIBUTES,
            Capability.EMPTY_NOMINAL_ATTRIBUTES,
            Capability.NUMERIC_ATTRIBUTES,
            Capability.DATE_ATTRIBUTES,
            Capability.MISSING_VALUES,
            Capability.NOMINAL_CLASS,
            Capability.BINARY_CLASS,
            Capability.MISSING_CLASS_VALUES);

    private static Capabilities capabilities(String options) throws Exception {
        return Tables.quick(Utils.splitOptions(options)).getCapabilities();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-connection DENSE",
                "-aux-every 1",
                "-aux-attributes 1",
                "-resume",
                "-validation 20",
                "-dropout 0.5"
            })
    void handlesNominalAndNumericClasses(String options) throws Exception {
        assertThat(capabilities(options).capabilities())
                .toIterable()
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                OF_BOTH.stream(),
                                Stream.of(
                                        Capability.STRING_ATTRIBUTES,
                                        Capability.RELATIONAL_ATTRIBUTES,
                                        Capability.NUMERIC_CLASS))
                        .toList());
    }

    @Test
    void handlesNominalClassesOnlyWhereRowsMayLeaveEarly() throws Exception {
        assertThat(capabilities("-aux-every 1 -early-exit 0.5").capabilities())
                .toIterable()
                .containsExactlyInAnyOrderElementsOf(OF_BOTH);
    }

    @Test
    void takesStepsOfNumbersAndLabelsAndDates() {
        assertThat(new GatedNetwork().getMultiInstanceCapabilities().capabilities())
                .toIterable()
                .containsExactlyInAnyOrder(
                        Capability.NOMINAL_ATTRIBUTES,
                        Capability.BINARY_ATTRIBUTES,
                        Capability.UNARY_ATTRIBUTES,
                        Capability.EMPTY_NOMINAL_ATTRIBUTES,
                        Capability.NUMERIC_ATTRIBUTES,
                        Capability.DATE_ATTRIBUTES,
                        Capability.MISSING_VALUES,
                        Capability.NO_CLASS);
    }

    @Test
    void needsOneRow() throws Exception {
        assertThat(capabilities("").getMinimumNumberInstances()).isEqualTo(1);
    }

    @Test
    void refusesNumericClassWhereRowsMayLeaveEarly() throws Exception {
        assertThatThrownBy(() ->
                        Tables.quick("-aux-every", "1", "-early-exit", "0.5").buildClassifier(Tables.plane(20, 1)))
                .message()
                .doesNotContain("\n")
                .contains("numeric");
    }
}
