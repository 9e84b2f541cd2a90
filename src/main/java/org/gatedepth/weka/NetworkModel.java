package org.gatedepth.weka;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OptionalDataException;
import java.io.Serializable;
import java.io.StreamCorruptedException;
import java.util.zip.CRC32;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.jspecify.annotations.Nullable;
import weka.core.Instances;
import weka.core.Utils;

/**
 * A trained network with its data preparation: what predicts, and what a model file holds.
 *
 * <p>In a stream the network is the zip of DL4J's {@link ModelSerializer} behind a format number and a checksum. A
 * {@code ComputationGraph} as a field would be written, but not read again. The network is restored when it is first
 * used, so that a model file can be opened and described where ND4J's native code is not installed.
 */
public final class NetworkModel implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Number of the stream format that this class writes, and the highest that it reads. */
    private static final int FORMAT = 1;

    private final TableEncoder encoder;
    private final TrainingSummary summary;
    private final ExitRule exits;
    private transient @Nullable ComputationGraph network;
    private transient byte @Nullable [] bytes;

    NetworkModel(TableEncoder encoder, ExitRule exits, ComputationGraph network, TrainingSummary summary) {
        this.encoder = encoder;
        this.exits = exits;
        this.network = network;
        this.summary = summary;
    }

    /** What training said about itself. */
    public TrainingSummary summary() {
        return summary;
    }

    /** The attributes of the training table, without rows. */
    public Instances header() {
        return encoder.header();
    }

    /**
     * Predicts rows. If they may leave early, a row has the answer of the head at which it left.
     *
     * @param rows rows with the attributes of the training table; the class and the auxiliary attributes may be missing
     * @param threads the number of threads that native code may use, at least 1
     * @return one array a row: the probability of each label, or one number in the units of a numeric class
     * @throws Exception with one sentence, if the attributes differ, native code fails or the thread is interrupted
     */
    public double[][] predict(Instances rows, int threads) throws Exception {
        return Platform.run("Predicting", threads, () -> {
            double[][] outputs = outputs(encoder.rows(rows));
            for (double[] output : outputs) {
                finish(output);
            }
            return outputs;
        });
    }

    private double[][] outputs(Rows rows) throws IOException, InterruptedException {
        ComputationGraph current = restored();
        if (!exits.isUsed()) {
            return Chunks.outputs(current, rows, NetworkModel::checkInterrupt);
        }
        return Chunks.joined(exits.predict(current, rows, NetworkModel::checkInterrupt).stream()
                .map(result -> result.output().toDoubleMatrix())
                .toList());
    }

    private void finish(double[] output) {
        if (!Double.isFinite(Utils.sum(output))) {
            throw new ArithmeticException("The network's answer to a row is not a number:"
                    + " look for infinite or extreme values in the row.");
        }
        if (encoder.classColumn().isNominal()) {
            Utils.normalize(output);
        } else {
            output[0] = encoder.classColumn().toUnits(output[0]);
        }
    }

    private static void checkInterrupt() throws InterruptedException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException("Predicting was stopped.");
        }
    }

    private synchronized ComputationGraph restored() throws IOException {
        ComputationGraph current = network;
        if (current == null) {
            byte[] zip = bytes;
            if (zip == null) {
                throw new IllegalStateException("A model has either a network or its bytes.");
            }
            current = ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(zip), false);
            network = current;
            bytes = null;
        }
        return current;
    }

    private synchronized byte[] zip() throws IOException {
        byte[] zip = bytes;
        if (zip == null) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ModelSerializer.writeModel(restored(), out, false);
            zip = out.toByteArray();
        }
        return zip;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        byte[] zip;
        try {
            zip = Platform.run("Saving the model", 1, this::zip);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e.getMessage(), e);
        }
        out.defaultWriteObject();
        out.writeInt(FORMAT);
        out.writeInt(zip.length);
        out.writeLong(checksum(zip));
        out.write(zip);
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        try {
            in.defaultReadObject();
            int format = in.readInt();
            if (format < 1 || format > FORMAT) {
                throw new InvalidObjectException("The model was saved in format " + format + " and this release reads "
                        + FORMAT + " at most: open it with the Gatedepth release that saved it, or a later one.");
            }
            int length = in.readInt();
            long checksum = in.readLong();
            byte[] zip = in.readNBytes(length);
            if (zip.length != length || checksum != checksum(zip)) {
                throw new InvalidObjectException(CommandLine.DAMAGED_MODEL);
            }
            bytes = zip;
        } catch (EOFException | StreamCorruptedException | OptionalDataException e) {
            throw damaged(e);
        }
    }

    private static InvalidObjectException damaged(Exception cause) {
        InvalidObjectException failure = new InvalidObjectException(CommandLine.DAMAGED_MODEL);
        failure.initCause(cause);
        return failure;
    }

    private static long checksum(byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(content);
        return sum.getValue();
    }
}
