package org.gatedepth.spark;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What a new driver needs to go on. Its file is a model of Deeplearning4j, which {@code ModelSerializer} opens: the
 * network after the last round. Entries of its own hold the rest.
 *
 * @param network the network's configuration
 * @param counts the number of minibatches in each partition
 * @param steps the steps of a round
 * @param progress how far the run is
 */
record Checkpoint(Trainee.Blueprint network, int[] counts, int steps, Progress progress) {
    private static final int FORMAT = 1;
    private static final String CONFIGURATION = "configuration.json";
    private static final String PARAMS = "coefficients.bin";
    private static final String UPDATER = "updaterState.bin";
    private static final String RUN = "gatedepth/run.bin";
    private static final String BEST = "gatedepth/best-";

    void write(OutputStream to) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(to)) {
            entry(zip, CONFIGURATION, network.json().getBytes(StandardCharsets.UTF_8));
            write(zip, "", progress.last());
            if (progress.best() != null) {
                write(zip, BEST, progress.best());
            }
            zip.putNextEntry(new ZipEntry(RUN));
            DataOutputStream out = new DataOutputStream(zip);
            out.writeInt(FORMAT);
            out.writeBoolean(network.graph());
            out.writeInt(steps);
            out.writeInt(counts.length);
            for (int count : counts) {
                out.writeInt(count);
            }
            out.writeInt(progress.bestRound());
            for (NetworkState state : List.of(progress.last(), progress.bestState())) {
                out.writeInt(state.iteration());
                out.writeInt(state.epoch());
            }
            out.writeInt(progress.rounds().size());
            for (Round round : progress.rounds()) {
                write(out, round);
            }
            out.flush();
            zip.closeEntry();
        }
    }

    private static void write(ZipOutputStream zip, String prefix, NetworkState state) throws IOException {
        entry(zip, prefix + PARAMS, state.params());
        if (state.updater() != null) {
            entry(zip, prefix + UPDATER, state.updater());
        }
    }

    private static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }

    private static void write(DataOutputStream out, Round round) throws IOException {
        out.writeInt(round.number());
        out.writeInt(round.epoch());
        out.writeLong(round.examples());
        out.writeDouble(round.trainingLoss());
        out.writeDouble(round.validationLoss());
        out.writeDouble(round.seconds());
        out.writeDouble(round.slowestSeconds());
        out.writeDouble(round.meanSeconds());
    }

    /**
     * Reads one.
     *
     * @param name what error messages call it
     */
    static Checkpoint read(InputStream from, String name) throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(from)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(required(entries, RUN, name)));
        int format = in.readInt();
        if (format != FORMAT) {
            throw new IOException("a checkpoint must have the format " + FORMAT + ", got " + format + " in " + name
                    + ": go on with the version of Gatedepth that wrote it");
        }
        boolean graph = in.readBoolean();
        int steps = in.readInt();
        int[] counts = new int[in.readInt()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = in.readInt();
        }
        int bestRound = in.readInt();
        NetworkState last =
                new NetworkState(required(entries, PARAMS, name), entries.get(UPDATER), in.readInt(), in.readInt());
        byte[] bestParams = entries.get(BEST + PARAMS);
        int bestIteration = in.readInt();
        int bestEpoch = in.readInt();
        NetworkState best = bestParams == null
                ? null
                : new NetworkState(bestParams, entries.get(BEST + UPDATER), bestIteration, bestEpoch);
        List<Round> rounds = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            rounds.add(round(in));
        }
        String json = new String(required(entries, CONFIGURATION, name), StandardCharsets.UTF_8);
        return new Checkpoint(
                new Trainee.Blueprint(graph, json), counts, steps, new Progress(rounds, last, bestRound, best));
    }

    private static Round round(DataInputStream in) throws IOException {
        return new Round(
                in.readInt(),
                in.readInt(),
                in.readLong(),
                in.readDouble(),
                in.readDouble(),
                in.readDouble(),
                in.readDouble(),
                in.readDouble());
    }

    private static byte[] required(Map<String, byte[]> entries, String entry, String name) throws IOException {
        byte @Nullable [] bytes = entries.get(entry);
        if (bytes == null) {
            throw new IOException("a checkpoint must have the entry " + entry + ", got none in " + name
                    + ": it is no checkpoint of SparkTrainer, or not a whole one");
        }
        return bytes;
    }
}
