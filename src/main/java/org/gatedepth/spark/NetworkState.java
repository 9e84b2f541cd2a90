package org.gatedepth.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What changes in a network while it trains.
 *
 * @param params all parameters, as ND4J writes an array
 * @param updater the state of all updaters, as ND4J writes an array; null if they have none
 * @param iteration the network's count of iterations
 * @param epoch its count of epochs
 */
record NetworkState(byte[] params, byte @Nullable [] updater, int iteration, int epoch) implements Serializable {

    static byte[] bytes(INDArray array) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            // ND4J writes the buffer that is below a view.
            Nd4j.write(array.isView() ? array.dup() : array, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static INDArray array(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return Nd4j.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
