package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.gatedepth.block.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import weka.core.Instances;
import weka.core.Utils;
import weka.gui.graphvisualizer.BIFParser;
import weka.gui.graphvisualizer.GraphEdge;
import weka.gui.graphvisualizer.GraphNode;

/** The drawing and the measures of networks. */
class GatedNetworkDrawingTest {

    private record Graph(List<String> nodes, List<String> edges) {}

    private static GatedNetwork built(String options, Instances table) throws Exception {
        GatedNetwork network = Tables.quick(Utils.splitOptions(options));
        network.buildClassifier(table);
        return network;
    }

    /** What Weka's graph window reads. */
    private static Graph parsed(GatedNetwork network) throws Exception {
        ArrayList<GraphNode> nodes = new ArrayList<>();
        ArrayList<GraphEdge> edges = new ArrayList<>();
        new BIFParser(network.graph(), nodes, edges).parse();
        return new Graph(
                nodes.stream().map(node -> node.lbl).toList(),
                edges.stream()
                        .map(edge -> nodes.get(edge.src).lbl + " > " + nodes.get(edge.dest).lbl)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(Connection.class)
    void wekasParserReadsTheGraph(Connection connection) throws Exception {
        Graph graph = parsed(built("-connection " + connection, Tables.signs(30, 1)));

        // Without skips a block is one unit; with them its transform is another.
        assertThat(graph.nodes).hasSize(connection == Connection.PLAIN ? 5 : 7);
        assertThat(graph.edges)
                .hasSize(connection == Connection.PLAIN ? 4 : 8)
                .contains("input (2) > projection (8)", "block 2 > output (2)");
    }

    @ParameterizedTest
    @EnumSource(Connection.class)
    void wekasParserReadsTheHeads(Connection connection) throws Exception {
        Graph graph =
                parsed(built("-aux-every 1 -aux-attributes 2,4 -connection " + connection, Tables.related(30, 1)));

        assertThat(graph.edges)
                .filteredOn(edge -> edge.contains("> head after block 1"))
                .hasSize(3);
    }

    @Test
    void wekasParserReadsNamesWithMarkup() throws Exception {
        Instances table = Tables.related(30, 1);
        table.renameAttribute(3, "a < b & \"c\" 'd' > e");

        assertThat(parsed(built("-aux-attributes 4", table)).nodes)
                .contains("head after block 1: a < b & \"c\" 'd' > e");
    }

    @ParameterizedTest
    @EnumSource(Connection.class)
    void measuresEveryKindOfNetwork(Connection connection) throws Exception {
        GatedNetwork network = built("-validation 20 -connection " + connection, Tables.signs(30, 1));

        for (String name : Collections.list(network.enumerateMeasures())) {
            double measure = network.getMeasure(name);
            if (name.equals("measureMeanGate") && connection != Connection.HIGHWAY) {
                assertThat(measure).as(name).isNaN();
            } else if (name.startsWith("measureImportance:")) {
                assertThat(measure).as(name).isFinite();
            } else {
                assertThat(measure).as(name).isFinite().isNotNegative();
            }
        }
        assertThat(network.getMeasure("measureBlocks")).isEqualTo(2);
        assertThat(network.getMeasure("measureWidth")).isEqualTo(8);
        assertThat(network.getMeasure("measureEpochs")).isEqualTo(3);
    }

    @Test
    void measuresNoValidationLossWithoutValidationRows() throws Exception {
        assertThat(built("", Tables.signs(30, 1)).getMeasure("measureValidationLoss"))
                .isNaN();
    }
}
