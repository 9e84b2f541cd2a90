package org.gatedepth.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.report.DepthListener;

/** What a {@link DepthListener} adds to a training step; networks with one and without take turns. */
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
        long end = System.nanoTime() + 1_000_000_000L * settings.rounds() * settings.seconds() * networks.size();
        do {
            for (String name : order) {
                double milliseconds = turn(networks.get(name), batches);
                figures.computeIfAbsent(name, n -> new Figures()).add(milliseconds);
            }
            // Nobody always comes first.
            order.add(order.remove(0));
        } while (System.nanoTime() < end);
    }

    /** Milliseconds that a step takes of the processor, in which other programs have no part. */
    private static double turn(ComputationGraph network, Batches batches) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        for (int step = 0; step < TURN; step++) {
            network.fit(batches.next());
        }
        return (threads.getCurrentThreadCpuTime() - start) / 1e6 / TURN;
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
                Locale.ROOT, "%-44s %9s %9s%n", "DepthListener, " + SIZE.description(), "CPU ms", "more"));
        figures.forEach((name, values) -> table.append(String.format(
                Locale.ROOT, "%-44s %9.3f %8.1f%%%n", name, values.median(), 100 * (values.median() / alone - 1))));
        double record = figures.get("every iteration").median() - alone;
        table.append(String.format(
                Locale.ROOT,
                "One record takes %.1f ms: %.1f%% of the time when every 50th iteration has one.%n",
                record,
                2 * record / alone));
        return table.toString();
    }
}
