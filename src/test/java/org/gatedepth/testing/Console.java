package org.gatedepth.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.Callable;

/** What a piece of code prints. */
public final class Console {
    private Console() {}

    /** Runs a task and returns what it printed to standard output, which stays off the console. */
    public static String capture(Callable<?> task) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream capturing = new PrintStream(bytes, true, UTF_8)) {
            System.setOut(capturing);
            task.call();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(UTF_8);
    }
}
