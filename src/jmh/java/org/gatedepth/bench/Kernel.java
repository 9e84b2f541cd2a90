package org.gatedepth.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Which OpenBLAS multiplies matrices, and for which processor it takes this one. */
final class Kernel {
    /** What {@link KernelProcess} prints before the name of the jar. */
    static final String JAR = "Jar: ";

    /** What OpenBLAS prints, where it has kernels for several processors. */
    private static final String CORE = "Core: ";

    private Kernel() {}

    /** In a sentence. */
    static String sentence() throws IOException, InterruptedException {
        ProcessBuilder process = Fork.of(KernelProcess.class, List.of()).redirectErrorStream(true);
        process.environment().putAll(Map.of("OPENBLAS_VERBOSE", "2"));
        String printed = Fork.printed(process);
        return "ND4J multiplies matrices with " + after(JAR, printed) + ", whose kernel is for " + after(CORE, printed)
                + ".";
    }

    private static String after(String label, String printed) {
        return printed.lines()
                .filter(line -> line.startsWith(label))
                .map(line -> line.substring(label.length()).strip())
                .findFirst()
                .orElse("(not told)");
    }
}
