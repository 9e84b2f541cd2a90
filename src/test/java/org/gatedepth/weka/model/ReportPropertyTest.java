package org.gatedepth.weka.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import weka.gui.graphvisualizer.BIFParser;
import weka.gui.graphvisualizer.GraphNode;

/** A report inside a graph. */
class ReportPropertyTest {

    private static String graph(String property) {
        return "<?xml version=\"1.0\"?>\n<BIF VERSION=\"0.3\"><NETWORK><NAME>name</NAME>\n" + property
                + "<VARIABLE TYPE=\"nature\"><NAME>unit</NAME><OUTCOME>value</OUTCOME></VARIABLE>"
                + "<DEFINITION><FOR>unit</FOR><TABLE>1.0</TABLE></DEFINITION></NETWORK></BIF>";
    }

    @Test
    void isReadAsItWasWritten() {
        String graph = graph(ReportProperty.element(HandmadeReports.small().toJson()));

        assertThat(ReportProperty.isIn(graph)).isTrue();
        assertThat(ReportProperty.read(graph)).isEqualTo(HandmadeReports.small());
    }

    @Test
    void wekasParserPassesItOver() throws Exception {
        ArrayList<GraphNode> nodes = new ArrayList<>();

        String name = new BIFParser(
                        graph(ReportProperty.element(HandmadeReports.small().toJson())), nodes, new ArrayList<>())
                .parse();

        assertThat(name).isEqualTo("name");
        assertThat(nodes).hasSize(1);
    }

    @Test
    void noReportIsNoElement() {
        assertThat(ReportProperty.element(null)).isEmpty();
    }

    @Test
    void aGraphWithoutOneHasASentence() {
        assertThat(ReportProperty.isIn(graph(""))).isFalse();
        assertThatThrownBy(() -> ReportProperty.read(graph("")))
                .hasMessage("This graph has no depth report: only those of GatedNetwork have one.");
    }
}
