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

/** Writes a model file under another name and then moves it, so that an older file survives a full disk or a stop. */
public final class ModelFiles {

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes to a stream, which the caller closes. */
        void writeTo(OutputStream out) throws IOException;
    }

    private ModelFiles() {}

    /** The exception for a model file that does not hold what was saved. */
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
     * @param content writes what it holds
     * @throws IOException with one sentence, if it cannot be written; an older file is then as it was
     */
    public static void replace(Path file, Content content) throws IOException {
        Path temporary = temporary(file);
        try {
            try (OutputStream out = Files.newOutputStream(temporary)) {
                content.writeTo(out);
            }
            move(temporary, file);
        } catch (IOException e) {
            throw notWritten(file, e);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** A new name in the folder of a file, with the ending of the file: Weka chooses the format by it. */
    private static Path temporaryName(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        String ending = dot < 0 ? "" : name.substring(dot);
        return file.resolveSibling("." + name + "-" + System.nanoTime() + ending);
    }

    /** A new empty file in the folder of another. */
    private static Path temporary(Path file) throws IOException {
        return created(temporaryName(file), file);
    }

    /** A new empty file in the folder of another, which is deleted when the process ends. */
    public static Path temporaryUntilExit(Path file) throws IOException {
        Path temporary = temporaryName(file);
        // Before the file is created: otherwise a process that ends between the two would leave it.
        temporary.toFile().deleteOnExit();
        return created(temporary, file);
    }

    private static Path created(Path temporary, Path file) throws IOException {
        try {
            // Not a temporary file of the platform, which only its owner may read.
            return Files.createFile(temporary);
        } catch (IOException e) {
            throw notWritten(file, e);
        }
    }

    /** Moves a complete file to its final name. */
    public static void move(Path temporary, Path file) throws IOException {
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** One sentence for a file that could not be written. */
    public static IOException notWritten(Path file, IOException cause) {
        return new IOException(
                "The file " + file + " cannot be written (" + reason(cause)
                        + "): check its folder and the space on the disk.",
                cause);
    }

    /** In words: the message of some exceptions is nothing but the temporary name, which the user does not know. */
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
