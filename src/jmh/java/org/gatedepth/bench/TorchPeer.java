package org.gatedepth.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The same network in PyTorch, run as a process of its own.
 *
 * @param python a Python that has PyTorch
 * @param fused whether transform and gate are one matrix product
 */
record TorchPeer(String python, boolean fused) implements Peer {
    private static final String PROGRAM = "src/jmh/python/torch_peer.py";

    private static final String LAYERS = "src/jmh/python/layer_peer.py";

    /** A Python of the search path, and the one that a distribution's package manager installs PyTorch for. */
    private static final List<String> PYTHONS = List.of("python3", "/usr/bin/python3");

    /** The two forms of the network, or none where there is no PyTorch. */
    static List<Peer> installed() throws IOException, InterruptedException {
        String python = withTorch();
        return python == null ? List.of() : List.of(new TorchPeer(python, false), new TorchPeer(python, true));
    }

    /** A Python that has PyTorch; null if there is none. */
    static @Nullable String withTorch() throws IOException, InterruptedException {
        for (String python : PYTHONS) {
            if (run(List.of(python, "-c", "import torch")).isPresent()) {
                return python;
            }
        }
        return null;
    }

    /** What {@code layer_peer.py} measures with these options. */
    static double milliseconds(String python, List<String> options, int seconds)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(python, LAYERS));
        command.addAll(options);
        command.addAll(List.of("--seconds", "" + seconds));
        command.addAll(List.of("--warmups", "" + Settings.WARMUPS, "--measurements", "" + Settings.MEASUREMENTS));
        return Double.parseDouble(printed(command).strip());
    }

    @Override
    public String title() {
        return fused ? "PyTorch, one product, Adam" : "PyTorch, two products, Adam";
    }

    @Override
    public Times run(Size size, int seconds) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(python, PROGRAM));
        command.addAll(List.of("--width", "" + size.width(), "--batch", "" + size.batch()));
        command.addAll(List.of("--blocks", "" + size.blocks(), "--classes", "" + Size.CLASSES));
        command.addAll(List.of("--seconds", "" + seconds));
        command.addAll(List.of("--warmups", "" + Settings.WARMUPS, "--measurements", "" + Settings.MEASUREMENTS));
        if (fused) {
            command.add("--fused");
        }
        return Times.parse(printed(command));
    }

    private static String printed(List<String> command) throws IOException, InterruptedException {
        return run(command).orElseThrow(() -> new IOException("failed: " + String.join(" ", command)));
    }

    /** What a command prints; nothing if it cannot be started or fails. */
    private static Optional<String> run(List<String> command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return Optional.empty();
        }
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? Optional.of(printed) : Optional.empty();
    }
}
