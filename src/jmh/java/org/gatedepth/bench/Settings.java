package org.gatedepth.bench;

import java.nio.file.Path;
import java.util.List;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * The settings of a run, from system properties.
 *
 * @param tables {@code gatedepth.bench}: which to print, one of {@link #TABLES} or "all"
 * @param rounds {@code gatedepth.bench.rounds}: how often each candidate is measured
 * @param seconds {@code gatedepth.bench.seconds}: how long one measurement takes
 */
record Settings(String tables, int rounds, int seconds) {
    /** What can be printed. */
    static final List<String> TABLES =
            List.of("speed", "layers", "lengths", "heads", "growth", "table", "prediction", "listener");

    private static final String PREFIX = "gatedepth.bench";

    /** Measurements that warm a process up and do not count. */
    static final int WARMUPS = 2;

    /** Measurements of a process that count. */
    static final int MEASUREMENTS = 3;

    /** Checks the values. */
    Settings {
        if (!tables.equals("all") && !TABLES.contains(tables)) {
            throw new IllegalArgumentException(
                    PREFIX + " must be " + String.join(", ", TABLES) + " or all, got " + tables);
        }
        if (rounds < 1 || seconds < 1) {
            throw new IllegalArgumentException(
                    PREFIX + ".rounds and .seconds must be at least 1, got " + rounds + " and " + seconds);
        }
    }

    /** Reads the properties. */
    static Settings read() {
        return new Settings(
                System.getProperty(PREFIX, "all"),
                Integer.getInteger(PREFIX + ".rounds", 3),
                Integer.getInteger(PREFIX + ".seconds", 2));
    }

    /**
     * A run of a benchmark in a process of its own, with one thread.
     *
     * @param log gets what JMH prints
     */
    ChainedOptionsBuilder run(Class<?> benchmark, Path log) {
        return new OptionsBuilder()
                .include("^" + benchmark.getName().replace(".", "\\.") + "\\.")
                .threads(1)
                .forks(1)
                .warmupIterations(WARMUPS)
                .warmupTime(TimeValue.seconds(seconds))
                .measurementIterations(MEASUREMENTS)
                .measurementTime(TimeValue.seconds(seconds))
                .shouldFailOnError(true)
                .output(log.toString());
    }

    /** Whether to print one of {@link #TABLES}. */
    boolean prints(String table) {
        return tables.equals("all") || tables.equals(table);
    }
}
