package org.gatedepth.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.RecurrentHighwayLayer;
import org.gatedepth.dl4j.TemporalStack;

/**
 * Milliseconds of a forward and a backward pass of layers over ever longer sequences, with one thread, and the memory
 * that they keep for it.
 */
final class LengthCost {
    private static final int SEQUENCES = 4;
    private static final List<Integer> STEPS = List.of(100, 1_000, 10_000);

    private final Settings settings;
    private final Map<Key, Row> rows = new LinkedHashMap<>();

    private record Key(String layer, int steps) {}

    /** The figures of one length: milliseconds and bytes. */
    private record Row(Figures time, Figures memory) {}

    LengthCost(Settings settings) {
        this.settings = settings;
    }

    /** Measures all lengths in turn, round by round. */
    void measure() {
        Layer stack = new TemporalStack.Builder()
                .connection(Connection.HIGHWAY)
                .depth(8)
                .kernel(3)
                .nOut(32)
                .build();
        Layer recurrent = new RecurrentHighwayLayer.Builder().nOut(64).build();
        for (int round = 0; round < settings.rounds(); round++) {
            for (int steps : STEPS) {
                measure("TemporalStack, 8 levels, width 32", stack, 32, steps);
            }
            for (int steps : STEPS) {
                measure("RecurrentHighwayLayer, depth 1, width 64", recurrent, 64, steps);
            }
        }
    }

    private void measure(String name, Layer layer, int width, int steps) {
        LayerPass pass = LayerPass.of(List.of(layer), SEQUENCES, steps, width, false);
        Row row = rows.computeIfAbsent(new Key(name, steps), key -> new Row(new Figures(), new Figures()));
        row.time().add(Timing.median(pass, settings.seconds()));
        row.memory().add(pass.bytes());
    }

    /** The table. */
    String table() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%-46s %8s %11s %12s %9s %11s%n",
                "forward and backward, " + SEQUENCES + " sequences",
                "steps",
                "ms",
                "ms a step",
                "MB",
                "KB a step"));
        rows.forEach((key, row) -> {
            double time = row.time().median();
            double memory = row.memory().median();
            table.append(String.format(
                    Locale.ROOT,
                    "%-46s %8d %11.2f %12.4f %9.1f %11.2f%n",
                    key.layer(),
                    key.steps(),
                    time,
                    time / key.steps(),
                    memory / (1 << 20),
                    memory / key.steps() / (1 << 10)));
        });
        return table.append("MB: what the compiled functions of the layer keep, without parameters.\n")
                .toString();
    }
}
