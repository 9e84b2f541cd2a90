package org.gatedepth.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Milliseconds of a forward and a backward pass of layers over sequences, with one thread; Gatedepth's and
 * Deeplearning4j's take turns in this process, and PyTorch's follow in one of their own.
 */
final class LayerSpeed {
    private static final int TURNS_A_ROUND = 4;

    private final List<LayerCase> cases = LayerCase.all();
    private final Settings settings;
    private final @Nullable String python;
    private final Map<LayerCase, Row> rows = new LinkedHashMap<>();

    /**
     * Nothing measured yet.
     *
     * @param python a Python that has PyTorch; null to leave it out
     */
    LayerSpeed(Settings settings, @Nullable String python) {
        this.settings = settings;
        this.python = python;
    }

    /** The times of one case. */
    private record Row(Figures own, Figures stock, Figures torch) {}

    /** Measures all cases, round by round. */
    void measure() throws IOException, InterruptedException {
        for (int round = 0; round < settings.rounds(); round++) {
            for (LayerCase layer : cases) {
                Row row = rows.computeIfAbsent(layer, l -> new Row(new Figures(), new Figures(), new Figures()));
                inThisProcess(layer, row);
                if (python != null) {
                    row.torch().add(TorchPeer.milliseconds(python, layer.peer(), settings.seconds()));
                }
            }
        }
    }

    private void inThisProcess(LayerCase layer, Row row) {
        Runnable own = layer.own().get();
        Runnable stock = layer.stock().get();
        for (int turn = 0; turn < 2 * TURNS_A_ROUND; turn++) {
            double ownTime = time(own);
            double stockTime = time(stock);
            if (turn >= TURNS_A_ROUND) {
                row.own().add(ownTime);
                row.stock().add(stockTime);
            }
        }
    }

    private double time(Runnable pass) {
        long nanoseconds = settings.seconds() * 1_000_000_000L / TURNS_A_ROUND;
        long start = System.nanoTime();
        int count = 0;
        do {
            pass.run();
            count++;
        } while (System.nanoTime() - start < nanoseconds);
        return (System.nanoTime() - start) / 1e6 / count;
    }

    /** The table. */
    String table() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%-66s %9s %9s %7s %9s %7s%n",
                "forward and backward, ms",
                "Gatedepth",
                "PyTorch",
                "ratio",
                "DL4J",
                "ratio"));
        rows.forEach((layer, row) -> {
            double own = row.own().median();
            double torch = row.torch().median();
            double stock = row.stock().median();
            table.append(String.format(
                    Locale.ROOT,
                    "%-66s %9.2f %9.2f %7.2f %9.2f %7.2f%n",
                    layer.title(),
                    own,
                    torch,
                    own / torch,
                    stock,
                    own / stock));
        });
        return table.append(
                        "A ratio below 1: Gatedepth is faster. Minibatches of " + LayerCase.SEQUENCES + " sequences.\n")
                .toString();
    }
}
