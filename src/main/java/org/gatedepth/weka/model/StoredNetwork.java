package org.gatedepth.weka.model;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.zip.CRC32;
import org.gatedepth.weka.host.ModelFiles;
import org.gatedepth.weka.host.Platform;
import org.jspecify.annotations.Nullable;

/**
 * A network that can be written to a stream and read again.
 *
 * <p>In a stream it is a format number, a length, a checksum, and the zip of DL4J's {@code ModelSerializer}. A
 * {@code ComputationGraph} as a field would be written, but not read again. The network is restored when it is first
 * used, so that a model file can be opened and described where ND4J's native code is not installed.
 */
public final class StoredNetwork implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Number of the stream format that this class writes, and the highest that it reads. */
    private static final int FORMAT = 1;

    private final boolean withUpdater;
    private transient @Nullable LiveNetwork network;
    private transient byte @Nullable [] bytes;

    /**
     * Stores a network.
     *
     * @param network the network, which is not copied
     * @param withUpdater whether the state of the updater is stored, so that training can be resumed
     */
    public StoredNetwork(LiveNetwork network, boolean withUpdater) {
        this.network = network;
        this.withUpdater = withUpdater;
    }

    /** A network of the same parameters that can be changed without changing this one. */
    public LiveNetwork copy() throws IOException {
        return LiveNetwork.read(zip(), withUpdater);
    }

    /** Whether the network is there without being read. */
    synchronized boolean isLive() {
        return network != null;
    }

    /** The network itself. */
    synchronized LiveNetwork restored() throws IOException {
        LiveNetwork current = network;
        if (current == null) {
            byte[] zip = bytes;
            if (zip == null) {
                throw new IllegalStateException("A model has either a network or its bytes.");
            }
            current = LiveNetwork.read(zip, withUpdater);
            network = current;
            bytes = null;
        }
        return current;
    }

    /** The zip that Deeplearning4j's {@code ModelSerializer} reads. */
    synchronized byte[] zip() throws IOException {
        byte[] zip = bytes;
        return zip == null ? restored().zip(withUpdater) : zip;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        byte[] zip = stored();
        out.defaultWriteObject();
        out.writeInt(FORMAT);
        out.writeInt(zip.length);
        out.writeLong(checksum(zip));
        out.write(zip);
    }

    /** Without native code, if the network has not been used since it was read. */
    private byte[] stored() throws IOException {
        try {
            synchronized (this) {
                if (bytes != null) {
                    return bytes;
                }
            }
            return Platform.run("Saving the model", 1, this::zip);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e.getMessage(), e);
        }
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
