package org.gatedepth.weka.host;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** Writes model files aside and then moves them, so that a full disk or a stop takes no file that was there before. */
public final class ModelFiles {

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes to a stream, which the caller closes. */
        void writeTo(OutputStream out) throws IOException;
    }

    private ModelFiles() {}

    /** What reading a model throws when its file is not what was saved. */
    public static InvalidObjectException damaged(@Nullable Exception cause) {
        InvalidObjectException failure = new InvalidObjectException("The model file is cut short or damaged:"
                + " copy it once more, or train the model and save it again.");
        failure.initCause(cause);
        return failure;
    }

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

    /** The name of a file beside another, with its ending: Weka chooses the format by it. */
    private static Path nameBeside(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        String ending = dot < 0 ? "" : name.substring(dot);
        return file.resolveSibling("." + name + "-" + System.nanoTime() + ending);
    }

    /** A new empty file beside another. */
    private static Path aside(Path file) throws IOException {
        return created(nameBeside(file), file);
    }

    /** A new empty file beside another, which the end of the process deletes. */
    public static Path asideUntilExit(Path file) throws IOException {
        Path aside = nameBeside(file);
        // Before the file is there: a process that is ended between the two would leave it.
        aside.toFile().deleteOnExit();
        return created(aside, file);
    }

    private static Path created(Path aside, Path file) throws IOException {
        try {
            // Not a temporary file of the platform, which nobody but its owner may read.
            return Files.createFile(aside);
        } catch (IOException e) {
            throw notWritten(file, e);
        }
    }

    public static void move(Path aside, Path file) throws IOException {
        Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** One sentence for a file that could not be written. */
    public static IOException notWritten(Path file, IOException cause) {
        return new IOException(
                "The file " + file + " cannot be written (" + reason(cause)
                        + "): check its folder and the space on the disk.",
                cause);
    }

    /** In words: the message of some of them is nothing but the name of the file aside, which nobody knows. */
    private static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "there is no such folder";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        String words = cause instanceof FileSystemException failure ? failure.getReason() : cause.getMessage();
        return words == null ? cause.toString() : words;
    }
}
