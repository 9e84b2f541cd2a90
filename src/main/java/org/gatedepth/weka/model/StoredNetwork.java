package org.gatedepth.weka.model;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.zip.CRC32;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.weka.host.ModelFiles;
import org.gatedepth.weka.host.Platform;
import org.jspecify.annotations.Nullable;

/**
 * A network that can be written to a stream and read again.
 *
 * <p>In a stream it is a format number, a length, a checksum, and the zip of DL4J's {@link ModelSerializer}. A
 * {@code ComputationGraph} as a field would be written, but not read again. The network is restored when it is first
 * used, so that a model file can be opened and described where ND4J's native code is not installed.
 */
public final class StoredNetwork implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Number of the stream format that this class writes, and the highest that it reads. */
    private static final int FORMAT = 1;

    private final boolean withUpdater;
    private transient @Nullable ComputationGraph network;
    private transient byte @Nullable [] bytes;

    /**
     * Stores a network.
     *
     * @param network the network, which is not copied
     * @param withUpdater whether the state of the updater is stored, so that training can be resumed
     */
    public StoredNetwork(ComputationGraph network, boolean withUpdater) {
        this.network = network;
        this.withUpdater = withUpdater;
    }

    /** A network of the same parameters that can be changed without changing this one. */
    public ComputationGraph copy() throws IOException {
        return restore(zip());
    }

    private ComputationGraph restore(byte[] zip) throws IOException {
        return ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(zip), withUpdater);
    }

    /** The network itself. */
    synchronized ComputationGraph restored() throws IOException {
        ComputationGraph current = network;
        if (current == null) {
            byte[] zip = bytes;
            if (zip == null) {
                throw new IllegalStateException("A model has either a network or its bytes.");
            }
            current = restore(zip);
            network = current;
            bytes = null;
        }
        return current;
    }

    /** The zip that {@link ModelSerializer} reads. */
    synchronized byte[] zip() throws IOException {
        byte[] zip = bytes;
        if (zip == null) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ModelSerializer.writeModel(restored(), out, withUpdater);
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
            throw ModelFiles.damaged(null);
        }
        bytes = zip;
    }

    private static long checksum(byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(content);
        return sum.getValue();
    }
}
