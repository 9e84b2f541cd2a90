package org.gatedepth.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.report.DepthListener;

/** What a {@link DepthListener} adds to a training step; networks with one and without take turns, step by step. */
final class ListenerCost {
    private static final Size SIZE = new Size(50, 128, 50);

    /** As many steps of each network in turn as the longest interval, so that each turn has the same records. */
    private static final int TURN = 50;

    private final Settings settings;
    private final Map<String, Figures> figures = new LinkedHashMap<>();

    ListenerCost(Settings settings) {
        this.settings = settings;
    }

    /** Measures all candidates in turn. */
    void measure() {
        Batches batches = new Batches(SIZE);
        Map<String, ComputationGraph> networks = new LinkedHashMap<>();
        networks.put("no listener", network());
        networks.put("no listener, again", network());
        networks.put("every 50th iteration", network(new DepthListener.Builder()));
        networks.put(
                "every 50th iteration, with gates", network(new DepthListener.Builder().gatesOn(batches.features())));
        networks.put("every 10th iteration", network(new DepthListener.Builder().every(10)));
        networks.put("every iteration", network(new DepthListener.Builder().every(1)));
        List<String> order = new ArrayList<>(networks.keySet());
        networks.values().forEach(network -> turn(network, batches));
        long end = System.nanoTime() + settings.rounds() * settings.seconds() * 1_000_000_000L * networks.size();
        do {
            for (String name : order) {
                double milliseconds = turn(networks.get(name), batches);
                figures.computeIfAbsent(name, n -> new Figures()).add(milliseconds);
            }
            // Nobody always comes first.
            order.add(order.remove(0));
        } while (System.nanoTime() < end);
    }

    /** Milliseconds of a step. */
    private static double turn(ComputationGraph network, Batches batches) {
        long start = System.nanoTime();
        for (int step = 0; step < TURN; step++) {
            network.fit(batches.next());
        }
        return (System.nanoTime() - start) / 1e6 / TURN;
    }

    private static ComputationGraph network() {
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(
                NetworkSpec.classification(SIZE.width(), Size.CLASSES).withSize(SIZE.blocks(), SIZE.width())));
        network.init();
        return network;
    }

    private static ComputationGraph network(DepthListener.Builder listener) {
        ComputationGraph network = network();
        network.setListeners(listener.build());
        return network;
    }

    /** The table. */
    String table() {
        double alone = figures.get("no listener").median();
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT, "%-44s %9s %9s%n", "DepthListener, " + SIZE.description(), "step ms", "more"));
        figures.forEach((name, values) -> table.append(String.format(
                Locale.ROOT, "%-44s %9.3f %8.1f%%%n", name, values.median(), 100 * (values.median() / alone - 1))));
        return table.toString();
    }
}
