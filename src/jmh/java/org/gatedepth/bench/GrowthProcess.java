package org.gatedepth.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Measures one depth for {@link Growth}: prints milliseconds a step, and the resident set before and after the network.
 */
public final class GrowthProcess {
    private static final Path STATUS = Path.of("/proc/self/status");

    private GrowthProcess() {}

    /** Takes the size and the seconds of one measurement. */
    public static void main(String[] args) throws IOException {
        Size size = Size.parse(args[0]);
        double seconds = Double.parseDouble(args[1]);
        // A small network first: what ND4J and Deeplearning4j take for themselves is not the stack's.
        Implementation.GATED_STACK
                .build(new Size(size.width(), size.batch(), 1))
                .step();
        double before = residentBytes();
        Workload workload = Implementation.GATED_STACK.build(size);
        double step = Timing.median(workload::step, seconds);
        System.out.println(step + " " + before + " " + residentBytes());
    }

    /** The memory of this process that stands in RAM, where Linux tells it; NaN elsewhere. */
    static double residentBytes() throws IOException {
        if (!Files.isReadable(STATUS)) {
            return Double.NaN;
        }
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(Double.NaN);
    }
}
