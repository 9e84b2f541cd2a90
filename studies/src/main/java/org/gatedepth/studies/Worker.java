package org.gatedepth.studies;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * A process that does one run of a study after the other, with one OpenMP thread.
 *
 * <p>A run that takes longer than the study's limit ends with its process, and the next run gets a new one.
 */
final class Worker implements AutoCloseable {
    static final String OPTION = "--worker";

    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "limit");
        thread.setDaemon(true);
        return thread;
    });

    private final Study study;
    private Process process;
    private PrintStream in;
    private BufferedReader out;

    Worker(Study study) {
        this.study = study;
    }

    /** The rows of a run; the study's row for a run over the limit if it is stopped there. */
    List<Map<String, String>> run(RunSettings run) throws IOException {
        if (process == null) {
            start();
        }
        Process current = process;
        // Set by the end of the run or by its limit, whichever is first.
        AtomicBoolean settled = new AtomicBoolean();
        study.limit()
                .ifPresent(limit -> CLOCK.schedule(
                        () -> {
                            if (settled.compareAndSet(false, true)) {
                                end(current);
                            }
                        },
                        limit.toMillis(),
                        TimeUnit.MILLISECONDS));
        in.println(line(run.byName()));
        List<Map<String, String>> rows = new ArrayList<>();
        String line = out.readLine();
        while (line != null && !line.isEmpty()) {
            rows.add(map(line));
            line = out.readLine();
        }
        boolean inTime = settled.compareAndSet(false, true);
        if (!inTime) {
            process = null;
            return List.of(overLimit());
        }
        if (line == null) {
            throw new IOException("the process that ran " + run.byName() + " ended without a result;"
                    + " run the same command again to go on; what was measured is kept.");
        }
        return rows;
    }

    private Map<String, String> overLimit() {
        Map<String, String> row = ResultTable.texts(study.overLimit());
        row.put("seconds", String.valueOf(study.limit().orElseThrow().toSeconds()));
        return row;
    }

    private void start() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), study.getClass().getName(), OPTION));
        command.addAll(study.arguments());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process started = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(started)));
        process = started;
        in = new PrintStream(started.getOutputStream(), true, StandardCharsets.UTF_8);
        out = new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
    }

    /** With the processes that it started. */
    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void close() {
        if (process != null) {
            end(process);
        }
    }

    /** The other side, in the process: a run a line in, its rows and an empty line out. */
    static void serve(Study study) throws Exception {
        PrintStream out = System.out;
        // What a classifier prints must not come between the rows.
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            long begin = System.nanoTime();
            List<Map<String, Object>> rows;
            try {
                rows = study.run(new RunSettings(map(line), 1));
            } catch (IOException e) {
                // Data that cannot be read; anything else is a defect of the study.
                System.err.println(study.name() + ": " + e.getMessage());
                return;
            }
            String seconds = String.format(Locale.ROOT, "%.1f", (System.nanoTime() - begin) / 1e9);
            for (Map<String, Object> row : rows) {
                Map<String, String> texts = ResultTable.texts(row);
                texts.put("seconds", seconds);
                out.println(line(texts));
            }
            out.println();
        }
    }

    private static String line(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("\t"));
    }

    private static Map<String, String> map(String line) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String part : line.split("\t")) {
            String[] nameAndValue = part.split("=", 2);
            values.put(nameAndValue[0], nameAndValue[1]);
        }
        return values;
    }
}
