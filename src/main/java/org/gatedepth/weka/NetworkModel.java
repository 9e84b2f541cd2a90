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
import java.util.Arrays;
import java.util.zip.CRC32;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
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

    /** Rows of one forward pass: enough to be fast, and little memory. */
    private static final int CHUNK = 1024;

    private final TableEncoder encoder;
    private final TrainingSummary summary;
    private transient @Nullable ComputationGraph network;
    private transient byte @Nullable [] bytes;

    NetworkModel(TableEncoder encoder, ComputationGraph network, TrainingSummary summary) {
        this.encoder = encoder;
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
     * Predicts rows.
     *
     * @param rows rows with the attributes of the training table; the class may be missing
     * @param threads the number of threads that native code may use, at least 1
     * @return one array a row: the probability of each label, or one number in the units of a numeric class
     * @throws Exception with one sentence, if the attributes differ, native code fails or the thread is interrupted
     */
    public double[][] predict(Instances rows, int threads) throws Exception {
        return Platform.run("Predicting", threads, () -> {
            double[][] outputs = outputs(restored(), encoder.inputs(rows), NetworkModel::checkInterrupt);
            for (double[] output : outputs) {
                finish(output);
            }
            return outputs;
        });
    }

    private void finish(double[] output) {
        if (!Double.isFinite(Utils.sum(output))) {
            throw new ArithmeticException("The network's answer to a row is not a number:"
                    + " look for infinite or extreme values in the row.");
        }
        if (encoder.isClassification()) {
            Utils.normalize(output);
        } else {
            output[0] = encoder.toClassUnits(output[0]);
        }
    }

    /** A step between two chunks that may end the work. */
    @FunctionalInterface
    interface Checkpoint {
        void check() throws InterruptedException;
    }

    private static void checkInterrupt() throws InterruptedException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException("Predicting was stopped.");
        }
    }

    /** The outputs of a network, in chunks. */
    static double[][] outputs(ComputationGraph network, float[][] inputs, Checkpoint checkpoint)
            throws InterruptedException {
        double[][] outputs = new double[inputs.length][];
        for (int from = 0; from < inputs.length; from += CHUNK) {
            checkpoint.check();
            int to = Math.min(from + CHUNK, inputs.length);
            INDArray chunk = Nd4j.createFromArray(Arrays.copyOfRange(inputs, from, to));
            double[][] rows = network.outputSingle(chunk).toDoubleMatrix();
            System.arraycopy(rows, 0, outputs, from, rows.length);
        }
        return outputs;
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
