package org.gatedepth.weka.spark;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.function.Function;

/** A command on Spark that has ended, with what it printed. */
record Ended(int status, String out, String err) {

    /** Runs a command that prints into a stream. */
    static Ended of(Function<PrintStream, SparkCommand> command, Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status;
        try (PrintStream to = new PrintStream(out, true, UTF_8);
                PrintStream errors = new PrintStream(err, true, UTF_8)) {
            status = SparkCommand.execute(
                    command.apply(to),
                    errors,
                    Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new));
        }
        return new Ended(status, out.toString(UTF_8), err.toString(UTF_8));
    }
}
