package org.gatedepth.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;

/** Compares the implementations, and the peers that are there, at every size. */
final class Speed {
    /** What JMH prints: its own view of each run, and the stack trace of one that fails. */
    private static final Path LOGS = Path.of("target", "bench");

    private final Settings settings;
    private final List<Peer> peers;
    private final Map<Size, Map<String, Row>> rows = new LinkedHashMap<>();

    Speed(Settings settings, List<Peer> peers) {
        this.settings = settings;
        this.peers = peers;
    }

    /** The times of one candidate. */
    private record Row(Figures step, Figures inference) {}

    /** Measures all candidates in turn, round by round. */
    void measure() throws RunnerException, IOException, InterruptedException {
        Files.createDirectories(LOGS);
        for (int round = 1; round <= settings.rounds(); round++) {
            for (Size size : Size.COMPARED) {
                for (Implementation implementation : Implementation.values()) {
                    run(implementation, size, round);
                }
                for (Peer peer : peers) {
                    Peer.Times times = peer.run(size, settings.seconds());
                    Row row = row(size, peer.title());
                    row.step().add(times.step());
                    row.inference().add(times.inference());
                }
            }
        }
    }

    private void run(Implementation implementation, Size size, int round) throws RunnerException {
        Path log = LOGS.resolve(implementation + "-" + size + "-" + round + ".log");
        Options options = settings.run(HighwayBenchmark.class, log)
                .param("implementation", implementation.name())
                .param("size", size.toString())
                .build();
        Row row = row(size, implementation.title());
        for (RunResult result : new Runner(options).run()) {
            boolean step = result.getParams().getBenchmark().endsWith(".step");
            Figures figures = step ? row.step() : row.inference();
            result.getBenchmarkResults()
                    .forEach(fork -> fork.getIterationResults()
                            .forEach(i -> figures.add(i.getPrimaryResult().getScore())));
        }
    }

    private Row row(Size size, String title) {
        return rows.computeIfAbsent(size, s -> new LinkedHashMap<>())
                .computeIfAbsent(title, t -> new Row(new Figures(), new Figures()));
    }

    /** The tables, one for each size. */
    List<String> tables() {
        List<String> tables = new ArrayList<>();
        rows.forEach((size, candidates) -> tables.add(table(size, candidates)));
        return tables;
    }

    private static String table(Size size, Map<String, Row> candidates) {
        Row ours = candidates.values().iterator().next();
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%-34s %9s %7s %13s %7s%n",
                size.description(),
                "step ms",
                "ratio",
                "inference ms",
                "ratio"));
        candidates.forEach((title, row) -> {
            double step = row.step().median();
            double inference = row.inference().median();
            table.append(String.format(
                    Locale.ROOT,
                    "%-34s %9.3f %7.2f %13.3f %7.2f%n",
                    title,
                    step,
                    step / ours.step().median(),
                    inference,
                    inference / ours.inference().median()));
        });
        return table.toString();
    }
}
