package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class JsonFormTest {

    @ParameterizedTest
    @MethodSource("org.gatedepth.report.TextFormTest#reports")
    void givesBackWhatWasWritten(DepthReport report) {
        assertThat(DepthReport.fromJson(report.toJson())).isEqualTo(report);
    }

    @Test
    void readsTheInputsThatItWrote() {
        DepthReport report = SampleReports.inputs();

        assertThat(DepthReport.fromJson(report.toJson())).isEqualTo(report);
    }

    @Test
    void keepsNumbersThatAreNotFinite() {
        assertThat(SampleReports.broken().toJson()).contains("\"NaN\"", "\"Infinity\"");
    }

    @Test
    void readsAReportWithoutLossesInputsAndAdvice() {
        String json = SampleReports.highway().toJson();
        String old = json.replaceFirst("(?s),\\s*\"losses\".*", "\n}").replaceFirst("\"inputs\" : \\[ \\],", "");

        assertThat(old).doesNotContain("losses", "inputs", "advice");
        assertThat(DepthReport.fromJson(old)).isEqualTo(SampleReports.highway());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nonsense | This is not JSON: \"nonsense\"",
                "`` | This is JSON but not a depth report",
                "null | This is JSON but not a depth report",
                "[1] | This is JSON but not a depth report",
                "{\"format\": 7} | has format 7, but this Gatedepth reads format 1: read it with",
                "{\"format\": 1} | cannot be read"
            })
    void saysWhatIsWrong(String json, String sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DepthReport.fromJson(json))
                .withMessageContaining(sentence)
                .satisfies(e -> assertThat(e.getMessage()).endsWith(".").doesNotContain("\n"));
    }

    @Test
    void namesThePlaceOfAFault() {
        String json = SampleReports.highway()
                .toJson()
                .replaceFirst("\"effectiveDepth\" : 2.125", "\"effectiveDepth\" : \"x\"");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> DepthReport.fromJson(json))
                .withMessageContaining("chains[0].start.effectiveDepth");
    }
}
