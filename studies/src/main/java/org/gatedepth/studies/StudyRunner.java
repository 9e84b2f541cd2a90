package org.gatedepth.studies;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * Does the runs of a study in several processes, and keeps what each of them gave as soon as it is done.
 *
 * <p>Stopped, it goes on where it was: a run whose settings are in the CSV file is not run again. Each process does one
 * run after the other with one OpenMP thread, and ends with this one.
 */
final class StudyRunner {
    private static final String USAGE = """
            Options:
              --quick            the small form of the study, of three minutes at most
              --folder <name>    where the results go (studies/results; target/studies for --quick)
              --processes <n>    how many runs at a time (as many as there are processors)
              --draw             run nothing: draw the results that are there, and print their table
            """;

    private final Study study;
    private final Path file;
    private final List<String> meta;
    private final Deque<RunSettings> waiting;
    private final int planned;
    private final double cost;
    private final long start = System.nanoTime();

    private ResultTable results;
    private int done;
    private double paid;

    private StudyRunner(Study study, List<RunSettings> runs, Path file) throws IOException {
        this.study = study;
        this.file = file;
        this.results = ResultTable.read(file);
        this.meta = List.of(machine(), version());
        // The long ones first, so that no process is left with one at the end.
        this.waiting = runs.stream()
                .filter(run -> !results.has(run.byName()))
                .sorted(Comparator.comparingDouble(RunSettings::cost).reversed())
                .collect(Collectors.toCollection(ArrayDeque::new));
        this.planned = waiting.size();
        this.cost = waiting.stream().mapToDouble(RunSettings::cost).sum();
        if (planned < runs.size()) {
            System.err.println((runs.size() - planned) + " of " + runs.size() + " runs are in " + file + " already.");
        }
    }

    /** What the {@code main} of a study does. */
    static void main(Study study, String[] arguments) throws Exception {
        List<String> options = new ArrayList<>(Arrays.asList(arguments));
        if (options.remove(Worker.OPTION)) {
            Worker.serve(study);
            return;
        }
        try {
            boolean quick = options.remove("--quick");
            boolean drawOnly = options.remove("--draw");
            Path folder = Path.of(value(options, "--folder", quick ? "target/studies" : "studies/results"));
            String processes = value(
                    options, "--processes", String.valueOf(Runtime.getRuntime().availableProcessors()));
            if (!options.isEmpty()) {
                throw new IllegalArgumentException("unknown: " + options + "\n" + USAGE);
            }
            if (!processes.matches("[1-9]\\d{0,2}")) {
                throw new IllegalArgumentException("processes must be from 1 to 999, got " + processes + "\n" + USAGE);
            }
            Files.createDirectories(folder);
            StudyRunner runner = new StudyRunner(
                    study, drawOnly ? List.of() : study.runs(quick), folder.resolve(study.name() + ".csv"));
            runner.run(Integer.parseInt(processes));
            if (runner.results.isEmpty()) {
                throw new IOException(
                        "there are no results in " + runner.file + " to draw; run it without --draw first.");
            }
            study.draw(runner.results, folder);
            System.out.println(study.table(runner.results));
        } catch (IllegalArgumentException | IOException e) {
            System.err.println(study.name() + ": " + e.getMessage());
            System.exit(1);
        }
    }

    private static String value(List<String> options, String name, String standard) {
        int position = options.indexOf(name);
        if (position < 0) {
            return standard;
        }
        if (position + 1 == options.size()) {
            throw new IllegalArgumentException(name + " needs a value after it\n" + USAGE);
        }
        options.remove(position);
        return options.remove(position);
    }

    private void run(int processes) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(processes);
        try {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < Math.min(processes, planned); i++) {
                workers.add(threads.submit(this::feed));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : e;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Feeds one process with runs until there are none left. */
    private Object feed() throws Exception {
        try (Worker worker = new Worker(study)) {
            for (RunSettings run = next(); run != null; run = next()) {
                keep(run, worker.run(run));
            }
        }
        return study;
    }

    private synchronized RunSettings next() {
        return waiting.poll();
    }

    private synchronized void keep(RunSettings run, List<Map<String, String>> rows) throws IOException {
        List<Map<String, String>> whole = new ArrayList<>();
        for (Map<String, String> row : rows) {
            Map<String, String> all = new LinkedHashMap<>(run.byName());
            all.putAll(row);
            all.put("machine", meta.get(0));
            all.put("version", meta.get(1));
            whole.add(all);
        }
        results = results.with(whole);
        results.write(file);
        done++;
        paid += run.cost();
        Duration spent = Duration.ofNanos(System.nanoTime() - start);
        Duration left = Duration.ofMillis((long) (spent.toMillis() * (cost - paid) / paid));
        System.err.printf(
                Locale.ROOT,
                "[%d of %d, %s, about %s left] %s -> %s%n",
                done,
                planned,
                words(spent),
                words(left),
                run.byName(),
                rows.get(rows.size() - 1));
    }

    private static String words(Duration time) {
        return time.toMinutes() < 1 ? time.toSeconds() + " s" : time.toMinutes() + " min";
    }

    /** The processor, its cores and the JDK, in words without a comma. */
    private static String machine() {
        String model = System.getProperty("os.arch");
        try {
            model = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(model);
        } catch (IOException e) {
            // No Linux: the architecture has to do.
        }
        return Runtime.getRuntime().availableProcessors() + " x " + model + " JDK "
                + System.getProperty("java.version");
    }

    /** Commit of the checkout, and whether it was changed since; "unknown" outside of a checkout. */
    private static String version() throws IOException {
        Process git = new ProcessBuilder("git", "describe", "--always", "--abbrev=7", "--exclude=*", "--dirty")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return answer.isEmpty() ? "unknown" : answer;
    }
}
