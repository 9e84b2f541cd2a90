package org.gatedepth.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Time and memory of a {@code GatedStack} as it gets deeper, each depth in a process of its own. */
final class Growth {
    private static final int WIDTH = 50;
    private static final int BATCH = 128;
    private static final List<Integer> DEPTHS = List.of(10, 30, 100, 300, 900);

    private final Settings settings;
    private final Map<Integer, Row> rows = new LinkedHashMap<>();

    Growth(Settings settings) {
        this.settings = settings;
    }

    /** The figures of one depth: milliseconds, and bytes of the process before and after the network. */
    private record Row(Figures step, Figures before, Figures after) {}

    /** Measures all depths in turn, round by round. */
    void measure() throws IOException, InterruptedException {
        for (int round = 0; round < settings.rounds(); round++) {
            for (int depth : DEPTHS) {
                Row row = rows.computeIfAbsent(depth, d -> new Row(new Figures(), new Figures(), new Figures()));
                String[] numbers = fork(new Size(WIDTH, BATCH, depth)).split(" ", -1);
                row.step().add(Double.parseDouble(numbers[0]));
                row.before().add(Double.parseDouble(numbers[1]));
                row.after().add(Double.parseDouble(numbers[2]));
            }
        }
    }

    private String fork(Size size) throws IOException, InterruptedException {
        ProcessBuilder process = Fork.of(
                        GrowthProcess.class, List.of(), size.toString(), String.valueOf(settings.seconds()))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        return Fork.printed(process).strip();
    }

    /** The table. */
    String table() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%-34s %9s %13s %13s %13s%n",
                "GatedStack, width " + WIDTH + ", batch " + BATCH,
                "step ms",
                "ms a block",
                "resident MB",
                "MB a block"));
        rows.forEach((depth, row) -> {
            double step = row.step().median();
            double after = row.after().median();
            double network = after - row.before().median();
            table.append(String.format(
                    Locale.ROOT,
                    "%-34s %9.3f %13.4f %13s %13s%n",
                    depth + " blocks",
                    step,
                    step / depth,
                    megabytes(after, "%.0f"),
                    megabytes(network / depth, "%.2f")));
        });
        return table.append("MB a block: what the resident set grew by, once the network was built and trained.\n")
                .toString();
    }

    private static String megabytes(double bytes, String format) {
        return Double.isNaN(bytes) ? "-" : String.format(Locale.ROOT, format, bytes / (1 << 20));
    }
}
