package org.gatedepth.weka.gui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import javax.swing.JMenuItem;
import javax.swing.JTextArea;
import org.gatedepth.weka.model.HandmadeReports;
import org.gatedepth.weka.progress.RunRecord;
import org.junit.jupiter.api.Test;
import weka.gui.visualize.plugins.GraphVisualizePlugin;

/** The report in Weka's windows, as far as no display is needed. */
class DepthReportTest {

    private static JMenuItem item(String property) {
        return new DepthReportPlugin()
                .getVisualizeMenuItem(
                        "<BIF><NETWORK><NAME>name</NAME><PROPERTY>" + property + "</PROPERTY></NETWORK></BIF>",
                        "a run");
    }

    @Test
    void aGraphWithAReportHasAMenuItem() {
        assertThat(item("gatedepth report = {}").getText()).isEqualTo("Depth report");
    }

    @Test
    void anotherGraphHasNoMenuItem() {
        assertThat(item("position = (0,0)")).isNull();
    }

    @Test
    void wekaFindsThePlugin() throws Exception {
        Properties plugins = new Properties();
        try (var in = Files.newInputStream(Path.of("weka-package", "PluginManager.props"))) {
            plugins.load(in);
        }

        assertThat(plugins).hasSize(1);
        assertThat(Class.forName(plugins.getProperty(GraphVisualizePlugin.class.getName()))
                        .getDeclaredConstructor()
                        .newInstance())
                .isInstanceOf(GraphVisualizePlugin.class);
    }

    @Test
    void thePanelShowsAReport() {
        ReportPanel panel = new ReportPanel();

        panel.show(HandmadeReports.small());

        assertThat(panel.words()).isEqualTo(HandmadeReports.small().toText());
    }

    @Test
    void thePanelBreaksTheLinesOfAReportToItsWidth() throws Exception {
        ReportPanel panel = new ReportPanel();
        panel.show(HandmadeReports.small());
        JTextArea text = Screen.all(JTextArea.class, panel).stream()
                .filter(area -> area.getText().equals(panel.words()))
                .findFirst()
                .orElseThrow();
        int character = text.getFontMetrics(text.getFont()).charWidth('0');

        // With room for the border and a scroll bar.
        Screen.layOut(panel, 80 * character + 60, 400);
        Screen.onItsThread(panel::words); // what is to be told of the size has been told
        Screen.onItsThread(panel::words);

        assertThat(panel.words())
                .isNotEqualTo(HandmadeReports.small().toText())
                .isEqualToNormalizingWhitespace(HandmadeReports.small().toText());
        assertThat(text.getPreferredSize().width)
                .isLessThanOrEqualTo(text.getParent().getWidth());
    }

    @Test
    void thePanelSaysASentence() {
        ReportPanel panel = new ReportPanel();
        panel.show(HandmadeReports.small());

        panel.say("There is none.");

        assertThat(panel.words()).isEqualTo("There is none.");
    }

    @Test
    void aRunThatWasStoppedHasNoReport() {
        RunRecord run = Recorded.classification();
        run.ended(false);
        ReportPanel panel = new ReportPanel();

        new RunReport(panel).show(run);

        assertThat(panel.words()).startsWith("This run was stopped");
    }

    @Test
    void aRunThatTrainsHasNoReportYet() {
        ReportPanel panel = new ReportPanel();

        new RunReport(panel).show(Recorded.classification());

        assertThat(panel.words()).isEqualTo("There will be a report of the network's depth when it is trained.");
    }

    @Test
    void aRunOfLongAgoHasNoReportAnyMore() {
        RunRecord run = Recorded.finished();
        RunList list = new RunList();
        list.add(run);
        for (int i = 0; i < RunList.REPORTS; i++) {
            assertThat(run.report()).isNotNull();
            list.add(Recorded.classification());
        }

        assertThat(run.report()).isNull();
        assertThat(RunReport.reason(run)).startsWith("The reports of the latest 20 runs are kept");
    }

    @Test
    void aPageIsSavedWithItsEnding() {
        assertThat(ReportPages.withEnding(new File("a", "b"))).isEqualTo(new File("a", "b.html"));
        assertThat(ReportPages.withEnding(new File("a", "b.HTML"))).isEqualTo(new File("a", "b.HTML"));
    }
}
