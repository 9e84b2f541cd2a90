package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.gatedepth.testing.Jdk;

/** What a process of its own printed, and how it ended. */
record Run(int exit, String out, String err) {

    private static final List<String> NOISE =
            List.of("Added differentiated op", "SLF4J", "WARN", "Exception", "	at ", "DEBUG", "INFO");

    /**
     * Runs Java of this JDK for a short time, with the options that keep later JDKs and Maven's Weka quiet, as
     * examples/setup.sh does.
     */
    static Run java(Path folder, Map<String, String> environment, String classPath, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Jdk.shortRunOptions());
        command.addAll(Jdk.quietOptions());
        for (String library : List.of("ARPACK", "BLAS", "LAPACK")) {
            command.add("-Dcom.github.fommil.netlib." + library + "=com.github.fommil.netlib.F2j" + library);
        }
        command.addAll(List.of("-cp", classPath));
        command.addAll(List.of(arguments));
        return process(folder, environment, command);
    }

    /** Runs a command; its output goes through files, so that no pipe can fill up. */
    static Run process(Path folder, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(Built.TARGET, "run", ".out");
        Path err = Files.createTempFile(Built.TARGET, "run", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            // Only one that hangs takes so long, on the slowest machine.
            if (!process.waitFor(30, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("not finished within 30 minutes: " + String.join(" ", command) + "\n"
                        + Files.readString(out) + Files.readString(err));
            }
            return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Asserts a good end, nothing on standard error, and nothing on standard output that is not meant for the user. */
    Run succeededQuietly() {
        assertThat(err).as("standard error").isEmpty();
        assertThat(exit).as("exit code, after printing: %s", out).isZero();
        assertThat(out).as("standard output").doesNotContain(NOISE);
        return this;
    }
}
