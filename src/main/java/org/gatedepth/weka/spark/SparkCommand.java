package org.gatedepth.weka.spark;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.apache.spark.sql.SparkSession;
import org.gatedepth.spark.Workers;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What the commands on Spark share: a session, and one sentence about an error of the user. */
abstract class SparkCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @Option(
            names = "--master",
            paramLabel = "<url>",
            description = "The cluster, such as spark://host:7077 or local[4]; spark-submit knows it already.")
    private @Nullable String master;

    @SuppressWarnings("unused") // picocli reads it.
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this help.")
    private boolean help;

    private final PrintStream out;

    SparkCommand(PrintStream out) {
        this.out = out;
    }

    /** Does the work of the command. */
    abstract void run(SparkSession spark, Workers workers) throws Exception;

    /** Checks what can be checked before Spark is started. */
    abstract void check() throws Exception;

    @Override
    public final Integer call() throws Exception {
        check();
        SparkSession spark = session();
        try (Workers workers = workers(spark)) {
            run(spark, workers);
        } catch (Exception e) {
            if (spark.sparkContext().isStopped()) {
                throw new IllegalStateException(
                        "the cluster " + spark.sparkContext().master()
                                + " could not be reached, or ended the application: check that it is there",
                        e);
            }
            throw e;
        }
        return 0;
    }

    private SparkSession session() {
        SparkSession.Builder builder = SparkSession.builder().appName(getClass().getSimpleName());
        if (master != null) {
            builder.master(master);
        }
        try {
            return builder.getOrCreate();
        } catch (Exception | LinkageError e) {
            throw new IllegalStateException(
                    "Spark cannot be started" + (master == null ? "" : " with the master " + master) + ": "
                            + firstLine(e)
                            + "; check that the cluster is there, and start the command by spark-submit or with"
                            + " --master",
                    e);
        }
    }

    private static Workers workers(SparkSession spark) {
        return new Workers(spark.sparkContext(), "gatedepth-command-" + UUID.randomUUID(), Duration.ofMinutes(2));
    }

    final void say(String text) {
        out.println(text);
    }

    final void print(String text) {
        out.print(text);
    }

    /** Runs a command as a process, and ends the process with a status other than 0 if it fails. */
    static void main(SparkCommand command, String... arguments) {
        int status = execute(command, System.err, arguments);
        if (status != 0) {
            System.exit(status);
        }
    }

    /**
     * Runs a command.
     *
     * @param err where a sentence about an error goes
     * @return 0, or 1 if it failed, or 2 if its options are wrong
     */
    static int execute(SparkCommand command, PrintStream err, String... arguments) {
        return new CommandLine(command)
                // -heads is no -h.
                .setPosixClusteredShortOptionsAllowed(false)
                .setErr(new PrintWriter(err, true, UTF_8))
                .setOut(new PrintWriter(command.out, true, UTF_8))
                .setParameterExceptionHandler((failure, given) -> {
                    err.println(failure.getMessage() + ": --help lists the options.");
                    return 2;
                })
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    if (isBug(failure)) {
                        failure.printStackTrace(err);
                    } else {
                        err.println(firstLine(failure));
                    }
                    return FAILED;
                })
                .execute(arguments);
    }

    /** Errors of the user and of the cluster have these types; any other unchecked exception is a bug. */
    private static boolean isBug(Exception failure) {
        return failure.getMessage() == null
                || (failure instanceof RuntimeException
                        && !(failure instanceof IllegalArgumentException
                                || failure instanceof IllegalStateException
                                || failure instanceof ArithmeticException
                                || failure instanceof UncheckedIOException
                                || failure instanceof CancellationException));
    }

    /** Spark appends the stacks of its tasks. */
    static String firstLine(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message.strip().split("\\R", 2)[0];
    }

    /** The column that an option names: by its name, or its number from 1, or first or last. */
    static int column(String option, String given, List<SourceColumn> columns) {
        for (int c = 0; c < columns.size(); c++) {
            if (columns.get(c).name().equals(given)) {
                return c;
            }
        }
        int number = given.equals("first")
                ? 1
                : given.equals("last") ? columns.size() : given.matches("\\d{1,6}") ? Integer.parseInt(given) : 0;
        if (number < 1 || number > columns.size()) {
            throw new IllegalArgumentException(option + " must be the name of a column, or its number from 1 to "
                    + columns.size() + ", got '" + given + "' for the columns "
                    + String.join(", ", columns.stream().map(SourceColumn::name).toList()));
        }
        return number - 1;
    }
}
