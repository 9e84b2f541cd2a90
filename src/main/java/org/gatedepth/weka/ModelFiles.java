package org.gatedepth.weka;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes model files aside and then moves them, so that a full disk or a stop takes no file that was there before. */
public final class ModelFiles {

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes to a stream, which the caller closes. */
        void writeTo(OutputStream out) throws IOException;
    }

    private ModelFiles() {}

    /**
     * Writes a file, or replaces it.
     *
     * @param file the file
     * @param content what it shall hold
     * @throws IOException with one sentence, if it cannot be written; an older file is then as it was
     */
    public static void replace(Path file, Content content) throws IOException {
        Path aside = aside(file);
        try {
            try (OutputStream out = Files.newOutputStream(aside)) {
                content.writeTo(out);
            }
            move(aside, file);
        } catch (IOException e) {
            throw notWritten(file, e);
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    /** A new empty file beside another, with its ending: Weka chooses the format by it. */
    static Path aside(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        String ending = dot < 0 ? "" : name.substring(dot);
        Path aside = file.resolveSibling("." + name + "-" + System.nanoTime() + ending);
        try {
            // Not a temporary file of the platform, which nobody but its owner may read.
            return Files.createFile(aside);
        } catch (IOException e) {
            throw notWritten(file, e);
        }
    }

    static void move(Path aside, Path file) throws IOException {
        Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** One sentence for a file that could not be written. */
    static IOException notWritten(Path file, IOException cause) {
        return new IOException(
                "The file " + file + " cannot be written (" + cause + "): check its folder and the space on the disk.",
                cause);
    }
}
