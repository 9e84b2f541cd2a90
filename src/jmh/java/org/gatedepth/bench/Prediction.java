package org.gatedepth.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;

/** What Weka's classifiers take to predict rows, each in a process of its own, in turn. */
final class Prediction {
    private static final Path LOGS = Path.of("target", "bench");

    private final Settings settings;
    private final Map<PredictionBenchmark.Scheme, Row> rows = new EnumMap<>(PredictionBenchmark.Scheme.class);

    private record Row(Figures alone, Figures inBatch) {}

    Prediction(Settings settings) {
        this.settings = settings;
        for (PredictionBenchmark.Scheme scheme : PredictionBenchmark.Scheme.values()) {
            rows.put(scheme, new Row(new Figures(), new Figures()));
        }
    }

    /** Measures all schemes in turn, round by round. */
    void measure() throws RunnerException, IOException {
        Files.createDirectories(LOGS);
        for (int round = 1; round <= settings.rounds(); round++) {
            for (PredictionBenchmark.Scheme scheme : rows.keySet()) {
                run(scheme, round);
            }
        }
    }

    private void run(PredictionBenchmark.Scheme scheme, int round) throws RunnerException {
        Path log = LOGS.resolve("prediction-" + scheme + "-" + round + ".log");
        Options options = settings.run(PredictionBenchmark.class, log)
                .param("scheme", scheme.name())
                .build();
        Row row = rows.get(scheme);
        for (RunResult result : new Runner(options).run()) {
            Figures figures = result.getParams().getBenchmark().endsWith(".oneRow") ? row.alone() : row.inBatch();
            result.getBenchmarkResults()
                    .forEach(fork -> fork.getIterationResults()
                            .forEach(i -> figures.add(i.getPrimaryResult().getScore())));
        }
    }

    /** The table. */
    String table() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT, "%-24s %9s %16s%n", "prediction, microseconds", "one row", "a row of 10,000"));
        rows.forEach((scheme, row) -> table.append(String.format(
                Locale.ROOT,
                "%-24s %9.2f %16.2f%n",
                scheme.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                row.alone().median(),
                row.inBatch().median())));
        return table.toString();
    }
}
