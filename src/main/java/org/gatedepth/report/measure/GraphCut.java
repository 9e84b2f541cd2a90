package org.gatedepth.report.measure;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.gatedepth.dl4j.network.Graphs;
import org.jspecify.annotations.Nullable;

/**
 * A graph from which layers and vertices are taken out, one after the other: what reads one reads its input instead.
 * What no output needs any more, such as the branch that a vertex joined, goes with them.
 */
public final class GraphCut {
    private final ComputationGraphConfiguration graph;

    /**
     * Begins with a whole graph.
     *
     * @param graph its configuration, which is changed
     */
    public GraphCut(ComputationGraphConfiguration graph) {
        this.graph = graph;
    }

    /**
     * Takes out a layer or vertex, if that is possible.
     *
     * @param input position of the input that takes its place
     * @return why it stays; null where it is out
     */
    public @Nullable String takeOut(String name, int input) {
        if (graph.getVertices().get(name) instanceof LayerVertex layer && layer.getPreProcessor() != null) {
            return "it reshapes its input";
        }
        if (graph.getNetworkOutputs().contains(name)) {
            return "it is an output of the network";
        }
        Map<String, List<String>> before = graph.getVertexInputs();
        Map<String, List<String>> after = new LinkedHashMap<>();
        before.forEach((reader, read) -> after.put(reader, new ArrayList<>(read)));
        String below = Objects.requireNonNull(after.remove(name), name).get(input);
        after.values().forEach(read -> read.replaceAll(other -> other.equals(name) ? below : other));
        graph.setVertexInputs(after);
        Set<String> needed = needed();
        String reason = null;
        if (needed.stream().anyMatch(reader -> readsTwice(after.getOrDefault(reader, List.of())))) {
            reason = "what reads it reads its input too";
        } else if (!needed.containsAll(graph.getNetworkInputs())) {
            reason = "without it an input of the network would be read by nothing";
        }
        if (reason == null) {
            graph.getVertices().remove(name);
        } else {
            graph.setVertexInputs(before);
        }
        return reason;
    }

    private static boolean readsTwice(List<String> read) {
        return new HashSet<>(read).size() < read.size();
    }

    private Set<String> needed() {
        return Graphs.needed(graph, graph.getNetworkOutputs());
    }

    /** Takes out what no output needs, and has the rest ordered anew. */
    public void finish() {
        Set<String> needed = needed();
        graph.getVertices().keySet().retainAll(needed);
        graph.getVertexInputs().keySet().retainAll(needed);
        graph.setTopologicalOrder(null);
        graph.setTopologicalOrderStr(null);
    }
}
