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
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A minibatch as bytes: Spark knows their size, can move them to disk, and passes over one without reading it.
 *
 * <p>A workaround: {@code MultiDataSet.load} in another thread than {@code save} reads a mask that is missing as a mask
 * of the number −1.
 *
 * @param examples how many examples it has
 * @param bytes features, labels, masks of features, masks of labels
 */
record EncodedMinibatch(int examples, byte[] bytes) implements Serializable {

    static EncodedMinibatch of(org.nd4j.linalg.dataset.api.MultiDataSet minibatch) {
        INDArray[] features = minibatch.getFeatures();
        if (features == null || features.length == 0 || minibatch.getLabels() == null) {
            throw new IllegalArgumentException("a minibatch must have features and labels, got features "
                    + (features == null ? "null" : features.length + " arrays") + ", labels "
                    + (minibatch.getLabels() == null ? "null" : minibatch.getLabels().length + " arrays"));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            write(features, out);
            write(minibatch.getLabels(), out);
            write(minibatch.getFeaturesMaskArrays(), out);
            write(minibatch.getLabelsMaskArrays(), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new EncodedMinibatch((int) features[0].size(0), bytes.toByteArray());
    }

    MultiDataSet decode() {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return new MultiDataSet(read(in), read(in), read(in), read(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(@Nullable INDArray @Nullable [] arrays, DataOutputStream out) throws IOException {
        out.writeInt(arrays == null ? -1 : arrays.length);
        if (arrays == null) {
            return;
        }
        for (INDArray array : arrays) {
            out.writeBoolean(array != null);
            if (array != null) {
                Nd4j.write(array.isView() ? array.dup() : array, out);
            }
        }
    }

    private static @Nullable INDArray @Nullable [] read(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0) {
            return null;
        }
        @Nullable INDArray[] arrays = new INDArray[count];
        for (int i = 0; i < count; i++) {
            arrays[i] = in.readBoolean() ? Nd4j.read(in) : null;
        }
        return arrays;
    }
}
