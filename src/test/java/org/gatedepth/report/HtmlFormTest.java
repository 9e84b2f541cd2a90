package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.gatedepth.report.recording.LossHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class HtmlFormTest {

    private static final Pattern SVG = Pattern.compile("<svg .*?</svg>", Pattern.DOTALL);
    private static final String NAME = "a<b>&\"'</script><!--";

    @ParameterizedTest
    @MethodSource("org.gatedepth.report.TextFormTest#reports")
    void isWellFormed(DepthReport report) throws Exception {
        Document page = parse(report.toHtml().replaceFirst("<!DOCTYPE html>", ""));

        assertThat(page.getElementsByTagName("h1").getLength()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("org.gatedepth.report.TextFormTest#reports")
    void loadsNothing(DepthReport report) {
        assertThat(report.toHtml())
                .doesNotContainPattern("(src|href)=|url\\(|@import|https?://(?!www.w3.org/2000/svg\")");
    }

    @Test
    void showsTheInputsOfMostEffectAndANumberForEach() {
        String page = SampleReports.inputs().toHtml();

        assertThat(titles(SampleReports.inputs())).contains("Inputs");
        assertThat(page)
                .contains(
                        "What the predictions depend on",
                        "The predictions depend most on input1",
                        "input14",
                        "Breiman 2001");
        assertThat(SampleReports.highway().toHtml()).doesNotContain("Breiman");
    }

    @Test
    void namesTheFindingOfEachChart() {
        Matcher charts = SVG.matcher(SampleReports.highway().toHtml());

        assertThat(charts.results().map(chart -> chart.group()))
                .hasSizeGreaterThan(10)
                .allMatch(svg -> svg.matches("(?s)<svg [^>]*role=\"img\" aria-label=\"[^\"]*\\d[^\"]*\"><title>.*"));
    }

    @Test
    void hasTheSectionsOfHighwayBlocks() {
        assertThat(titles(SampleReports.highway().withTraining(new LossHistory(List.of(2.0, 1.0), List.of(2.5, 1.5)))))
                .containsExactly(
                        "What to do",
                        "In numbers",
                        "6 blocks of stack",
                        "Transform gates",
                        "Blocks left out",
                        "Heads",
                        "Training",
                        "How this is measured");
    }

    @Test
    void hasTheSectionsOfWeightedSkips() {
        assertThat(titles(SampleReports.residual(50)))
                .containsExactly(
                        "In numbers",
                        "50 blocks of stack",
                        "Weighted skips",
                        "Blocks left out",
                        "How this is measured");
    }

    @Test
    void hasTheSectionsOfDenseBlocks() {
        assertThat(titles(SampleReports.dense()))
                .containsExactly(
                        "In numbers",
                        "4 blocks of dense",
                        "Dense connections",
                        "Blocks left out",
                        "How this is measured");
    }

    @Test
    void beginsWithWordsThatNeedNoExplanation() {
        String page = SampleReports.highway().toHtml();
        String beginning = page.substring(page.indexOf("<h1>"), page.indexOf("<h2>"));

        assertThat(beginning)
                .contains(
                        "in 6 steps, called blocks.",
                        "It predicts 97.2\u00a0% of the 500 measured examples correctly.",
                        "5 of 6 blocks do nearly all of the work: the predictions stay almost the same without the"
                                + " other one.",
                        "reaches the first of them.",
                        "Here the blocks replace 22.3\u00a0% on average.")
                .doesNotContainPattern("(?i)jacobian|norm|gradient|arxiv|‖|effective");
    }

    @Test
    void endsWithFormulasAndPapers() {
        String page = SampleReports.highway().toHtml();
        int end = page.indexOf("How this is measured");

        assertThat(page.substring(0, end)).doesNotContainPattern("arXiv|Jacobian|‖|∂");
        assertThat(page.substring(end))
                .contains("‖∂L/∂x‖", "T(x)·H(x) + (1 − T(x))·x", "arXiv 1605.06431", "arXiv 1507.06228")
                .doesNotContain("α·x", "1608.06993");
    }

    @Test
    void drawsTheLossesOfTheTraining() {
        assertThat(SampleReports.highway()
                        .withTraining(new LossHistory(List.of(2.0, 1.0), List.of(2.5, 1.5)))
                        .toHtml())
                .contains("Loss by epoch</strong> Training: from 2.00 to 1.00; validation: from 2.50 to 1.50.");
    }

    @Test
    void leavesOutAccuracyWhereNumbersArePredicted() {
        assertThat(SampleReports.regression().toHtml())
                .contains("Loss without a block")
                .doesNotContain("Accuracy without");
    }

    @Test
    void leavesOutColumnsOfHeadsWithoutNumbers() {
        assertThat(SampleReports.nulls().toHtml())
                .contains("<th scope=\"col\">loss</th></tr>")
                .doesNotContain("Overthinking is");
    }

    @Test
    void namesTheBlockThatIsMissedMost() {
        assertThat(SampleReports.highway().toHtml())
                .containsPattern(
                        "Between \\S+ \\(without block \\S+\\) and \\S+ \\(without block \\S+\\), intact network ");
    }

    @Test
    void saysThatNumbersCannotBeDrawn() {
        assertThat(SampleReports.broken().toHtml())
                .contains("None of these numbers can be drawn.", "left out: not finite");
    }

    @Test
    void drawsNoNaN() {
        Matcher charts = SVG.matcher(SampleReports.broken().toHtml());

        assertThat(charts.results().map(chart -> chart.group()))
                .isNotEmpty()
                .noneMatch(svg -> svg.matches("(?s).* (d|x|y|cx|cy|height|width)=\"[^\"]*(NaN|Infinity).*"));
    }

    @Test
    void escapesNames() {
        assertThat(SampleReports.named(NAME).toHtml())
                .contains("a&lt;b&gt;&amp;&quot;&#39;&lt;/script&gt;")
                .doesNotContain("a<b", "<!--");
    }

    @Test
    void holdsTheReportAsJson() throws Exception {
        DepthReport report = SampleReports.named(NAME);
        Document page = parse(report.toHtml()
                .replaceFirst("<!DOCTYPE html>", "")
                .replaceFirst("(<script [^>]*>)", "$1<![CDATA[")
                .replaceFirst("</script>", "]]></script>"));

        String json = page.getElementsByTagName("script").item(0).getTextContent();
        assertThat(DepthReport.fromJson(json)).isEqualTo(report);
    }

    @Test
    void isSmallWithFiftyBlocks() {
        assertThat(SampleReports.highway(50, 71).toHtml()).hasSizeLessThan(1_000_000);
    }

    @Test
    void isWrittenToAFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("report.html");

        SampleReports.dense().writeHtml(file);

        assertThat(Files.readString(file)).isEqualTo(SampleReports.dense().toHtml());
    }

    @Test
    void saysWhatToAddWhereXChartIsMissing() throws Exception {
        try (WithoutXChart loader = new WithoutXChart()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> loader.call("toHtml"))
                    .withMessageContaining("add org.knowm.xchart:xchart:3.8.8 and de.erichseifert");
        }
    }

    @Test
    void leavesTextAndJsonToThoseWithoutXChart() throws Exception {
        try (WithoutXChart loader = new WithoutXChart()) {
            assertThat(loader.call("toText")).isEqualTo(SampleReports.highway().toText());
            assertThat(loader.call("toJson")).isEqualTo(SampleReports.highway().toJson());
        }
    }

    /** Loads Gatedepth anew, and no XChart. */
    private static final class WithoutXChart extends URLClassLoader {

        WithoutXChart() throws IOException {
            super(
                    new URL[] {
                        Path.of("target", "classes").toUri().toURL(),
                        Path.of("target", "test-classes").toUri().toURL()
                    },
                    HtmlFormTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.knowm.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("org.gatedepth.report.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            return known == null ? findClass(name) : known;
        }

        Object call(String method) throws Exception {
            var maker = loadClass("org.gatedepth.report.SampleReports", true).getDeclaredMethod("highway");
            maker.setAccessible(true);
            Object report = maker.invoke(null);
            try {
                return report.getClass().getMethod(method).invoke(report);
            } catch (InvocationTargetException e) {
                throw e.getCause() instanceof RuntimeException thrown ? thrown : e;
            }
        }
    }

    private static List<String> titles(DepthReport report) {
        return Pattern.compile("<h2>(.*?)</h2>")
                .matcher(report.toHtml())
                .results()
                .map(title -> title.group(1))
                .toList();
    }

    private static Document parse(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }
}
