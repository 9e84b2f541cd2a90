package org.gatedepth.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of a run in a folder of any file system that Hadoop knows: {@code round-0000007.zip} and the one
 * before it.
 *
 * <p>A file is written under another name and renamed when it is whole, to a name that no file has: so a driver that
 * dies leaves whole files only, also on file systems that do not rename over a file.
 */
final class Checkpoints {
    private static final Pattern NAME = Pattern.compile("round-(\\d{7})\\.zip");
    private static final String UNFINISHED = ".unfinished";
    /** The newest one, and one before it. */
    private static final int KEPT = 2;

    private final Path folder;
    private final FileSystem files;

    Checkpoints(String folder, Configuration hadoop) {
        this.folder = new Path(folder);
        try {
            files = this.folder.getFileSystem(hadoop);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "checkpoints must be a folder of a file system that Hadoop knows here, got " + folder + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /** The newest one; null if there is none. */
    @Nullable
    Checkpoint newest() {
        List<Path> all = all();
        if (all.isEmpty()) {
            return null;
        }
        Path newest = all.get(all.size() - 1);
        try (InputStream in = files.open(newest)) {
            return Checkpoint.read(in, newest.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("the checkpoint " + newest + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Refuses a folder that has some already. */
    void requireNone() {
        List<Path> all = all();
        if (!all.isEmpty()) {
            throw new IllegalArgumentException("fit needs a folder without checkpoints, got " + folder + " with "
                    + all.get(all.size() - 1).getName() + ": call resume to go on from there, or name another folder");
        }
    }

    /** Writes one, and deletes those before the last two. */
    void write(Checkpoint checkpoint) {
        int round = checkpoint.progress().rounds().size();
        Path whole = new Path(folder, String.format(Locale.ROOT, "round-%07d.zip", round));
        Path unfinished = new Path(folder, whole.getName() + UNFINISHED);
        try {
            files.mkdirs(folder);
            write(checkpoint, unfinished);
            if (!files.rename(unfinished, whole)) {
                throw new IOException("the file cannot be renamed to " + whole.getName());
            }
            List<Path> all = all();
            for (Path old : all.subList(0, Math.max(0, all.size() - KEPT))) {
                files.delete(old, false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the checkpoint of round " + round + " cannot be written to " + folder + ": " + e.getMessage()
                            + "; those of earlier rounds are still there",
                    e);
        }
    }

    /** Leaves no part of a file on a disk that is full. */
    private void write(Checkpoint checkpoint, Path file) throws IOException {
        try (OutputStream out = files.create(file, true)) {
            checkpoint.write(out);
        } catch (IOException e) {
            try {
                files.delete(file, false);
            } catch (IOException notDeleted) {
                e.addSuppressed(notDeleted);
            }
            throw e;
        }
    }

    private List<Path> all() {
        try {
            if (!files.exists(folder)) {
                return List.of();
            }
            return Arrays.stream(files.listStatus(folder))
                    .map(FileStatus::getPath)
                    .filter(path -> NAME.matcher(path.getName()).matches())
                    .sorted(Comparator.comparing(Path::getName))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }
}
