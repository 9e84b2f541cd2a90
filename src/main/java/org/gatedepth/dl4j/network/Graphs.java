package org.gatedepth.dl4j.network;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;

/** Questions to the structure of a graph. */
public final class Graphs {
    private Graphs() {}

    /** The vertices that some vertices depend on, themselves among them. */
    public static Set<String> needed(ComputationGraphConfiguration graph, Collection<String> vertices) {
        Set<String> needed = new HashSet<>();
        List<String> open = new ArrayList<>(vertices);
        while (!open.isEmpty()) {
            String name = open.remove(open.size() - 1);
            if (needed.add(name)) {
                open.addAll(graph.getVertexInputs().getOrDefault(name, List.of()));
            }
        }
        return needed;
    }
}
