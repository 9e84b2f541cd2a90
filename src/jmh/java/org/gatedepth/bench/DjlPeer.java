package org.gatedepth.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The same network in the Deep Java Library with its engine for PyTorch; the profile {@code djl} brings both. */
record DjlPeer() implements Peer {
    /** One thread, nothing downloaded or reported at run time, and the natives unpacked below {@code target}. */
    private static final List<String> OPTIONS = List.of(
            "-Dai.djl.pytorch.num_threads=1",
            "-Dai.djl.pytorch.num_interop_threads=1",
            "-Dai.djl.offline=true",
            "-DOPT_OUT_TRACKING=true",
            "-DDJL_CACHE_DIR=" + Path.of("target", "bench", "djl").toAbsolutePath());

    /** The peer, or none where the engine or its native library is not on the class path or does not load. */
    static Optional<Peer> installed() throws IOException, InterruptedException {
        Process process = Fork.of(DjlProcess.class, OPTIONS)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor() == 0 ? Optional.of(new DjlPeer()) : Optional.empty();
    }

    @Override
    public String title() {
        return "DJL, one product, Adam";
    }

    @Override
    public Times run(Size size, int seconds) throws IOException, InterruptedException {
        ProcessBuilder process = Fork.of(DjlProcess.class, OPTIONS, size.toString(), "" + seconds)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        return Times.parse(Fork.printed(process));
    }
}
