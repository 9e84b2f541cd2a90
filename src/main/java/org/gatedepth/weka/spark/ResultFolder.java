package org.gatedepth.weka.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A folder of any file system that Hadoop knows. A file in it is written aside and renamed when it is whole. */
final class ResultFolder {
    private static final String UNFINISHED = ".unfinished";

    private final Path folder;
    private final FileSystem files;

    /** Writes what a file holds. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Opens a folder, which need not be there. */
    ResultFolder(String name, Configuration hadoop) {
        folder = new Path(name);
        try {
            files = folder.getFileSystem(hadoop);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "a folder must be of a file system that Hadoop knows here, got " + name + ": " + e.getMessage(), e);
        }
    }

    /**
     * Makes the folder, unless it is there, and tries to write into it.
     *
     * @throws IllegalArgumentException if it has one of these files, or cannot be written
     */
    void claim(String... names) {
        try {
            for (String name : names) {
                if (files.exists(new Path(folder, name))) {
                    throw new IllegalArgumentException("the folder of the results must not have any yet, got " + folder
                            + " with " + name + ": name another folder, or move this file");
                }
            }
            files.mkdirs(folder);
            Path trial = new Path(folder, "trial" + UNFINISHED);
            files.create(trial, true).close();
            files.delete(trial, false);
        } catch (IOException e) {
            throw notWritten("", e);
        }
    }

    boolean has(String name) {
        try {
            return files.exists(new Path(folder, name));
        } catch (IOException e) {
            throw new IllegalArgumentException("the folder " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    void write(String name, Content content) {
        Path whole = new Path(folder, name);
        Path unfinished = new Path(folder, name + UNFINISHED);
        try {
            files.mkdirs(folder);
            try (OutputStream out = files.create(unfinished, true)) {
                content.writeTo(out);
            }
            if (!files.rename(unfinished, whole)) {
                throw new IOException("it cannot be renamed when it is whole");
            }
        } catch (IOException e) {
            remove(unfinished, e);
            throw notWritten(name, e);
        }
    }

    private void remove(Path file, Exception cause) {
        try {
            files.delete(file, false);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private IllegalArgumentException notWritten(String name, IOException cause) {
        return new IllegalArgumentException(
                "the results cannot be written to " + new Path(folder, name.isEmpty() ? "." : name) + ": "
                        + cause.getMessage() + "; what was there before is as it was",
                cause);
    }

    /** Writes several files in their order, or none: those before one that cannot be written are deleted. */
    void writeAll(Map<String, Content> contents) {
        List<Path> written = new ArrayList<>();
        try {
            contents.forEach((name, content) -> {
                write(name, content);
                written.add(new Path(folder, name));
            });
        } catch (IllegalArgumentException e) {
            written.forEach(file -> remove(file, e));
            throw e;
        }
    }

    /** Writes an object. */
    void writeObject(String name, Object object) {
        write(name, out -> {
            try (ObjectOutputStream objects = new ObjectOutputStream(out)) {
                objects.writeObject(object);
            }
        });
    }

    /** Reads an object that was written. */
    <T> T readObject(String name, Class<T> type) {
        try (InputStream in = files.open(new Path(folder, name));
                ObjectInputStream objects = new ObjectInputStream(in)) {
            return type.cast(objects.readObject());
        } catch (IOException | ClassNotFoundException | ClassCastException e) {
            throw new IllegalArgumentException(
                    "the file " + new Path(folder, name) + " cannot be read: " + e.getMessage()
                            + "; it is of another version of Gatedepth or damaged: name another folder",
                    e);
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
